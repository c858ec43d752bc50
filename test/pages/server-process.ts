import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../apps/server/src/main.ts", import.meta.url));
const PAGES = fileURLToPath(new URL("../../apps/web/dist/index.html", import.meta.url));

/** How long the whole system may take to start, in milliseconds: the embedded PostgreSQL is made at the first start. */
const START_WITHIN = 90_000;

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** The whole system as `npm start` runs it: a process of its own, in a data folder of its own, at ports that stay. */
export interface ServerProcess {
  readonly url: string;
  readonly user: Account;
  /** The local Dropbox that is started along; null when another Dropbox was named. */
  readonly dropbox: (Account & { readonly url: string }) | null;
  /** What it printed, the last start last. */
  output(): string;
  /** `kill -9`, as a power cut does. */
  kill(): Promise<void>;
  /** After `kill` or `end`: the same data, the same addresses. */
  startAgain(): Promise<void>;
  /** Ctrl-C. @returns the exit code */
  end(): Promise<number | null>;
  /** Ends it and takes its data folder away. */
  dispose(): Promise<void>;
}

/** @param through what it is run through, such as `nsenter` into mounts of its own */
export async function startServerProcess(
  environment: Readonly<Record<string, string>> = {},
  through: readonly string[] = [],
): Promise<ServerProcess> {
  if (!existsSync(PAGES)) throw new Error("The pages are not built: run `npm run build` first.");
  const data = mkdtempSync(join(tmpdir(), "twinfold-pages-"));
  const user = { email: "ada@example.org", password: "correct horse battery" };
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    HOME: data,
    LANG: "C.UTF-8",
    TWINFOLD_DATA: join(data, "data"),
    PORT: String(await freePort()),
    TWINFOLD_LOCAL_DROPBOX_PORT: String(await freePort()),
    TWINFOLD_ADMIN_EMAIL: user.email,
    TWINFOLD_ADMIN_PASSWORD: user.password,
    ...environment,
  };
  let printed = "";
  let child: ChildProcess | null = null;

  const start = () =>
    new Promise<string>((resolve, reject) => {
      let now = "";
      const [program = process.execPath, ...words] = [...through, process.execPath, MAIN];
      const started = spawn(program, words, { env, stdio: ["ignore", "pipe", "pipe"] });
      child = started;
      const timer = setTimeout(() => reject(new Error(`The server did not start:\n${now}`)), START_WITHIN);
      const gather = (chunk: Buffer) => {
        printed += chunk;
        now += chunk;
        if (!now.includes("Ctrl-C ends it.")) return;
        clearTimeout(timer);
        resolve(now);
      };
      started.stdout.on("data", gather);
      started.stderr.on("data", gather);
      started.once("exit", (code, by) => {
        clearTimeout(timer);
        reject(new Error(`The server ended with ${code ?? by}:\n${now}`));
      });
    });
  const signal = (name: NodeJS.Signals) =>
    new Promise<number | null>((resolve) => {
      const running = child;
      child = null;
      if (running === null || running.exitCode !== null || running.signalCode !== null) return resolve(null);
      running.once("exit", (code) => resolve(code));
      running.kill(name);
    });

  const said = await start();
  const word = (before: RegExp) => before.exec(said)?.[1] ?? "";
  const url = word(/Twinfold is at\s+(\S+)/);
  if (url === "") throw new Error(`The server named no address:\n${said}`);
  const dropboxUrl = word(/The local Dropbox\s+(\S+)/);
  return {
    url,
    user,
    dropbox:
      dropboxUrl === ""
        ? null
        : { url: dropboxUrl, email: word(/its account\s+(\S+)/), password: word(/its password\s+(\S+)/) },
    output: () => printed,
    async kill() {
      await signal("SIGKILL");
    },
    async startAgain() {
      await start();
    },
    end: () => signal("SIGTERM"),
    async dispose() {
      await signal("SIGTERM");
      // What its last terminal still writes on its way out may be there a moment after it was looked for.
      rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no port is free"));
      });
    });
  });
}
