import { closeSync, constants, lstatSync, openSync } from "node:fs";
import { baseName, type Mount, parentPath, type RelativePath, ROOT_PATH } from "@twinfold/engine";
import { fileSystemError } from "./errors.ts";
import { type MountLine, mountOf, territoryOf } from "./mounts.ts";
import { identityOf } from "./stat.ts";

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * The root, held open: paths are walked from it component by component without following a link, as openat(2) does,
 * through the kernel's own names for open descriptors (proc(5), /proc/self/fd). So a link that is put in a folder's place
 * at any moment leads nowhere.
 */
export class RootWalk {
  readonly root: string;
  #fd: number;
  readonly #dev: bigint;
  readonly #ino: bigint;
  #territory: string;
  #renewals = 0;
  /** With its birth: a folder that is made where one was deleted often has that one's inode. */
  readonly identity: string;

  /** @throws what opening a folder throws */
  constructor(root: string) {
    this.root = root;
    this.#fd = openSync(root, O_RDONLY | O_DIRECTORY);
    const stats = lstatSync(`/proc/self/fd/${this.#fd}/.`, { bigint: true });
    this.#dev = stats.dev;
    this.#ino = stats.ino;
    this.identity = identityOf(stats);
    this.#territory = territoryOf(this.#fd);
  }

  /**
   * Held open, a folder that was moved away goes on answering: so the path is looked at too.
   * @throws FileSystemError `root` when another folder, or nothing, is at the root's path by now
   */
  check(): void {
    let there: { dev: bigint; ino: bigint } | null = null;
    try {
      there = lstatSync(`${this.root}/.`, { bigint: true });
    } catch {
      // Missing or unreadable: told below.
    }
    if (there === null || there.dev !== this.#dev || there.ino !== this.#ino) {
      throw fileSystemError(ROOT_PATH, "root", new Error(`${this.root} is missing or was replaced`));
    }
  }

  /**
   * Opens the root anew if it was unmounted and mounted again: what is mounted inside by now is seen there only, and nothing
   * can be renamed between two mounts, not even of the same folder. To be called when it was checked.
   */
  renew(): void {
    let fd = openSync(this.root, O_RDONLY | O_DIRECTORY);
    try {
      const territory = territoryOf(fd);
      if (territory === this.#territory) return;
      [fd, this.#fd] = [this.#fd, fd];
      this.#territory = territory;
      this.#renewals++;
    } finally {
      closeSync(fd);
    }
  }

  /** How often it was opened anew: what is held open below it is of the root as it was then. */
  get renewals(): number {
    return this.#renewals;
  }

  /** Calls `body` with a name for `path` that can't lead elsewhere, good for the time of the call. */
  at<T>(path: RelativePath, body: (name: string) => T): T {
    if (path === "") return body(`/proc/self/fd/${this.#fd}/.`);
    checkNames(path);
    if (parentPath(path) === "") return body(`/proc/self/fd/${this.#fd}/${path}`);
    const folder = this.openFolder(parentPath(path));
    try {
      return body(`/proc/self/fd/${folder}/${baseName(path)}`);
    } finally {
      closeSync(folder);
    }
  }

  /** A descriptor of a folder, to be closed by the caller. */
  openFolder(path: RelativePath): number {
    checkNames(path);
    let fd = openSync(`/proc/self/fd/${this.#fd}/.`, O_RDONLY | O_DIRECTORY);
    if (path === "") return fd;
    for (const name of path.split("/")) {
      const outer = fd;
      try {
        fd = openSync(`/proc/self/fd/${outer}/${name}`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      } catch (error) {
        throw isLink(`/proc/self/fd/${outer}/${name}`) ? fileSystemError(path, "escapes", error) : error;
      } finally {
        closeSync(outer);
      }
    }
    return fd;
  }

  /** What the root lies in; null where that is mounted out of this process's sight. */
  mount(lines: readonly MountLine[]): Mount | null {
    return mountOf(this.#fd, lines);
  }

  /** Where the file system begins in which a folder lies: at the root, or at a folder on the way to it. */
  beginning(folder: RelativePath): RelativePath {
    const territory = this.#territoryAt(folder);
    if (territory === this.#territory) return ROOT_PATH;
    let top = folder;
    while (top !== ROOT_PATH && this.#territoryAt(parentPath(top)) === territory) top = parentPath(top);
    return top;
  }

  #territoryAt(folder: RelativePath): string {
    const fd = this.openFolder(folder);
    try {
      return territoryOf(fd);
    } finally {
      closeSync(fd);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Some paths come from files that others may write (the notes in staging). @throws FileSystemError `escapes` */
function checkNames(path: RelativePath): void {
  if (path !== "" && /(^|\/)\.{0,2}(\/|$)/.test(path)) throw fileSystemError(path, "escapes");
}

function isLink(name: string): boolean {
  try {
    return lstatSync(name).isSymbolicLink();
  } catch {
    return false;
  }
}
