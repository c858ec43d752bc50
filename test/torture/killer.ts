import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRandomness } from "@twinfold/simulator";
import type { Journal } from "./journal.ts";
import type { Tally } from "./tally.ts";
import type { Trouble } from "./trouble.ts";
import type { World } from "./world.ts";

export const KILLS = "kills";
const KILLED = { engine: "the engine", dropbox: "the local Dropbox", both: "both" } as const;
const MIDDLE = "killed in the middle of";
/** `starting`: so soon after its start that an engine can hardly have been through with that. */
const MIDDLES = { starting: "a start", large: "a large file", staging: "work in staging" } as const;

/** A large file is on its way for about so long, in milliseconds. */
const LARGE_TAKES = 1500;
const START_TAKES = 1000;

/** Kills with SIGKILL, at random moments, and starts again what was killed. */
export class Killer {
  readonly #world: World;
  readonly #random: SeededRandomness;
  readonly #journal: Journal;
  readonly #trouble: Trouble;
  readonly #tally: Tally;
  #startedAt = 0;
  #largeAt = Number.NEGATIVE_INFINITY;

  constructor(world: World, random: SeededRandomness, journal: Journal, trouble: Trouble, tally: Tally) {
    this.#world = world;
    this.#random = random;
    this.#journal = journal;
    this.#trouble = trouble;
    this.#tally = tally;
    tally.expect(KILLS, Object.values(KILLED));
    tally.expect(MIDDLE, Object.values(MIDDLES));
  }

  get kills(): number {
    return this.#tally.total(KILLS);
  }

  /** To be called when a large file was written. */
  largeWritten(): void {
    this.#largeAt = performance.now();
  }

  /** Waits for a moment, kills, and starts again. */
  async next(): Promise<void> {
    await this.#moment();
    const roll = this.#random.below(100);
    if (roll < 62) await this.#killEngine();
    else if (roll < 86) await this.#killDropbox();
    else await this.#killBoth();
  }

  /** When it hurts: right after an action, in the middle of a large file, while what was killed begins again; or at any time. */
  async #moment(): Promise<void> {
    const random = this.#random;
    const kind = random.below(100);
    if (kind < 35) {
      await Promise.race([this.#journal.next(), sleep(2000)]);
      await sleep(random.below(15));
    } else if (kind < 55) {
      for (const until = performance.now() + 3000; performance.now() < until; ) {
        const step = await Promise.race([this.#journal.next(), sleep(3000)]);
        if (step?.includes("large")) break;
      }
      await sleep(random.below(900));
    } else if (kind < 75) await sleep(random.below(900));
    else await sleep(random.below(2500));
  }

  async #killEngine(): Promise<void> {
    this.#countMiddle();
    const gone = this.#world.engine.kill();
    this.#note("engine");
    // Sometimes the next one comes while this one is still being cleared away.
    if (this.#random.chance(0.6)) await gone;
    this.#countStaging();
    await this.#absence();
    this.#startEngine();
  }

  async #killDropbox(): Promise<void> {
    this.#countMiddle();
    await this.#world.dropbox.kill();
    this.#note("dropbox");
    await this.#absence();
    await this.#startDropbox();
  }

  async #killBoth(): Promise<void> {
    this.#countMiddle();
    const { engine, dropbox } = this.#world;
    await Promise.all([engine.kill(), dropbox.kill()]);
    this.#note("both");
    this.#countStaging();
    await this.#absence();
    if (this.#random.chance(0.5)) {
      this.#startEngine();
      await this.#absence();
      await this.#startDropbox();
    } else {
      await this.#startDropbox();
      await this.#absence();
      this.#startEngine();
    }
  }

  #note(who: keyof typeof KILLED): void {
    this.#tally.add(KILLS, KILLED[who]);
    this.#journal.note(`KILL ${KILLED[who]}`);
  }

  #startEngine(): void {
    this.#world.engine.start();
    this.#startedAt = performance.now();
    this.#journal.note("the engine starts");
  }

  async #startDropbox(): Promise<void> {
    await this.#world.dropbox.start(this.#trouble.conditions());
    this.#journal.note("the local Dropbox listens");
  }

  #countMiddle(): void {
    const now = performance.now();
    if (now - this.#largeAt < LARGE_TAKES) this.#tally.add(MIDDLE, MIDDLES.large);
    if (now - this.#startedAt < START_TAKES) this.#tally.add(MIDDLE, MIDDLES.starting);
  }

  #countStaging(): void {
    // Besides the lease there is something only where the engine was at work.
    if (this.#world.staged().length > 0) this.#tally.add(MIDDLE, MIDDLES.staging);
  }

  async #absence(): Promise<void> {
    await sleep(this.#random.pick([0, 0, 20, 200, 800]));
  }
}
