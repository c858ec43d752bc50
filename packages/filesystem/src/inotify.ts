import { readSync } from "node:fs";
import { inotifyAdd, inotifyInit, inotifyRemove, untilReadable } from "./native.ts";

const IN_MODIFY = 0x2;
const IN_ATTRIB = 0x4;
const IN_CLOSE_WRITE = 0x8;
const IN_MOVED_FROM = 0x40;
const IN_MOVED_TO = 0x80;
const IN_CREATE = 0x100;
const IN_DELETE = 0x200;
const IN_DELETE_SELF = 0x400;
const IN_MOVE_SELF = 0x800;
const IN_UNMOUNT = 0x2000;
const IN_Q_OVERFLOW = 0x4000;
const IN_IGNORED = 0x8000;
const IN_ONLYDIR = 0x1000000;
const IN_DONT_FOLLOW = 0x2000000;
const IN_EXCL_UNLINK = 0x4000000;
const IN_ISDIR = 0x40000000;

const MASK =
  IN_MODIFY |
  IN_ATTRIB |
  IN_CLOSE_WRITE |
  IN_MOVED_FROM |
  IN_MOVED_TO |
  IN_CREATE |
  IN_DELETE |
  IN_DELETE_SELF |
  IN_MOVE_SELF |
  IN_ONLYDIR |
  IN_DONT_FOLLOW |
  IN_EXCL_UNLINK;

/** A wait ends after so many milliseconds at the latest, so that the process can end. */
const WAIT = 500;

/** What happened in a watched folder, as the kernel told it. */
export interface FolderEvent {
  readonly kind: "names" | "closed" | "folder-left" | "self" | "lost";
  /** The entry's name; null where it is about the folder itself. */
  readonly name: string | null;
}

type Listener = (event: FolderEvent) => void;

/**
 * One inotify instance for the whole process (there are few to be had), shared by all that watch. The same folder
 * watched twice is one watch in the kernel, told to both.
 */
class SharedInotify {
  #fd = -1;
  #waiting = false;
  readonly #listeners = new Map<number, Set<Listener>>();
  readonly #buffer = Buffer.alloc(256 * 1024);

  /** @throws NativeError */
  add(path: string, listener: Listener): number {
    if (this.#fd < 0) this.#fd = inotifyInit();
    const wd = inotifyAdd(this.#fd, path, MASK);
    let listeners = this.#listeners.get(wd);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(wd, listeners);
    }
    listeners.add(listener);
    void this.#wait();
    return wd;
  }

  remove(wd: number, listener: Listener): void {
    const listeners = this.#listeners.get(wd);
    if (listeners === undefined || !listeners.delete(listener) || listeners.size > 0) return;
    this.#listeners.delete(wd);
    inotifyRemove(this.#fd, wd);
  }

  async #wait(): Promise<void> {
    if (this.#waiting) return;
    this.#waiting = true;
    try {
      while (this.#listeners.size > 0) {
        await untilReadable(this.#fd, WAIT);
        this.#read();
      }
    } finally {
      this.#waiting = false;
    }
  }

  #read(): void {
    for (;;) {
      let length: number;
      try {
        length = readSync(this.#fd, this.#buffer);
      } catch {
        return; // EAGAIN: all read.
      }
      for (let at = 0; at + 16 <= length; ) {
        const wd = this.#buffer.readInt32LE(at);
        const mask = this.#buffer.readUInt32LE(at + 4);
        const size = this.#buffer.readUInt32LE(at + 12);
        const field = this.#buffer.subarray(at + 16, at + 16 + size);
        const end = field.indexOf(0);
        this.#tell(wd, mask, size === 0 ? null : field.toString("utf8", 0, end < 0 ? size : end));
        at += 16 + size;
      }
    }
  }

  #tell(wd: number, mask: number, name: string | null): void {
    if (mask & IN_Q_OVERFLOW) {
      for (const listeners of this.#listeners.values())
        for (const listener of listeners) listener({ kind: "lost", name: null });
      return;
    }
    const listeners = this.#listeners.get(wd);
    if (listeners === undefined) return;
    const kind: FolderEvent["kind"] =
      mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)
        ? "self"
        : mask & IN_ISDIR && mask & (IN_MOVED_FROM | IN_DELETE)
          ? "folder-left"
          : mask & IN_CLOSE_WRITE
            ? "closed"
            : "names";
    for (const listener of [...listeners]) listener({ kind, name });
    if (mask & IN_IGNORED) this.#listeners.delete(wd);
  }
}

export const inotify = new SharedInotify();
