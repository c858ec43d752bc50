import { availableParallelism } from "node:os";
import type { RelativePath } from "@twinfold/engine";
import { Tinypool } from "tinypool";
import { fileSystemError } from "./errors.ts";
import { type Hashed, hashFile } from "./hash-file.ts";
import type { HashAnswer, HasherSource, HashTask } from "./hashing-worker.ts";
import type { RootWalk } from "./root-walk.ts";

/** So few files at a time, none larger than so many bytes, are hashed at once: a thread would have to be started for them. */
const FEW = 8;
const SMALL = 1024 * 1024;
/** Files that a thread is given at a time, at the most: an answer costs about as much for many as for one. */
const MOST_AT_ONCE = 32;
const MOST_THREADS = 4;
/** How long a thread without work is kept, in milliseconds. */
const KEPT = 10_000;

interface Job {
  readonly path: RelativePath;
  readonly signal: AbortSignal;
  readonly resolve: (hashed: Hashed) => void;
  readonly reject: (reason: unknown) => void;
}

/** Hashes the files of a root: a few small ones right here, many or large ones in threads of their own. */
export class HashingPool {
  readonly #walk: RootWalk;
  readonly #hasher: HasherSource;
  readonly #threads = Math.min(MOST_THREADS, availableParallelism());
  #pool: Tinypool | null = null;
  readonly #heeded = new WeakSet<AbortSignal>();
  readonly #open = new Set<Job>();
  #waiting: Job[] = [];
  #begins: NodeJS.Immediate | null = null;

  constructor(walk: RootWalk, hasher: HasherSource) {
    this.#walk = walk;
    this.#hasher = hasher;
  }

  /** @throws FileSystemError `changed` when it was not the same before and after; what the kernel says, under its code */
  hash(path: RelativePath, signal: AbortSignal): Promise<Hashed> {
    signal.throwIfAborted();
    this.#heed(signal);
    return new Promise((resolve, reject) => {
      const job: Job = { path, signal, resolve, reject };
      this.#open.add(job);
      this.#waiting.push(job);
      // All that is asked for at one time goes together.
      this.#begins ??= setImmediate(() => this.#begin());
    });
  }

  /** One listener for all that is asked for with a signal: there may be many at a time. */
  #heed(signal: AbortSignal): void {
    if (this.#heeded.has(signal)) return;
    this.#heeded.add(signal);
    const stop = () => {
      for (const job of this.#open) if (job.signal === signal) this.#refuse(job, signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
  }

  #give(job: Job, hashed: Hashed): void {
    this.#open.delete(job);
    job.resolve(hashed);
  }

  #refuse(job: Job, reason: unknown): void {
    this.#open.delete(job);
    job.reject(reason);
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
  }

  #begin(): void {
    this.#begins = null;
    const jobs = this.#waiting.splice(0).filter((job) => this.#open.has(job));
    const left = jobs.length <= FEW ? jobs.filter((job) => !this.#isDoneHere(job)) : jobs;
    const each = Math.min(MOST_AT_ONCE, Math.ceil(left.length / this.#threads));
    for (let start = 0; start < left.length; start += each) void this.#send(left.slice(start, start + each));
  }

  /** @returns false for a file that is too large for that */
  #isDoneHere(job: Job): boolean {
    try {
      const hashed = hashFile(this.#walk, job.path, this.#hasher.create, SMALL);
      if (hashed === "larger") return false;
      this.#give(job, hashed);
    } catch (error) {
      this.#refuse(job, error);
    }
    return true;
  }

  async #send(jobs: readonly Job[]): Promise<void> {
    const { root, identity, renewals } = this.#walk;
    const { module, name } = this.#hasher;
    const task: HashTask = { root, identity, renewals, hasher: { module, name }, paths: jobs.map(({ path }) => path) };
    this.#pool ??= new Tinypool({
      filename: new URL("./hashing-worker.ts", import.meta.url).href,
      minThreads: 0,
      maxThreads: this.#threads,
      idleTimeout: KEPT,
    });
    try {
      const answers = (await this.#pool.run(task, { name: "hashFiles" })) as readonly HashAnswer[];
      jobs.forEach((job, at) => {
        const answer = answers[at] as HashAnswer;
        if ("hash" in answer) this.#give(job, answer);
        else this.#refuse(job, fileSystemError(job.path, answer.refused));
      });
    } catch (error) {
      for (const job of jobs) this.#refuse(job, error);
    }
  }
}
