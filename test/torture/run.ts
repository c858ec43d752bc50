import { setTimeout as sleep } from "node:timers/promises";
import type { SeededRandomness } from "@twinfold/simulator";
import { describeAction, NastyUser } from "./actions.ts";
import { Check } from "./check.ts";
import { type Content, Contents, type LargeSizes } from "./contents.ts";
import { DiskUser } from "./disk-user.ts";
import { DropboxUser } from "./dropbox-user.ts";
import { Journal } from "./journal.ts";
import { Killer } from "./killer.ts";
import { Ledger } from "./ledger.ts";
import { Tally } from "./tally.ts";
import type { Tree } from "./tree.ts";
import { calm, TROUBLE, type Trouble } from "./trouble.ts";
import { type OwnDisk, World } from "./world.ts";

/** What a run is made of. */
export interface Parts {
  readonly world: World;
  readonly contents: Contents;
  readonly disk: DiskUser;
  readonly dropbox: DropboxUser;
  readonly tally: Tally;
}

export interface RunOptions {
  readonly name: string;
  readonly kills: number;
  /** Both sides are compared after so many kills. */
  readonly checkEvery: number;
  /** `performance.now()` after which no more kills are begun. */
  readonly until: number;
  readonly largeSizes: LargeSizes;
  readonly mostLarge: number;
  /** Null for a root on the temporary folder's disk. */
  readonly disk: OwnDisk | null;
  readonly trouble: (random: SeededRandomness) => Trouble;
  /** Before each check, with all running and nobody acting. @returns what did not hold */
  readonly beforeCheck?: (parts: Parts) => Promise<readonly string[]>;
  readonly print: (line: string) => void;
}

export interface RunResult {
  readonly tally: Tally;
  readonly kills: number;
  readonly violations: readonly string[];
}

const ACTIONS = "actions";
const ACTED = { disk: "on disk", dropbox: "in Dropbox", refused: "refused", unknown: "unanswered" } as const;
const CHECKS = "checks";
const CONTENTS = "contents";

const PAUSES = [0, 1, 5, 20, 50, 100, 300, 600];
/** Dropbox takes its own time for each. */
const SHORT_PAUSES = [0, 0, 5, 20, 100, 300];

/** One world that is tortured until its kills are done: users on both sides, trouble, and a killer, all at once. */
export class Run {
  readonly #options: RunOptions;
  readonly #random: SeededRandomness;
  readonly #world: World;
  readonly #contents: Contents;
  readonly #ledger = new Ledger();
  readonly #journal = new Journal();
  readonly #trouble: Trouble;
  readonly #killer: Killer;
  readonly #disk: DiskUser;
  readonly #dropbox: DropboxUser;
  readonly #tally = new Tally();
  #acting = false;

  constructor(random: SeededRandomness, options: RunOptions) {
    this.#options = options;
    this.#random = random;
    this.#world = new World(options.name, this.#tally, options.disk);
    this.#contents = new Contents(random.fork(), options.largeSizes);
    this.#trouble = options.trouble(random.fork());
    this.#killer = new Killer(this.#world, random.fork(), this.#journal, this.#trouble, this.#tally);
    this.#disk = new DiskUser(this.#world.root, this.#contents, this.#ledger);
    this.#dropbox = new DropboxUser(this.#world.api, this.#contents, this.#ledger);
    this.#tally.expect(ACTIONS, Object.values(ACTED));
    for (const [group, names] of Object.entries(this.#trouble.expected)) this.#tally.expect(group, names);
  }

  async run(): Promise<RunResult> {
    const { kills, checkEvery, until, print, name } = this.#options;
    print(`${name}: ${kills} kills, in ${this.#world.folder}`);
    const check = new Check(this.#world, this.#contents, this.#ledger, this.#disk);
    const violations: string[] = [];
    let onBothSides = 0;
    // Until it is known better: what breaks this program itself is to be looked at as well.
    let keep = true;
    try {
      await this.#world.begin(this.#trouble.conditions());
      while (violations.length === 0 && this.#killer.kills < kills && performance.now() < until) {
        await this.#torture(Math.min(kills, this.#killer.kills + checkEvery));
        violations.push(...(await this.#prepare()));
        const checked = await check.run(this.#random.chance(0.5) ? "signal" : "command");
        violations.push(...checked.violations);
        ({ onBothSides } = checked);
        this.#tally.add(CHECKS, violations.length === 0 ? "held" : "VIOLATED");
        print(this.#progress(checked.words));
        if (violations.length > 0) print(await check.report(violations, this.#journal.steps));
        else await this.#goOn();
      }
      keep = violations.length > 0;
    } finally {
      await this.#world.end(keep);
    }
    this.#tally.add(CONTENTS, "on both sides at the end", onBothSides);
    this.#tally.add(CONTENTS, "found in Dropbox's history", this.#ledger.keptInHistory);
    return { tally: this.#tally, kills: this.#killer.kills, violations };
  }

  /** Users act, things go wrong and processes are killed until there were so many kills. */
  async #torture(kills: number): Promise<void> {
    this.#acting = true;
    const others = Promise.all([this.#actOnDisk(), this.#actInDropbox(), this.#makeTrouble()]);
    // Awaited below; until then an error of theirs ends the killing.
    const broken = others.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    try {
      while (this.#killer.kills < kills && this.#world.defects().length === 0) {
        const ended = await Promise.race([this.#killer.next(), broken]);
        if (ended !== undefined) throw ended.error;
      }
    } finally {
      this.#acting = false;
    }
    await others;
    await this.#disk.finished();
    await calm(this.#world.dropbox);
    await this.#world.dropbox.count();
  }

  async #prepare(): Promise<readonly string[]> {
    const { beforeCheck } = this.#options;
    if (beforeCheck === undefined || this.#world.defects().length > 0) return [];
    return beforeCheck({
      world: this.#world,
      contents: this.#contents,
      disk: this.#disk,
      dropbox: this.#dropbox,
      tally: this.#tally,
    });
  }

  async #goOn(): Promise<void> {
    this.#journal.clear();
    await this.#world.dropbox.start(this.#trouble.conditions());
    this.#world.engine.start();
  }

  async #actOnDisk(): Promise<void> {
    const random = this.#random.fork();
    const user = new NastyUser(random.fork(), this.#contents);
    while (this.#acting) {
      const tree = this.#disk.tree();
      const action = user.next(tree, this.#hasRoom(tree));
      if ("content" in action) this.#tellOfLarge(action.content);
      const how = this.#disk.act(action);
      this.#count("disk", how);
      this.#journal.note(`disk: ${describeAction(action)}${how === "done" ? "" : `: ${how}`}`);
      await sleep(random.pick(PAUSES));
    }
  }

  async #actInDropbox(): Promise<void> {
    const random = this.#random.fork();
    const user = new NastyUser(random.fork(), this.#contents);
    while (this.#acting) {
      const tree = await this.#dropbox.tree();
      if (tree === null) {
        await sleep(50);
        continue;
      }
      const action = user.next(tree, this.#hasRoom(tree));
      const how = await this.#dropbox.act(action, tree);
      if ("content" in action) this.#tellOfLarge(action.content);
      this.#count("dropbox", how);
      this.#journal.note(`Dropbox: ${describeAction(action)}${how === "done" ? "" : `: ${how}`}`);
      await sleep(random.pick(SHORT_PAUSES));
    }
  }

  async #makeTrouble(): Promise<void> {
    while (this.#acting) {
      await sleep(this.#trouble.pause());
      const { dropbox } = this.#world;
      if (!this.#acting || !dropbox.runs) continue;
      await dropbox.count();
      const { kind, words } = await this.#trouble.strike(dropbox);
      this.#tally.add(TROUBLE, kind);
      this.#journal.note(words);
    }
  }

  #hasRoom(tree: Tree): boolean {
    let large = 0;
    for (const hash of tree.values()) {
      if (hash !== null && this.#contents.labelOf(hash)?.includes("large")) large++;
    }
    return large < this.#options.mostLarge;
  }

  #tellOfLarge(content: Content): void {
    if (this.#contents.isLarge(content)) this.#killer.largeWritten();
  }

  #count(side: "disk" | "dropbox", how: "done" | "refused" | "who knows"): void {
    this.#tally.add(ACTIONS, ACTED[side]);
    if (how === "refused") this.#tally.add(ACTIONS, ACTED.refused);
    if (how === "who knows") this.#tally.add(ACTIONS, ACTED.unknown);
  }

  #progress(words: string): string {
    const done = `${this.#options.name} ${this.#killer.kills}/${this.#options.kills} kills`;
    return [done, `actions ${this.#tally.words(ACTIONS)}`, words].join("; ");
  }
}
