import type { Lock } from "../gate.ts";
import type { Clock } from "../ports/clock.ts";
import { type FileSystem, FileSystemError, type FileSystemErrorCode } from "../ports/file-system.ts";
import { pathOf, type Store } from "../ports/store.ts";
import { type NodeId, parentPath, type RelativePath, type Seconds } from "../ports/values.ts";
import { inLimbo } from "./limbo.ts";

/** A file that was not seen being closed is hashed when it has been still for so long, in milliseconds. */
const SETTLE = 100;
/** One that is never still is hashed all the same, when it has waited for so long, in milliseconds. */
const SETTLE_AT_MOST = 1_000;
/** The longest pause between two tries at a file that keeps changing, in milliseconds. */
const LONGEST_PAUSE = 2_000;
/** When a file that could not be read is tried again, in milliseconds. */
const READ_AGAIN = 5_000;
/**
 * What was just written is read once more after so long, in milliseconds. A program that writes through memory (mmap(2)) is told
 * of by nobody, and touches the file's times with its first write only until the kernel has put that on the disk, after half a
 * minute as a rule (`dirty_expire_centisecs`, proc(5)); and before Linux 6.13 two writes within some milliseconds have one time.
 */
const READ_ONCE_MORE = 40_000;
/** So many files wait for that at the most: they are programs' data, not what was unpacked or copied a moment ago. */
const MOST_READ_ONCE_MORE = 1_000;
/** How many files are asked for at a time: the file system may hash many small ones together. */
const AT_ONCE = 64;
/** It is not where it was, or a folder on the way to it isn't. */
const GONE: ReadonlySet<FileSystemErrorCode> = new Set(["not-found", "not-a-folder", "root"]);

interface Waiting {
  readonly due: number;
  /** When it was first wanted. */
  readonly since: number;
  readonly tries: number;
  /** It has a hash, which may not be that of its bytes any more. */
  readonly checks: boolean;
}

/** Gives local files their hash once they hold still. Runs beside the control loop. */
export function createHashing(parts: {
  readonly fileSystem: FileSystem;
  readonly store: Store;
  readonly clock: Clock;
  readonly lock: Lock;
  /** Bytes; what is larger is not sent, and not read for that. */
  readonly largest: number;
  /** A file has its hash, or has none for now. */
  readonly progressed: () => void;
  readonly lookAgain: (folder: RelativePath) => void;
  /** Something in a folder was written that was not heard of. */
  readonly foundUnheard: (folder: RelativePath) => void;
}) {
  const { fileSystem, store, clock, lock } = parts;
  const waiting = new Map<NodeId, Waiting>();
  const running = new Map<NodeId, Promise<void>>();
  /** Those of them that have a hash already. */
  const checking = new Set<NodeId>();
  /** When what was just written is read once more, on the monotonic clock, in that order. */
  const onceMore = new Map<NodeId, number>();
  const problems = new Map<NodeId, string>();
  const arrived: (() => void)[] = [];
  let writing: Promise<void> | null = null;

  /** What is gone, or was read since by another way, has no problem any more. */
  function problemOf(id: NodeId): string | undefined {
    const problem = problems.get(id);
    const node = problem === undefined ? undefined : store.local.get(id);
    return node?.kind === "file" && node.hash === null ? problem : undefined;
  }

  /** What comes at one time is written in one transaction: each by itself costs more than hashing a small file. */
  function write(one: () => void): Promise<void> {
    arrived.push(one);
    writing ??= lock.run(() => {
      writing = null;
      store.transaction(() => {
        for (const put of arrived.splice(0)) put();
      });
    });
    return writing;
  }

  async function hash(id: NodeId, { tries, checks }: Waiting, signal: AbortSignal): Promise<void> {
    const before = store.local.get(id);
    // What has no place is hashed when it is found again.
    if (before === undefined || before.kind !== "file" || inLimbo(store.local, before)) return;
    if (before.hash !== null && !checks) return;
    if (before.size > parts.largest) return;
    const path = pathOf(store.local, id);
    try {
      const { hash, stat } = await fileSystem.hash(path, signal);
      await write(() => {
        const now = store.local.get(id);
        if (now === undefined) return;
        problems.delete(id);
        // Seen as something else while it was read: what was read may be older than that, and it is read again.
        if (now.fingerprint !== before.fingerprint && now.fingerprint !== stat.fingerprint) return;
        if (now.identity !== stat.identity) parts.lookAgain(parentPath(path));
        // Written since, and nobody has told of that yet.
        else if (checks && now.fingerprint !== stat.fingerprint) parts.foundUnheard(parentPath(path));
        else if (now.hash !== hash || now.fingerprint !== stat.fingerprint) {
          store.local.put({ ...now, hash, fingerprint: stat.fingerprint, size: stat.size, mtime: stat.mtime });
          readOnceMore(id, stat.mtime);
        }
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof FileSystemError)) throw error;
      if (error.code === "changed") {
        waitFor(id, Math.min(SETTLE * 2 ** tries, LONGEST_PAUSE), tries + 1, checks);
      } else if (GONE.has(error.code)) parts.lookAgain(parentPath(path));
      else if (!checks) {
        problems.set(id, error.message);
        waitFor(id, READ_AGAIN, tries + 1, false);
        store.changed.add(id);
      }
    }
  }

  function readOnceMore(id: NodeId, mtime: Seconds): void {
    onceMore.delete(id);
    const age = clock.now() - mtime * 1000;
    if (age < 0 || age > READ_ONCE_MORE || onceMore.size >= MOST_READ_ONCE_MORE) return;
    onceMore.set(id, clock.monotonic() + READ_ONCE_MORE);
  }

  /** A file has a hash, which may not be that of its bytes: it is read again. */
  function check(id: NodeId): void {
    if (!waiting.has(id)) waitFor(id, SETTLE, 0, true);
  }

  /** @returns milliseconds until the next is due; null when none is */
  function startOnceMore(): number | null {
    for (const [id, due] of onceMore) {
      const left = due - clock.monotonic();
      if (left > 0) return left;
      onceMore.delete(id);
      check(id);
    }
    return null;
  }

  function waitFor(id: NodeId, pause: number, tries: number, checks: boolean): void {
    const now = clock.now();
    waiting.set(id, { due: now + pause, since: now, tries, checks });
  }

  function start(signal: AbortSignal): number | null {
    let next = startOnceMore();
    const now = clock.now();
    for (const [id, one] of waiting) {
      const { due } = one;
      if (due > now + READ_AGAIN) waitFor(id, READ_AGAIN, one.tries, one.checks); // the clock was set back
      if (running.size >= AT_ONCE) return null;
      if (due > now || running.has(id)) {
        next = Math.min(next ?? Number.POSITIVE_INFINITY, Math.max(due - now, 1));
        continue;
      }
      waiting.delete(id);
      if (one.checks) checking.add(id);
      const task = hash(id, one, signal).finally(() => {
        running.delete(id);
        checking.delete(id);
        // The next begins at once; the control loop hears of it in its own time.
        if (!signal.aborted) start(signal);
        parts.progressed();
      });
      running.set(id, task);
    }
    return next;
  }

  return {
    /** Why a file can't be read; undefined when it can, or nothing was tried. */
    problemOf,
    /** All files that can't be read, with the reason. */
    problems: (): ReadonlyMap<NodeId, string> => new Map([...problems].filter(([id]) => problemOf(id) !== undefined)),
    /** A file without a hash: `closed` when its writer has just closed it. */
    want(id: NodeId, mtime: number, closed: boolean): void {
      const now = clock.now();
      const quietSince = now - mtime * 1000;
      const since = waiting.get(id)?.since ?? now;
      const hasWaited = now - since >= SETTLE_AT_MOST || since > now;
      // mtime is in whole seconds here: a time within the last second says little, so wait the whole pause.
      const isQuiet = closed || quietSince > 1_000 + SETTLE || quietSince < 0;
      waiting.set(id, { due: isQuiet || hasWaited ? now : now + SETTLE, since, tries: 0, checks: false });
    },
    check,
    /** How many files are hashed now or wait for their turn. */
    backlog: () => waiting.size + running.size,
    /** Whether the file's turn comes by itself. */
    expects: (id: NodeId) => waiting.has(id) || running.has(id),
    forget(id: NodeId): void {
      waiting.delete(id);
      onceMore.delete(id);
      problems.delete(id);
    },
    /** Starts what is due. @returns milliseconds until the next is due; null when none waits. */
    start,
    /** Whether hashes are still to come; what could not be read is waited for only when there was a reason to try it again. */
    busy: () =>
      running.size > checking.size ||
      [...waiting].some(([id, { tries, checks }]) => !checks && (tries === 0 || problemOf(id) === undefined)),
    async stop(): Promise<void> {
      await Promise.allSettled(running.values());
    },
  };
}

export type Hashing = ReturnType<typeof createHashing>;
