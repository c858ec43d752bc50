import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSnapshots } from "../src/index.ts";

const CHILD = fileURLToPath(new URL("restore-child.ts", import.meta.url));
/** Kills, half of them spread over the whole time that a restore takes, half over the short one in which files are swapped. */
const KILLS = 20;
/** Of the swap; milliseconds. */
const SWAP = 60;
const FILES = 300;

let world: string;
let root: string;
beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "twinfold-killed-"));
  root = join(world, "root");
  mkdirSync(root);
});
afterEach(() => rmSync(world, { recursive: true, force: true }));

/** All files with what they hold. */
function everything(): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of readdirSync(root, { recursive: true, encoding: "utf8" }).sort()) {
    const file = join(root, name);
    files.set(name, statSync(file).isFile() ? readFileSync(file, "utf8") : "folder");
  }
  return files;
}

/**
 * Restores in another process, which is killed after so many milliseconds, counted from when its first file may be touched
 * if `swapping`. @returns how long it took, if it ended by itself
 */
function restoreInChild(id: string, killAfter: number, swapping = false): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, root, join(world, "saved"), id], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let began = 0;
    let ended: number | null = null;
    child.stdout.on("data", (said: Buffer) => {
      if (said.includes("begins")) {
        began = performance.now();
        waitForSwap();
      }
      if (said.includes("done")) ended = performance.now() - began;
    });
    function waitForSwap(): void {
      if (child.exitCode !== null) return;
      if (swapping && !existsSync(join(world, "saved/restore/journal.json"))) setImmediate(waitForSwap);
      else setTimeout(() => child.kill("SIGKILL"), killAfter);
    }
    child.on("error", reject);
    child.on("exit", () => resolve(ended));
  });
}

async function saved<T>(work: (snapshots: Awaited<ReturnType<typeof openSnapshots>>) => Promise<T> | T): Promise<T> {
  const snapshots = await openSnapshots(root, join(world, "saved"));
  try {
    return await work(snapshots);
  } finally {
    await snapshots.close();
  }
}

test("a restore that is killed at any point is done whole or not at all, and nothing is lost", {
  timeout: 300_000,
}, async () => {
  for (let n = 0; n < FILES; n++) {
    mkdirSync(join(root, `folder ${n % 20}`), { recursive: true });
    writeFileSync(join(root, `folder ${n % 20}`, `file ${n}`), `then ${n}`);
  }
  const states = [everything()];
  const ids = [(await saved((snapshots) => snapshots.take("one"))).id];
  // Another state: a third changed, a third moved, a folder made a file, files made.
  for (let n = 0; n < FILES; n += 3) {
    writeFileSync(join(root, `folder ${n % 20}`, `file ${n}`), `now ${n}`);
    renameSync(join(root, `folder ${(n + 1) % 20}`, `file ${n + 1}`), join(root, `moved ${n + 1}`));
  }
  rmSync(join(root, "folder 7"), { recursive: true });
  writeFileSync(join(root, "folder 7"), "a file by now");
  mkdirSync(join(root, "new/inner"), { recursive: true });
  for (let n = 0; n < FILES; n++) writeFileSync(join(root, "new/inner", String(n)), `made ${n}`);
  states.push(everything());
  ids.push((await saved((snapshots) => snapshots.take("other"))).id);

  let at = 1;
  // The longest of some, as machines are not always equally quick.
  let takes = 0;
  for (let turn = 0; turn < 3; turn++) {
    at = 1 - at;
    takes = Math.max(takes, (await restoreInChild(ids[at] ?? "", 60_000)) ?? 0);
    expect(everything()).toEqual(states[at]);
  }
  const outcomes = { undone: 0, finished: 0, finishedByTheNext: 0 };
  for (let kill = 0; kill < KILLS; kill++) {
    const wanted = 1 - at;
    const swapping = kill % 2 === 1;
    const after = ((swapping ? SWAP : takes) * (kill + 0.5)) / KILLS;
    const whole = (await restoreInChild(ids[wanted] ?? "", after, swapping)) !== null;
    const left = everything();
    await saved((snapshots) => expect(snapshots.list().length).toBeGreaterThanOrEqual(2));
    const found = everything();
    const isDone = found.get("folder 7") === states[wanted]?.get("folder 7");
    expect(found, `killed at ${kill}`).toEqual(states[isDone ? wanted : at]);
    if (!isDone) outcomes.undone++;
    else if (whole) outcomes.finished++;
    else if (JSON.stringify([...left]) !== JSON.stringify([...found])) outcomes.finishedByTheNext++;
    if (isDone) at = wanted;
    expect(readdirSync(join(world, "saved"))).not.toContain("restore");
  }
  // Else it was killed at the wrong times, and this test has seen nothing.
  expect(outcomes.undone).toBeGreaterThan(0);
  expect(outcomes.finishedByTheNext).toBeGreaterThan(0);
});
