import {
  closeSync,
  cpSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { contentHash } from "@twinfold/dropbox-rules";
import { type Action, touchedPaths } from "./actions.ts";
import type { Contents } from "./contents.ts";
import type { Ledger } from "./ledger.ts";
import { baseName, isWithin, parentPath, type Tree } from "./tree.ts";

const STAGING_FOLDER = ".twinfold";
/** A hash of fewer bytes is not remembered: two contents of one length may follow one another within one tick of the clock. */
const WORTH_REMEMBERING = 1024 * 1024;

/** What a shell would have answered with an error. */
class Refused extends Error {}

/** A person and her programs in the synchronized folder on disk. Each action is done in one go, but for slow writes. */
export class DiskUser {
  readonly #root: string;
  readonly #contents: Contents;
  readonly #ledger: Ledger;
  readonly #hashes = new Map<string, string>();
  readonly #slow = new Set<Promise<void>>();
  readonly #recent: { path: string; at: number }[] = [];
  #full = 0;

  constructor(root: string, contents: Contents, ledger: Ledger) {
    this.#root = root;
    this.#contents = contents;
    this.#ledger = ledger;
  }

  /** Everything but staging and what is neither file nor folder. */
  tree(): Tree {
    const found = new Map<string, string | null>();
    const visit = (folder: string) => {
      for (const entry of unlessGone(() => readdirSync(this.#at(folder), { withFileTypes: true })) ?? []) {
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (path === STAGING_FOLDER) continue;
        if (entry.isDirectory()) {
          found.set(path, null);
          visit(path);
        } else if (entry.isFile()) {
          const hash = unlessGone(() => this.#hash(path));
          if (hash !== undefined) found.set(path, hash);
        }
      }
    };
    visit("");
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @returns in a word how it went */
  act(action: Action): "done" | "refused" {
    const before = this.tree();
    const touched = touchedPaths(action);
    for (const path of touched) this.#recent.push({ path, at: performance.now() });
    try {
      this.#do(action);
      return "done";
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOSPC") this.#full++;
      else if (!(error instanceof Refused) && code === undefined) throw error;
      return "refused";
    } finally {
      this.#ledger.note(before, this.tree(), touched);
    }
  }

  /** How many writes failed for want of space since this was last asked. */
  takeFull(): number {
    const full = this.#full;
    this.#full = 0;
    return full;
  }

  /** Resolves when nothing is still being written. */
  async finished(): Promise<void> {
    await Promise.all(this.#slow);
  }

  #do(action: Action) {
    switch (action.kind) {
      case "write":
        return this.#write(action.path, action.content.bytes);
      case "save": {
        const beside = this.#beside(action.path, "save");
        this.#write(beside, action.content.bytes);
        try {
          return this.#orTakeAway(beside, () => renameSync(this.#at(beside), this.#at(action.path)));
        } catch (error) {
          // It has never had its name, and is taken away by whoever wrote it.
          this.#ledger.giveUp(action.content.hash);
          throw error;
        }
      }
      case "write slowly": {
        const writing = this.#writeSlowly(action);
        this.#slow.add(writing);
        void writing.finally(() => this.#slow.delete(writing));
        return;
      }
      case "append":
        return this.#append(action.path, action.content.bytes);
      case "mkdir":
        return mkdirSync(this.#at(action.path));
      case "move":
        if (this.#exists(action.to)) throw new Refused();
        return renameSync(this.#at(action.from), this.#at(action.to));
      case "rename over":
        return renameSync(this.#at(action.from), this.#at(action.to));
      case "swap":
        return this.#swap(action.from, action.to);
      case "copy":
        return this.#copy(action.from, action.to);
      case "remove":
        return rmSync(this.#at(action.path), { recursive: true });
      case "become file":
        rmSync(this.#at(action.path), { recursive: true, force: true });
        return this.#write(action.path, action.content.bytes);
      case "become folder":
        rmSync(this.#at(action.path), { recursive: true, force: true });
        return mkdirSync(this.#at(action.path));
      case "hard link":
        return linkSync(this.#at(action.from), this.#at(action.to));
      default:
        return action satisfies never;
    }
  }

  #write(path: string, bytes: Uint8Array): void {
    if (this.#exists(path)) {
      // What it leads to may be gone a moment later: the file is the one that was opened.
      const file = openSync(this.#at(path), "r+");
      try {
        ftruncateSync(file, 0);
        this.#fill(file, path, bytes);
      } finally {
        closeSync(file);
      }
    } else this.#orTakeAway(path, () => writeFileSync(this.#at(path), bytes, { flag: "wx" }));
    this.#ledger.owe(contentHash(bytes));
  }

  /** A write that fails half way leaves nothing behind that could be taken for somebody's content. */
  #fill(file: number, path: string, bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    } catch (error) {
      ftruncateSync(file, 0);
      this.#ledger.giveUpName(path);
      throw error;
    }
  }

  #orTakeAway(path: string, body: () => void): void {
    try {
      body();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOSPC" || baseName(path).endsWith(".save")) rmSync(this.#at(path), { force: true });
      throw error;
    }
  }

  #append(path: string, bytes: Uint8Array): void {
    const before = readFileSync(this.#at(path));
    const file = openSync(this.#at(path), "r+");
    try {
      const whole = Buffer.concat([before, bytes]);
      // Known before it can be seen.
      const { hash } = this.#contents.known(whole, `${this.#contents.labelOf(contentHash(before)) ?? "?"} and more`);
      if (fstatSync(file).size !== before.length) throw new Refused();
      try {
        writeSync(file, bytes, 0, bytes.length, before.length);
      } catch (error) {
        ftruncateSync(file, before.length);
        throw error;
      }
      this.#ledger.owe(hash);
    } finally {
      closeSync(file);
    }
  }

  /** One program that holds the file open: half now, and the rest when its time has come. */
  #writeSlowly(action: Extract<Action, { kind: "write slowly" }>): Promise<void> {
    const { bytes, label } = action.content;
    const half = bytes.length >> 1;
    const begun = this.#contents.known(bytes.subarray(0, half), `the first half of ${label}`);
    const file = openSync(this.#at(action.path), "w+");
    const began = performance.now();
    this.#fill(file, action.path, bytes.subarray(0, half));
    return (async () => {
      await sleep(action.milliseconds);
      try {
        // She has written something else over it meanwhile, which is not to be spoiled.
        if (contentHash(readAll(file)) !== begun.hash) return;
        this.#fill(file, action.path, bytes.subarray(half));
        const gone = fstatSync(file).nlink === 0;
        const byHer = this.#recent.some(({ path, at }) => at > began && isWithin(action.path, path));
        // What she took away herself is nobody's loss; what the engine took from under her hand is.
        if (!gone || !byHer) this.#ledger.owe(action.content.hash);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        this.#full++;
      } finally {
        closeSync(file);
      }
    })();
  }

  #swap(one: string, other: string): void {
    if (isWithin(one, other) || isWithin(other, one) || !this.#exists(other)) throw new Refused();
    const aside = this.#beside(one, "aside");
    renameSync(this.#at(one), this.#at(aside));
    try {
      renameSync(this.#at(other), this.#at(one));
    } finally {
      renameSync(this.#at(aside), this.#at(this.#exists(one) ? other : one));
    }
  }

  #copy(from: string, to: string): void {
    if (isWithin(to, from) || this.#exists(to)) throw new Refused();
    try {
      cpSync(this.#at(from), this.#at(to), { recursive: true, errorOnExist: true, force: false });
    } catch (error) {
      // As much as fits is no copy.
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") rmSync(this.#at(to), { recursive: true, force: true });
      throw error;
    }
    for (const [path, hash] of this.tree()) if (hash !== null && isWithin(path, to)) this.#ledger.owe(hash);
  }

  #beside(path: string, what: string): string {
    const name = `.${baseName(path)}.${what}`;
    const folder = parentPath(path);
    return folder === "" ? name : `${folder}/${name}`;
  }

  #exists(path: string): boolean {
    return existsSync(this.#at(path));
  }

  #hash(path: string): string {
    const { ino, size, mtimeNs, ctimeNs } = lstatSync(this.#at(path), { bigint: true });
    if (size < WORTH_REMEMBERING) return contentHash(readFileSync(this.#at(path)));
    const identity = `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
    const known = this.#hashes.get(identity);
    if (known !== undefined) return known;
    const hash = contentHash(readFileSync(this.#at(path)));
    this.#hashes.set(identity, hash);
    return hash;
  }

  #at(path: string): string {
    return join(this.#root, path);
  }
}

/** Wherever the file stands, and without moving from there. */
function readAll(file: number): Uint8Array {
  const bytes = new Uint8Array(fstatSync(file).size);
  readSync(file, bytes, 0, bytes.length, 0);
  return bytes;
}

function unlessGone<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    // The engine works on the same tree meanwhile.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw error;
  }
}
