import { mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine, RelativePath } from "@twinfold/engine";
import { countingStore, type Reads } from "@twinfold/engine/testing/counting-store.ts";
import { openStore } from "@twinfold/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EngineOnDisk } from "./engine-on-disk.ts";

/** What a listing tells of its folders, on a real folder. The other side is a Dropbox in memory. */
let world: EngineOnDisk;
let root: string;
let dropbox: EngineOnDisk["dropbox"];
let reads: Reads;
let engine: Engine;

beforeEach(() => {
  const counted = countingStore(openStore(":memory:"));
  ({ reads } = counted);
  world = new EngineOnDisk(counted.store);
  ({ root, dropbox } = world);
  engine = world.start();
});
afterEach(() => world.end());

const folder = (path: string) => mkdirSync(join(root, path), { recursive: true });
const put = (path: string) => writeFileSync(join(root, path), "x");
const link = (path: string) => symlinkSync("nowhere", join(root, path));
const said = async (path: string, ...names: string[]) =>
  (await engine.whyIn(path as RelativePath, names)).map(({ state, reason }) => `${state}: ${reason}`);

test("each folder sums up what is in it, however deep, and names one that somebody has to look at", async () => {
  for (const path of ["calm", "left out", "trouble/deep/er"]) folder(path);
  put("calm/a.txt");
  put("left out/a.txt");
  writeFileSync(join(root, ".mignore"), "/left out/\n*.log\n");
  link("trouble/deep/er/link");
  put("trouble/noise.log");
  expect(await engine.wait(20)).toBe(true);
  expect(await said("", "calm", "left out", "trouble")).toEqual([
    "in sync: the same on both sides, and so is all in it that is synced",
    "ignored: ignored by line 1 of .mignore: /left out/",
    "not synced: 1 item in it: not synced (deep/er/link)",
  ]);
  expect(await said("trouble/deep", "er")).toEqual(["not synced: 1 item in it: not synced (link)"]);
  link("trouble/other");
  expect(await engine.wait(20)).toBe(true);
  expect(await said("", "trouble")).toEqual(["not synced: 2 items in it: not synced (deep/er/link and others)"]);
  // At its new place at once.
  renameSync(join(root, "trouble/deep"), join(root, "calm/deep"));
  expect(await engine.wait(20)).toBe(true);
  expect(await said("", "calm", "trouble")).toEqual([
    "not synced: 1 item in it: not synced (deep/er/link)",
    "not synced: 1 item in it: not synced (other)",
  ]);
  renameSync(join(root, "trouble/other"), join(root, "calm/other"));
  expect(await engine.wait(20)).toBe(true);
  expect((await said("", "calm", "trouble")).map((words) => words.slice(0, 20))).toEqual([
    "not synced: 2 items ",
    "in sync: the same on",
  ]);
});

test("a folder that both sides have made speaks for what was in it before", async () => {
  expect(await engine.wait(20)).toBe(true);
  engine.pause();
  folder("both/deep");
  link("both/deep/link");
  await expect.poll(async () => engine.notSynced().length, { timeout: 20_000 }).toBe(1);
  await said("", "both");
  dropbox.createFolder("A/both");
  dropbox.createFolder("A/both/deep");
  engine.resume();
  expect(await engine.wait(20)).toBe(true);
  expect(await said("", "both")).toEqual(["not synced: 1 item in it: not synced (deep/link)"]);
});

test("what is still to be done shows at its folder", async () => {
  folder("deep/er");
  put("deep/er/a.txt");
  expect(await engine.wait(20)).toBe(true);
  engine.pause();
  put("deep/er/b.txt");
  put("deep/er/c.txt");
  await expect
    .poll(() => said("", "deep"), { timeout: 20_000 })
    .toEqual(["pending: 2 items in it: still to be brought over"]);
});

test("what a listing reads follows from what it lists, not from what is in its folders, or stays out of sync there", async () => {
  async function readsWith(from: number, to: number): Promise<number> {
    folder("large/deep");
    for (let n = from; n < to; n++) {
      put(`large/deep/${n}`);
      link(`large/deep/link ${n}`);
    }
    expect(await engine.wait(20)).toBe(true);
    const summed = [
      expect.stringMatching(`^not synced: ${to} items in it: not synced \\(deep/link \\d+ and others\\)$`),
    ];
    expect(await said("", "large")).toEqual(summed);
    const before = reads.calls;
    expect(await said("", "large")).toEqual(summed);
    return reads.calls - before;
  }
  const few = await readsWith(0, 5);
  expect(await readsWith(5, 300)).toBe(few);
});
