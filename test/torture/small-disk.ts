import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { LargeSizes } from "./contents.ts";
import type { Parts } from "./run.ts";
import type { OwnDisk, World } from "./world.ts";

const MEBIBYTE = 1024 * 1024;
/** The root's whole space, in bytes. */
const SPACE = 6 * MEBIBYTE;

export const SMALL_DISK_SIZES: LargeSizes = { least: MEBIBYTE, limit: 4 * MEBIBYTE };

/** How long an engine may take to say that the disk is full, in milliseconds. */
const SAYS_WITHIN = 180_000;

const NAMESPACE = userInfo().uid === 0 ? ["-m"] : ["-r", "-m"];

/** Whether this system lets us have mounts of our own. @returns why not, or null */
export function whyNoMounts(): string | null {
  const tried = spawnSync("unshare", [...NAMESPACE, "mount", "-t", "tmpfs", "none", "/mnt"], { encoding: "utf8" });
  if (tried.status === 0) return null;
  return tried.error?.message ?? tried.stderr.trim();
}

/** Runs this program again where it has mounts of its own, which are gone with it. @returns what it ended with */
export async function withOwnMounts(words: readonly string[]): Promise<number> {
  const program = [process.execPath, process.argv[1] ?? ""];
  const child = spawn("unshare", [...NAMESPACE, ...program, ...words, "--own-mounts"], { stdio: "inherit" });
  // A terminal's Ctrl-C reaches both; this one waits for the other to clear away what it made.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

/** A disk of a few mebibytes; only where this process has mounts of its own. */
export const SMALL_DISK: OwnDisk = {
  mount(root) {
    const done = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SPACE}`, "none", root], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`a small disk can't be mounted on ${root}: ${done.stderr}`);
  },
  unmount(root) {
    // Lazily, since what was only just killed may still have it open.
    spawnSync("umount", ["--lazy", root]);
  },
};

const FULL_DISK = "full disk";
const FULL = {
  write: "writes of the user that found no space",
  said: "the engine said so",
  again: "said so again after a kill",
  room: "files removed to make room",
};

/** Fills the disk from Dropbox's side, until the engine says so, is killed and says so again; then makes room. @returns violations */
export async function fillAndMakeRoom({ world, contents, disk, dropbox, tally }: Parts): Promise<string[]> {
  tally.expect(FULL_DISK, Object.values(FULL));
  tally.add(FULL_DISK, FULL.write, disk.takeFull());
  const fill = async () => {
    for (let count = 1; count <= 3; count++) {
      const content = contents.known(Buffer.alloc(SPACE / 2, count), `fill ${count}`);
      await dropbox.act({ kind: "write", path: content.label, content }, new Map());
    }
  };
  await fill();
  const first = await saysFull(world);
  if (first) tally.add(FULL_DISK, FULL.said);
  await world.engine.kill();
  world.engine.start();
  const second = await saysFull(world);
  if (second) tally.add(FULL_DISK, FULL.again);
  // Half of the space at the most: a new version lies beside the old one for a moment.
  for (let sizes = await world.api.sizes(); total(sizes) > SPACE / 2; sizes = await world.api.sizes()) {
    const [largest] = [...sizes].sort(([, a], [, b]) => b - a);
    if (largest === undefined) break;
    await dropbox.act({ kind: "remove", path: largest[0] }, new Map());
    tally.add(FULL_DISK, FULL.room);
  }
  return [
    ...(first ? [] : ["the disk is full, and the engine does not say so"]),
    ...(second ? [] : ["the disk is full, and after a kill the engine does not say so"]),
  ];
}

async function saysFull({ engine }: World): Promise<boolean> {
  for (const until = performance.now() + SAYS_WITHIN; performance.now() < until; await sleep(200)) {
    const { code, out } = await engine.command("status", "--json");
    if (code === 0 && (JSON.parse(out) as { state: string }).state === "disk full") return true;
  }
  return false;
}

function total(sizes: ReadonlyMap<string, number>): number {
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
