import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import type { ProfileName } from "@twinfold/dropbox-local";
import { localDropbox } from "./local-dropbox.ts";
import { manyFiles } from "./many-files.ts";
import { planner } from "./planner.ts";
import { median, row } from "./rows.ts";
import { openWorld, type World } from "./world.ts";

/**
 * `npm run bench [-- --only planner|local-dropbox|edits|files|large]`: the planner on the real store, the local Dropbox by
 * itself, and the real daemon against it. `--profile typical` makes it as slow for the daemon as Dropbox is; what is asked holds
 * without. Prints what was measured and, beside it, what was asked of it; nothing is asserted.
 */
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    edits: { type: "string", default: "40" },
    files: { type: "string", default: "10000" },
    /** Of the folder that the local Dropbox lists. */
    entries: { type: "string", default: "1000000" },
    profile: { type: "string", default: "none" },
  },
});
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
  files: (world) => manyFiles(world, Number(values.files)),
  large: largeFile,
};
row("what", "measured", "asked");
if (values.only === undefined || values.only === "planner") planner();
if (values.only === undefined || values.only === "local-dropbox") await localDropbox(Number(values.entries));
for (const [name, part] of Object.entries(PARTS)) {
  if (values.only !== undefined && values.only !== name) continue;
  const world = await openWorld(values.profile as ProfileName);
  try {
    await part(world);
  } finally {
    await world.close();
  }
}
