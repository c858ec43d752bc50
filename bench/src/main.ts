import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type ProfileName, type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { localDropbox } from "./local-dropbox.ts";
import { planner } from "./planner.ts";
import { median, row } from "./rows.ts";

/**
 * `npm run bench [-- --only planner|local-dropbox|edits|files|large]`: the planner on the real store, the local Dropbox by
 * itself, and the real daemon against it. `--profile typical` makes it as slow for the daemon as Dropbox is; what is asked holds
 * without. Prints what was measured and, beside it, what was asked of it; nothing is asserted.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    edits: { type: "string", default: "40" },
    /** Of the folder that the local Dropbox lists. */
    entries: { type: "string", default: "1000000" },
    profile: { type: "string", default: "none" },
  },
});
const MAIN = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));
const REMOTE = "/Bench/Space/Instance";

interface World {
  readonly dropbox: RunningDropboxLocal;
  readonly email: string;
  readonly root: string;
  /** What the app folder is in the account. */
  readonly base: string;
  run(...args: string[]): Promise<void>;
  daemonRss(): number;
  requests(): Promise<number>;
  close(): Promise<void>;
}

async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-bench-"));
  const root = join(folder, "root");
  mkdirSync(root);
  const dropbox = await startDropboxLocal({
    dataFolder: join(folder, "dropbox"),
    stats: true,
    control: true,
    profile: values.profile as ProfileName,
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
      return Object.entries(stats.routes).reduce(
        (sum, [route, one]) => sum + (route.includes("longpoll") ? 0 : one.requests),
        0,
      );
    },
    async close() {
      await run("stop");
      await dropbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

async function edits(world: World, count: number): Promise<void> {
  const files = world.dropbox.accountFiles(world.email);
  const up: number[] = [];
  for (let i = 0; i < count; i++) {
    const seen = Promise.withResolvers<void>();
    const stop = files.subscribe((changes) => {
      if (changes.some((change) => change.kind === "put" && change.entry.path.endsWith("edit.txt"))) seen.resolve();
    });
    const began = performance.now();
    writeFileSync(join(world.root, "edit.txt"), `up ${i}`);
    await seen.promise;
    up.push(performance.now() - began);
    stop();
    await world.run("wait");
  }
  row(`${count} local edits, to visible in Dropbox`, `median ${median(up).toFixed(0)} ms`, "300 ms");

  const down: number[] = [];
  for (let i = 0; i < count; i++) {
    const text = `down ${i}`;
    const seen = Promise.withResolvers<void>();
    const look = () => {
      try {
        if (readFileSync(join(world.root, "edit.txt"), "utf8") === text) seen.resolve();
      } catch {
        // Between two versions.
      }
    };
    const watcher = watch(world.root, look);
    const began = performance.now();
    await files.upload(`${world.base}/edit.txt`, bytesOf(text), { ifExists: "overwrite" });
    await seen.promise;
    down.push(performance.now() - began);
    watcher.close();
    await world.run("wait");
  }
  row(`${count} remote edits, to visible on disk`, `median ${median(down).toFixed(0)} ms`, "150 ms");
}

async function manyFiles(world: World): Promise<void> {
  const content = randomBytes(4096);
  const before = await world.requests();
  mkdirSync(join(world.root, "many"));
  const began = performance.now();
  for (let i = 0; i < 2000; i++) {
    content.writeUInt32LE(i);
    writeFileSync(join(world.root, "many", `${i}`), content);
  }
  await world.run("wait", "--timeout", "600");
  row(
    "2,000 files of 4 KiB up",
    `${((performance.now() - began) / 1000).toFixed(1)} s, ${(await world.requests()) - before} requests`,
    "30 s",
  );

  await world.run("pause");
  await world.dropbox.seed(world.email, { path: `${world.base}/down`, files: 2000, size: content.length });
  const then = await world.requests();
  const resumed = performance.now();
  await world.run("resume");
  await world.run("wait", "--timeout", "600");
  row(
    "2,000 files of 4 KiB down",
    `${((performance.now() - resumed) / 1000).toFixed(1)} s, ${(await world.requests()) - then} requests`,
    "30 s",
  );
}

async function largeFile(world: World): Promise<void> {
  const size = 1024 ** 3;
  const chunk = randomBytes(1024 * 1024);
  async function* content(seed: number): AsyncIterable<Uint8Array> {
    for (let at = 0; at < size; at += chunk.length) {
      chunk.writeUInt32LE(at / chunk.length + seed);
      yield Uint8Array.from(chunk);
    }
  }
  const rest = world.daemonRss();
  let peak = rest;
  const sampling = setInterval(() => {
    peak = Math.max(peak, world.daemonRss());
  }, 50);
  let began = performance.now();
  await pipeline(content(1), createWriteStream(join(world.root, "large-up")));
  await world.run("wait", "--timeout", "300");
  row(
    "1 GiB up",
    `${((performance.now() - began) / 1000).toFixed(1)} s, RSS +${(peak - rest).toFixed(0)} MB (from ${rest.toFixed(0)})`,
    "+100 MB",
  );

  const files = world.dropbox.accountFiles(world.email);
  await world.run("pause");
  await files.upload(`${world.base}/large-down`, content(2));
  peak = world.daemonRss();
  began = performance.now();
  await world.run("resume");
  await world.run("wait", "--timeout", "300");
  clearInterval(sampling);
  row(
    "1 GiB down",
    `${((performance.now() - began) / 1000).toFixed(1)} s, RSS +${(peak - rest).toFixed(0)} MB`,
    "+100 MB",
  );
  // Read once, so that what is on disk is what was sent, and not only as long.
  let read = 0;
  for await (const part of createReadStream(join(world.root, "large-down"))) read += (part as Buffer).length;
  if (read !== size) throw new Error(`large-down has ${read} bytes`);
}

const PARTS: Readonly<Record<string, (world: World) => Promise<void>>> = {
  edits: (world) => edits(world, Number(values.edits)),
  files: manyFiles,
  large: largeFile,
};
row("what", "measured", "asked");
if (values.only === undefined || values.only === "planner") planner();
if (values.only === undefined || values.only === "local-dropbox") await localDropbox(Number(values.entries));
for (const [name, part] of Object.entries(PARTS)) {
  if (values.only !== undefined && values.only !== name) continue;
  const world = await openWorld();
  try {
    await part(world);
  } finally {
    await world.close();
  }
}
