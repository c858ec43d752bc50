import type { Contents } from "./contents.ts";
import type { DiskUser } from "./disk-user.ts";
import { DropboxApi } from "./dropbox-api.ts";
import { accountForContents, checkOutside, checkStoredBytes, compareSides, inWords } from "./invariants.ts";
import type { Ledger } from "./ledger.ts";
import type { Tree } from "./tree.ts";
import { REMOTE, type World } from "./world.ts";

/** How long both sides may take to come together, in seconds. */
const PATIENCE = 180;
const LOG_LINES = 120;

export interface Checked {
  /** Sentences; empty when everything held. */
  readonly violations: readonly string[];
  readonly words: string;
  /** How many contents were looked for, and found on both sides. */
  readonly onBothSides: number;
}

/** Lets both sides come to rest, stops everything, and looks whether all that must hold does. */
export class Check {
  readonly #world: World;
  readonly #contents: Contents;
  readonly #ledger: Ledger;
  readonly #user: DiskUser;
  #trees: { readonly disk: Tree; readonly dropbox: Tree } | null = null;
  #checks = 0;

  constructor(world: World, contents: Contents, ledger: Ledger, user: DiskUser) {
    this.#world = world;
    this.#contents = contents;
    this.#ledger = ledger;
    this.#user = user;
  }

  /** Afterwards, where nothing is wrong, neither engine nor Dropbox runs. */
  async run(stop: "signal" | "command"): Promise<Checked> {
    const began = performance.now();
    const world = this.#world;
    this.#checks++;
    // What has ended so is like what was killed; but it must not.
    const defects = world.defects();
    if (defects.length > 0) return { violations: defects, words: `check ${this.#checks} VIOLATED`, onBothSides: 0 };
    const unrest = await this.#rest();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    if (unrest !== null)
      return { violations: [...world.defects(), unrest], words: "DO NOT COME TO REST", onBothSides: 0 };
    const ending = await world.engine.stop(stop);
    const violations = [...world.defects(), ...(ending === null ? [] : [ending])];
    const staged = this.#world.staged();
    if (staged.length > 0) violations.push(`a clean stop leaves staging: ${staged.join(", ")}`);
    const { disk, dropbox } = await this.#look();
    violations.push(...compareSides(disk, dropbox, this.#contents), ...this.#world.checkBeside());
    const everything = await new DropboxApi(this.#world.dropbox, "").everything();
    violations.push(...checkOutside(everything, REMOTE, this.#world.remoteSentinels));
    const accounted = await this.#accountFor(dropbox, [...everything.keys()]);
    violations.push(...accounted.violations);
    const where = `${accounted.onBothSides} on both sides, ${this.#ledger.keptInHistory} in Dropbox's history`;
    const held = violations.length === 0 ? "ok" : "VIOLATED";
    return {
      violations,
      words: `check ${this.#checks} ${held}, at rest after ${seconds} s: ${disk.size} paths; contents: ${where}`,
      onBothSides: accounted.onBothSides,
    };
  }

  /** All that one needs to find out what happened. */
  async report(violations: readonly string[], steps: readonly string[]): Promise<string> {
    const { disk, dropbox } = this.#trees ?? (await this.#look());
    return [
      ...violations.map((one) => `VIOLATION: ${one}`),
      "--- steps since the last check (seconds)",
      ...steps,
      "--- on disk",
      ...this.#describe(disk),
      "--- in Dropbox",
      ...this.#describe(dropbox),
      "--- the end of the engine's log",
      this.#world.engine.logTail(LOG_LINES),
      `--- all of it is kept in ${this.#world.folder}`,
    ].join("\n");
  }

  async #rest(): Promise<string | null> {
    const { engine } = this.#world;
    // An engine that was only just started does not answer yet.
    for (const until = performance.now() + 30_000; performance.now() < until; ) {
      const { code, out } = await engine.command("wait", "--timeout", String(PATIENCE));
      if (code === 0) return null;
      if (this.#world.defects().length > 0) return "something ended";
      if (out.includes("nothing runs")) continue;
      const status = await engine.command("status", "--json");
      const plan = await engine.command("plan", "--json");
      return `no rest: ${out}\nstatus: ${status.out}\nplan: ${plan.out}`;
    }
    return "the engine does not answer within 30 s of its start";
  }

  async #look(): Promise<{ disk: Tree; dropbox: Tree }> {
    // Where Dropbox does not even answer, that is told of as a violation of its own.
    const dropbox = await this.#world.api.tree().catch(() => new Map<string, string | null>());
    this.#trees = { disk: this.#user.tree(), dropbox };
    return this.#trees;
  }

  async #accountFor(tree: Tree, everything: readonly string[]) {
    const inside = `${REMOTE.toLowerCase()}/`;
    const keys = everything.filter((key) => key.startsWith(inside)).map((key) => key.slice(inside.length));
    await this.#world.dropbox.stop();
    return this.#world.dropbox.within(async (files) => {
      const app = (await files.list("/Apps"))[0]?.name ?? "";
      const folder = `/Apps/${app}${REMOTE}`;
      const accounted = await accountForContents(this.#ledger, tree, keys, files, folder, this.#contents);
      const spoiled = await checkStoredBytes(tree, files, folder);
      return { ...accounted, violations: [...accounted.violations, ...spoiled] };
    });
  }

  #describe(tree: Tree): string[] {
    return [...tree].map(([path, hash]) => `${path}: ${inWords(hash, this.#contents)}`);
  }
}
