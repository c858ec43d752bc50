import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSnapshots } from "../src/index.ts";
import type { KillOrders } from "./killing-steps.ts";

const CHILD = fileURLToPath(new URL("restore-step-child.ts", import.meta.url));
const KILLING = new URL("killing-steps.ts", import.meta.url).href;
/** More than a restore of these few files takes: a child that still can be killed there is going in a circle. */
const MOST_STEPS = 200;
/** Processes that start ahead. */
const AHEAD = 2;
/** What the restore takes away. */
const GONE = ["made", "made/inner", "made/inner/new.txt", "moved/b.txt"];

let world: string;
let root: string;
let book: string;
beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "twinfold-each-step-"));
  root = join(world, "root");
  book = join(world, "book");
  mkdirSync(root);
});
afterEach(() => rmSync(world, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** All that is in the root, with its modes. */
function everything(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of readdirSync(root, { recursive: true, encoding: "utf8" }).sort()) {
    const stats = lstatSync(join(root, path));
    if (stats.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(root, path))}`;
    else if (stats.isDirectory()) found[path] = "folder";
    else found[path] = `${(stats.mode & 0o777).toString(8)} ${readFileSync(join(root, path), "utf8")}`;
  }
  return found;
}

const written = () => (existsSync(book) ? readFileSync(book, "utf8").trim().split("\n") : []);

async function saved<T>(work: (snapshots: Awaited<ReturnType<typeof openSnapshots>>) => Promise<T> | T): Promise<T> {
  const snapshots = await openSnapshots(root, join(world, "saved"), async (restore) =>
    appendFileSync(book, `${JSON.stringify(restore)}\n`),
  );
  try {
    return await work(snapshots);
  } finally {
    await snapshots.close();
  }
}

/** In a process of its own, which waits for its turn: while one restores, the next ones start. */
function startChild(id: string): ChildProcess {
  return spawn(process.execPath, ["--import", KILLING, CHILD, root, join(world, "saved"), id, book], {
    env: { ...process.env, KILL_ORDERS: join(world, "orders"), NODE_COMPILE_CACHE: join(world, "compiled") },
    stdio: ["pipe", "ignore", "inherit"],
  });
}

/** @returns whether it was killed before that step */
async function restoreUpTo(step: number, child: ChildProcess): Promise<boolean> {
  const orders: KillOrders = { below: world, at: step };
  writeFileSync(join(world, "orders"), JSON.stringify(orders));
  const exit = once(child, "exit");
  child.stdin?.end("now\n");
  const [code, signal] = (await exit) as [number | null, NodeJS.Signals | null];
  expect(signal ?? code).toBe(signal === null ? 0 : "SIGKILL");
  return signal !== null;
}

test("killed before any step, a restore and what is written down of it are both done, or neither", {
  timeout: 240_000,
}, async () => {
  put({ "edited.txt": "then", "gone/since.txt": "then", "moved/a.txt": "moved", "kind/of folder.txt": "then" });
  put({ "rights.sh": "run" });
  symlinkSync("rights.sh", join(root, "link"));
  const states = [everything()];
  const ids = [(await saved((snapshots) => snapshots.take("then"))).id];
  for (const folder of ["gone", "kind"]) rmSync(join(root, folder), { recursive: true });
  put({ "edited.txt": "now", kind: "a file by now", "made/inner/new.txt": "new" });
  renameSync(join(root, "moved/a.txt"), join(root, "moved/b.txt"));
  chmodSync(join(root, "rights.sh"), 0o755);
  rmSync(join(root, "link"));
  symlinkSync("edited.txt", join(root, "link"));
  states.push(everything());
  ids.push((await saved((snapshots) => snapshots.take("now"))).id);

  const [then, now] = states;
  const waiting = Array.from({ length: AHEAD }, () => startChild(ids[0] ?? ""));
  const outcomes = { undone: 0, done: 0 };
  try {
    for (let step = 1; ; step++) {
      expect(everything()).toEqual(now);
      waiting.push(startChild(ids[0] ?? ""));
      const isKilled = await restoreUpTo(step, waiting.shift() as ChildProcess);
      await saved((snapshots) => expect(snapshots.list().length).toBeGreaterThanOrEqual(2));
      const found = everything();
      const isDone = JSON.stringify(found) === JSON.stringify(then);
      expect(found, `killed before step ${step}`).toEqual(isDone ? then : now);
      // It may be told once more by who goes on with it, and never of what was undone.
      const told = new Set(written());
      expect(told.size, `told after a kill before step ${step}`).toBe(isDone ? 1 : 0);
      for (const one of told) expect(JSON.parse(one)).toEqual({ word: "of this restore", gone: GONE });
      expect(readdirSync(join(world, "saved"))).not.toContain("restore");
      if (!isKilled) break;
      outcomes[isDone ? "done" : "undone"]++;
      if (isDone) await saved((snapshots) => snapshots.restore(ids[1] ?? "", {}));
      rmSync(book, { force: true });
      expect(step).toBeLessThan(MOST_STEPS);
    }
  } finally {
    for (const child of waiting) child.kill("SIGKILL");
  }
  // Else it was killed at the wrong times, and this test has seen nothing.
  expect(outcomes.undone).toBeGreaterThan(10);
  expect(outcomes.done).toBeGreaterThan(10);
});

test("what can't be written down is not restored, nor at the next start", async () => {
  put({ "a.txt": "then" });
  const { id } = await saved((snapshots) => snapshots.take("then"));
  put({ "a.txt": "now", "b.txt": "now" });
  const before = everything();
  const snapshots = await openSnapshots(root, join(world, "saved"), async () => {
    throw new Error("the book is closed");
  });
  await expect(snapshots.restore(id, {})).rejects.toThrow("the book is closed");
  await snapshots.close();
  expect(everything()).toEqual(before);
  await saved((opened) => opened.take("as it is"));
  expect([everything(), written()]).toEqual([before, []]);
});

test("what stopped half way and is finished by the same process is not written down again: others have gone on since", async () => {
  put({ "a.txt": "then" });
  const { id } = await saved((snapshots) => snapshots.take("then"));
  rmSync(join(root, "a.txt"));
  const contents = join(world, "saved/contents");
  await saved(async (snapshots) => {
    const loseDisk = async () => {
      renameSync(contents, `${contents} away`);
      for (const name of readdirSync(join(world, "saved/restore")).filter((one) => one !== "plan"))
        rmSync(join(world, "saved/restore", name));
    };
    await expect(snapshots.restore(id, { meant: loseDisk })).rejects.toThrow("ENOENT");
    expect([written().length, everything()]).toEqual([1, {}]);
    renameSync(`${contents} away`, contents);
    await snapshots.take("finishes it first");
  });
  expect([written().length, readFileSync(join(root, "a.txt"), "utf8")]).toEqual([1, "then"]);
});
