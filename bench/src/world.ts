import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ProfileName, type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";

const MAIN = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));
const REMOTE = "/Bench/Space/Instance";

/** The real daemon on a folder, and the local Dropbox on the other side. */
export interface World {
  readonly dropbox: RunningDropboxLocal;
  readonly email: string;
  readonly root: string;
  /** What the app folder is in the account. */
  readonly base: string;
  run(...args: string[]): Promise<void>;
  daemonRss(): number;
  /** How often each route was asked so far, long polls apart. */
  requests(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export async function openWorld(profile: ProfileName): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-bench-"));
  const root = join(folder, "root");
  mkdirSync(root);
  const dropbox = await startDropboxLocal({
    dataFolder: join(folder, "dropbox"),
    stats: true,
    control: true,
    profile,
  });
  const ready = await dropbox.readyMade();
  const env = {
    ...process.env,
    TWINFOLD_HOME: join(folder, "home"),
    TWINFOLD_DROPBOX_URL: dropbox.url,
    TWINFOLD_REFRESH_TOKEN: ready.refreshToken,
    TWINFOLD_APP_SECRET: ready.appSecret,
  };
  const run = (...args: string[]) =>
    new Promise<void>((resolve, reject) => {
      const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
      child.once("exit", (code) =>
        code === 0 ? resolve() : reject(new Error(`${args.join(" ")} ended with ${code}`)),
      );
    });
  await run("link", "--app-key", ready.appKey);
  await run("start", "--root", root, "--remote", REMOTE);
  await run("wait");
  const files = dropbox.accountFiles(ready.email);
  const [app] = await files.list("/Apps");
  const state = join(folder, "home/state");
  const lease = join(state, readdirSync(state)[0] ?? "", "lease.json");
  return {
    dropbox,
    email: ready.email,
    root,
    base: `/Apps/${app?.name ?? ""}${REMOTE}`,
    run,
    daemonRss() {
      const { pid } = JSON.parse(readFileSync(lease, "utf8")) as { pid: number };
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
    },
    async requests() {
      const stats = (await (await fetch(`${dropbox.url}/__control/stats`)).json()) as {
        routes: Record<string, { requests: number }>;
      };
      const counts = Object.entries(stats.routes).map(([route, { requests }]) => [route, requests] as const);
      return Object.fromEntries(counts.filter(([route]) => !route.includes("longpoll")));
    },
    async close() {
      await run("stop");
      await dropbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
