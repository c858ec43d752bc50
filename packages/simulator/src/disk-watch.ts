import { type Clock, isWithin, type Name, type RelativePath, type Watcher, type WatchHint } from "@twinfold/engine";
import { DiskError, type DiskErrorCode, type DiskEvent, type DiskFolder, type DiskThing } from "./disk-things.ts";
import { STAGING_FOLDER, type VirtualDisk } from "./virtual-disk.ts";

/** When a hint arrives, in milliseconds from the change, once for each number; none: it is lost. */
export type HintHook = (hint: WatchHint) => readonly number[];

export interface DiskWatchOptions {
  readonly clock: Clock;
  readonly onHints: (hints: readonly WatchHint[]) => void;
  readonly hook: HintHook | undefined;
  /** How many folders can be watched. */
  readonly limit: number;
}

const GONE: ReadonlySet<DiskErrorCode> = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);

/** Watches folders as inotify does: one by one, by what they are and not by name, and none that lies below. */
export class DiskWatch implements Watcher {
  readonly #disk: VirtualDisk;
  readonly #options: DiskWatchOptions;
  readonly #watched = new Map<DiskFolder, RelativePath>();
  readonly #stopListening: () => void;
  #closed = false;
  #batch: WatchHint[] | null = null;

  constructor(disk: VirtualDisk, options: DiskWatchOptions) {
    this.#disk = disk;
    this.#options = options;
    this.#stopListening = disk.listen((event) => this.#hear(event));
  }

  async add(folders: readonly RelativePath[]): Promise<readonly RelativePath[]> {
    const refused: RelativePath[] = [];
    for (const path of folders) {
      try {
        const folder = this.#disk.find(path);
        if (folder.kind !== "folder") continue;
        if ((folder.mode & 0o400) === 0) throw new DiskError("EACCES", path);
        if (this.#watched.has(folder) || this.#watched.size < this.#options.limit) this.#watched.set(folder, path);
        else refused.push(path);
      } catch (error) {
        if (!(error instanceof DiskError)) throw error;
        // Gone, or no folder any more: the folder that it was in tells.
        if (!GONE.has(error.code)) refused.push(path);
      }
    }
    return refused;
  }

  async close(): Promise<void> {
    this.stop();
  }

  /** Nothing is heard any more. */
  stop(): void {
    this.#closed = true;
    this.#stopListening();
    this.#watched.clear();
  }

  /** The kernel's queue was too small: all that is known is that anything may have changed. */
  overflow(): void {
    this.#deliver({ kind: "subtree", path: "" as RelativePath });
  }

  #hear(event: DiskEvent): void {
    const { folder, name, thing, kind } = event;
    if (kind === "moved" || kind === "deleted") this.#forget(thing);
    if (kind === "attributes" && thing.kind === "folder") this.#tell(thing, []);
    if (folder !== null) this.#tell(folder, [name as Name], kind === "closed");
  }

  #tell(folder: DiskFolder, names: readonly Name[], closed = false): void {
    const path = this.#watched.get(folder);
    if (path === undefined || (path === "" && names[0] === STAGING_FOLDER)) return;
    this.#deliver({ kind: "folder", path, names, ...(closed ? { closed: names } : {}) });
  }

  /** A folder that is moved or gone is watched no longer, nor is what is below; what is at its path now is to be looked at. */
  #forget(thing: DiskThing): void {
    if (thing.kind !== "folder") return;
    const path = this.#watched.get(thing);
    if (path === undefined) {
      for (const child of thing.children.values()) this.#forget(child);
      return;
    }
    for (const [folder, below] of this.#watched) if (isWithin(below, path)) this.#watched.delete(folder);
    this.#deliver({ kind: "subtree", path });
  }

  #deliver(hint: WatchHint): void {
    for (const delay of this.#options.hook?.(hint) ?? [0]) {
      if (delay > 0) void this.#options.clock.sleep(delay).then(() => this.#hand([hint]));
      else this.#collect(hint);
    }
  }

  /** What comes in one go is handed over in one batch. */
  #collect(hint: WatchHint): void {
    if (this.#batch !== null) {
      this.#batch.push(hint);
      return;
    }
    this.#batch = [hint];
    queueMicrotask(() => {
      const batch = this.#batch ?? [];
      this.#batch = null;
      this.#hand(batch);
    });
  }

  #hand(hints: readonly WatchHint[]): void {
    if (!this.#closed) this.#options.onHints(hints);
  }
}
