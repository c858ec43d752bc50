import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineStatus } from "@twinfold/engine";
import { askSession } from "@twinfold/session/control";
import { openHome, socketPath } from "../../apps/cli/src/home.ts";
import { type Granted, MAIN } from "./local-dropbox.ts";
import { defectsIn } from "./log-defects.ts";
import { Supervised } from "./supervised.ts";

export interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** How long a clean stop may take, in milliseconds. */
const ENDS_WITHIN = 90_000;

/** `twinfold start --foreground` in a process of its own, and the other commands that ask it. */
export class EngineProcess {
  readonly root: string;
  readonly #folder: string;
  readonly #remote: string;
  readonly #dropbox: Granted;
  readonly #logFile: string;
  readonly #log: number;
  readonly #process = new Supervised("the engine");
  readonly #commands = new Set<ChildProcess>();

  constructor(folder: string, root: string, remote: string, dropbox: Granted) {
    this.#folder = folder;
    this.root = root;
    this.#remote = remote;
    this.#dropbox = dropbox;
    this.#logFile = join(folder, "engine.log");
    this.#log = openSync(this.#logFile, "a");
  }

  /** What it must not have done: to end otherwise than it was told to, or to fail at what it can't get over. */
  defects(): string[] {
    const { failure } = this.#process;
    return [...(failure === null ? [] : [failure]), ...defectsIn(readFileSync(this.#logFile, "utf8"))];
  }

  /** Does not wait for anything: what comes next may come while it begins. */
  start(): void {
    const words = ["start", "--foreground", "--root", this.root, "--remote", this.#remote];
    this.#process.begin(
      spawn(process.execPath, [MAIN, ...words], {
        stdio: ["ignore", this.#log, this.#log],
        env: this.#environment(),
      }),
    );
  }

  /** SIGKILL. Resolves when the system has cleared it away. */
  kill(): Promise<void> {
    return this.#process.end("SIGKILL");
  }

  /** A clean stop, by a signal or by the command. What is wrong with it shows among the defects. */
  async stop(how: "signal" | "command"): Promise<string | null> {
    const gone = this.#process.end(how === "signal" ? "SIGTERM" : "command").then(() => null);
    if (how === "command") {
      const { code, out } = await this.command("stop", "--root", this.root);
      if (code !== 0) return `twinfold stop ended with ${code}: ${out}`;
    }
    const tooLong = `the engine does not end within ${ENDS_WITHIN / 1000} s when it is told to`;
    return Promise.race([gone, sleep(ENDS_WITHIN, tooLong, { ref: false })]);
  }

  /** Kills whatever runs, without waiting. */
  drop(): void {
    void this.kill();
    for (const child of this.#commands) child.kill("SIGKILL");
  }

  /** Runs another command to its end. */
  command(...words: string[]): Promise<Ended> {
    return this.#command(words, {});
  }

  /** What `twinfold wait` and `status` do, asked of the engine itself: a process takes its time to start. */
  async rests(seconds: number): Promise<boolean> {
    return (await askSession(this.#socket(), { command: "wait", seconds })) === true;
  }
  /** Nothing, where it is only just beginning or ending. */
  status(): Promise<EngineStatus | undefined> {
    return askSession(this.#socket(), { command: "status" }) as Promise<EngineStatus | undefined>;
  }

  #socket(): string {
    return socketPath(openHome(this.#environment()), this.root);
  }

  async link(): Promise<void> {
    const { appKey, appSecret, refreshToken } = this.#dropbox.ready;
    const secrets = { TWINFOLD_REFRESH_TOKEN: refreshToken, TWINFOLD_APP_SECRET: appSecret };
    const { code, out } = await this.#command(["link", "--app-key", appKey], secrets);
    if (code !== 0) throw new Error(`twinfold link ended with ${code}: ${out}`);
  }

  /** The end of what the engine has said. */
  logTail(lines: number): string {
    return readFileSync(this.#logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }

  async #command(words: readonly string[], more: Record<string, string>): Promise<Ended> {
    const child = spawn(process.execPath, [MAIN, ...words], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...this.#environment(), ...more },
    });
    this.#commands.add(child);
    let out = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        out += chunk;
      });
    }
    const [code] = (await once(child, "close")) as [number | null];
    this.#commands.delete(child);
    return { code, out: out.trim() };
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      TWINFOLD_HOME: join(this.#folder, "home"),
      TWINFOLD_DROPBOX_URL: this.#dropbox.url,
    };
  }
}
