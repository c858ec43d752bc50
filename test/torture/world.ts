import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DropboxApi } from "./dropbox-api.ts";
import { EngineProcess } from "./engine.ts";
import { type Conditions, LocalDropbox } from "./local-dropbox.ts";
import type { Tally } from "./tally.ts";

/** The session's folder, as the app sees it. */
export const REMOTE = "/Org/Space/Master";
/** Beside it, with names that only a careless comparison takes for being inside. */
const REMOTE_SENTINELS = ["/Org/Space/Master2/untouched", "/Org/Space/Master.txt", "/Org/Other/untouched"];
const SENTINEL_TEXT = "nobody touches this";
/** A link in the root that leads out of it. */
const WAY_OUT = "way out";

/** What a root lies on, where that is not the disk that the temporary folder is on. */
export interface OwnDisk {
  mount(root: string): void;
  unmount(root: string): void;
}

const open = new Set<World>();

/** For a sudden end of this program: kills what still runs. */
export function killWorlds(): void {
  for (const world of open) world.kill();
}

/** The same, and removes all that is there. */
export function dropWorlds(): void {
  for (const world of open) world.drop();
}

/** A folder for one run: the root, things beside it that must stay as they are, the engine's home, the local Dropbox. */
export class World {
  readonly folder: string;
  readonly root: string;
  readonly dropbox: LocalDropbox;
  readonly engine: EngineProcess;
  readonly api: DropboxApi;
  /** Path to rev. */
  readonly remoteSentinels = new Map<string, string>();
  readonly #disk: OwnDisk | null;

  constructor(name: string, tally: Tally, disk: OwnDisk | null) {
    this.#disk = disk;
    this.folder = mkdtempSync(join(tmpdir(), `twinfold-torture-${name}-`));
    this.root = join(this.folder, "root");
    mkdirSync(this.root);
    disk?.mount(this.root);
    mkdirSync(this.#beside);
    writeFileSync(join(this.#beside, "untouched"), SENTINEL_TEXT);
    symlinkSync(this.#beside, join(this.root, WAY_OUT));
    this.dropbox = new LocalDropbox(this.folder, tally);
    this.engine = new EngineProcess(this.folder, this.root, REMOTE, this.dropbox);
    this.api = new DropboxApi(this.dropbox, REMOTE);
    open.add(this);
  }

  /** Both run, linked. */
  async begin(conditions: Conditions): Promise<void> {
    await this.dropbox.start(conditions);
    if (!this.dropbox.runs) throw new Error(`the local Dropbox does not start: ${this.folder}`);
    const all = new DropboxApi(this.dropbox, "");
    for (const path of REMOTE_SENTINELS) await all.upload(path.slice(1), Buffer.from(SENTINEL_TEXT));
    const everything = await all.everything();
    for (const path of REMOTE_SENTINELS) {
      const rev = everything.get(path.toLowerCase())?.rev;
      if (rev !== undefined) this.remoteSentinels.set(path, rev);
    }
    await this.engine.link();
    this.engine.start();
  }

  /** What lies in staging, but for the lease of an engine: nothing, where none is at work. */
  staged(): string[] {
    const staging = join(this.root, ".twinfold");
    if (!existsSync(staging)) return [];
    return readdirSync(staging, { recursive: true })
      .map(String)
      .filter((name) => !name.startsWith("lease-"));
  }

  /** What happened to what lies beside the root, and to the link that leads there. */
  checkBeside(): string[] {
    const violations: string[] = [];
    const names = readdirSync(this.#beside);
    if (names.join() !== "untouched" || readFileSync(join(this.#beside, "untouched"), "utf8") !== SENTINEL_TEXT)
      violations.push(`what lies beside the root was touched: ${names.join(", ")}`);
    const expected = ["beside", "dropbox", "dropbox.log", "engine.log", "home", "root"];
    const found = readdirSync(this.folder).filter((name) => !expected.includes(name));
    if (found.length > 0) violations.push(`beside the root there is now ${found.join(", ")}`);
    const link = join(this.root, WAY_OUT);
    if (!existsSync(link) || readlinkSync(link) !== this.#beside)
      violations.push("the symbolic link in the root is gone");
    return violations;
  }

  /** What engine and local Dropbox must not have done. */
  defects(): string[] {
    return [...this.engine.defects(), ...this.dropbox.defects()];
  }

  /** Kills what still runs. Nothing is left of a world, unless it is to be looked at: then all but its mount is. */
  async end(keep: boolean): Promise<void> {
    await Promise.all([this.engine.kill(), this.dropbox.kill()]);
    if (keep && this.#disk !== null) {
      const copy = join(this.folder, "copy");
      cpSync(this.root, copy, { recursive: true, verbatimSymlinks: true });
      this.#disk.unmount(this.root);
      rmSync(this.root, { recursive: true });
      renameSync(copy, this.root);
    }
    open.delete(this);
    if (!keep) this.#remove();
  }

  /** At once, without waiting. */
  kill(): void {
    this.engine.drop();
    void this.dropbox.kill();
  }

  drop(): void {
    this.kill();
    this.#remove();
  }

  #remove(): void {
    this.#disk?.unmount(this.root);
    // What was only just killed may still be writing.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  get #beside(): string {
    return join(this.folder, "beside");
  }
}
