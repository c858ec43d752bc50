import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type AccountFiles, startDropboxLocal } from "@twinfold/dropbox-local";
import { defectsIn } from "./log-defects.ts";
import { Supervised } from "./supervised.ts";
import type { Tally } from "./tally.ts";

export const MAIN = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

/** What the local Dropbox prints at its start. */
export interface Ready {
  readonly url: string;
  readonly appKey: string;
  readonly appSecret: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accountId: string;
}

/** A Dropbox for whoever is to use it: where it is, and what it gives access with. */
export interface Granted {
  readonly ready: Ready;
  readonly url: string;
}

/** How it is to behave, in milliseconds: how long each request waits, and how long a write holds its lock. */
export interface Conditions {
  readonly latencyMs: number;
  readonly commitMs: number;
}

/** What requests have met since the process began. */
type Met = Readonly<Record<string, number>>;

export const FAULTS_MET = "faults that requests met";
const TOKENS = "access tokens";
const FETCHED = "fetched";

/** `twinfold dropbox-local` in a process of its own, which may be killed and started again at the same address. */
export class LocalDropbox implements Granted {
  readonly #data: string;
  readonly #logFile: string;
  readonly #log: number;
  readonly #tally: Tally;
  readonly #process = new Supervised("the local Dropbox");
  #ready: Ready | null = null;
  #met: Met = {};

  constructor(folder: string, tally: Tally) {
    this.#data = join(folder, "dropbox");
    this.#logFile = join(folder, "dropbox.log");
    this.#log = openSync(this.#logFile, "a");
    this.#tally = tally;
    tally.expect(TOKENS, [FETCHED]);
  }

  get ready(): Ready {
    if (this.#ready === null) throw new Error("the local Dropbox was never started");
    return this.#ready;
  }

  get url(): string {
    return this.ready.url;
  }

  get runs(): boolean {
    return this.#process.runs;
  }

  /** What it must not have done: to end by itself, or to fail at a request. */
  defects(): string[] {
    const { failure } = this.#process;
    const said = defectsIn(readFileSync(this.#logFile, "utf8")).map((text) => `the local Dropbox says:\n${text}`);
    return [...(failure === null ? [] : [failure]), ...said];
  }

  /** Resolves when it listens, or has ended without that: a defect. */
  async start({ latencyMs, commitMs }: Conditions): Promise<void> {
    const port = this.#ready === null ? 0 : new URL(this.#ready.url).port;
    const words = `dropbox-local --port ${port} --json --stats --latency ${latencyMs} --commit-ms ${commitMs} --data`;
    const child = spawn(process.execPath, [MAIN, ...words.split(" "), this.#data], {
      stdio: ["ignore", "pipe", this.#log],
    });
    this.#process.begin(child);
    this.#met = {};
    const line = await firstLine(child);
    if (line !== null) this.#ready = JSON.parse(line) as Ready;
  }

  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void> {
    return this.#process.end("SIGKILL");
  }

  /** SIGTERM. Resolves when it is gone. */
  stop(): Promise<void> {
    return this.#process.end("SIGTERM");
  }

  /** `POST` or `DELETE` to the control API; what is not there to be told is left untold. */
  async control(method: "POST" | "DELETE", name: string, body: unknown = {}): Promise<void> {
    await this.#control(method, name, body);
  }

  /** Counts what requests have met since the last time; what one process that is killed still had to tell is not counted. */
  async count(): Promise<void> {
    const before = this.#met;
    const faults = (await this.#control("GET", "faults")) as { met: Met } | null;
    const stats = (await this.#control("GET", "stats")) as { routes: Record<string, { requests: number }> } | null;
    // No answer, or one of a process that another has followed meanwhile.
    if (faults === null || stats === null || this.#met !== before) return;
    const met: Met = { ...faults.met, [TOKENS]: stats.routes["oauth2/token"]?.requests ?? 0 };
    for (const [what, times] of Object.entries(met)) {
      const more = times - (before[what] ?? 0);
      if (what === TOKENS) this.#tally.add(TOKENS, FETCHED, more);
      else this.#tally.add(FAULTS_MET, what, more);
    }
    this.#met = met;
  }

  /** Looks at the account's files and their history from within; the process must be stopped meanwhile. */
  async within<T>(body: (files: AccountFiles) => Promise<T>): Promise<T> {
    const running = await startDropboxLocal({ dataFolder: this.#data });
    try {
      const { accountId } = await running.readyMade();
      return await body(running.accountFiles(accountId));
    } finally {
      await running.close();
    }
  }

  /** @returns null where nobody answers */
  async #control(method: "GET" | "POST" | "DELETE", name: string, body?: unknown): Promise<unknown> {
    try {
      const answer = await fetch(`${this.url}/__control/${name}`, {
        method,
        ...(method === "POST" ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(10_000),
      });
      if (!answer.ok) throw new Error(`__control/${name}: ${answer.status} ${await answer.text()}`);
      return await answer.json();
    } catch (error) {
      if (!(error instanceof TypeError) && (error as Error).name !== "TimeoutError") throw error;
      return null;
    }
  }
}

/** What a program prints first; null when it ends before that. */
async function firstLine(child: ChildProcess): Promise<string | null> {
  const lines = createInterface({ input: child.stdout as Readable });
  const printed = once(lines, "line").then(([line]) => line as string);
  return Promise.race([printed, once(child, "exit").then(() => null)]);
}
