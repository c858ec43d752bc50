import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "@twinfold/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EngineOnDisk } from "./engine-on-disk.ts";

/**
 * What libraries for watching lose, on a real folder: the engine hears of it, or finds it, without a sweep (which is an
 * hour away here). The other side is a Dropbox in memory.
 */
let world: EngineOnDisk;
let root: string;
let dropbox: EngineOnDisk["dropbox"];
let engine: Engine;

beforeEach(async () => {
  world = new EngineOnDisk();
  ({ root, dropbox } = world);
  engine = await world.begin({ sweepEvery: 3_600_000 });
});
afterEach(() => world.end());

const there = (path: string) => dropbox.lookup(`A/${path}`) !== undefined;

test("a deep folder and 50 files in it, made at once", async () => {
  mkdirSync(join(root, "deep/a/b/c"), { recursive: true });
  for (let i = 0; i < 50; i++) writeFileSync(join(root, "deep/a/b/c", `${i}`), `${i}`);
  await expect
    .poll(() => Array.from({ length: 50 }, (_, i) => there(`deep/a/b/c/${i}`)).every(Boolean), { timeout: 20_000 })
    .toBe(true);
});

test("a file written in a folder below one that was just renamed", async () => {
  mkdirSync(join(root, "old/in"), { recursive: true });
  await expect.poll(() => there("old/in"), { timeout: 20_000 }).toBe(true);
  renameSync(join(root, "old"), join(root, "new"));
  await expect.poll(() => there("new/in"), { timeout: 20_000 }).toBe(true);
  writeFileSync(join(root, "new/in/file"), "1");
  await expect.poll(() => there("new/in/file"), { timeout: 20_000 }).toBe(true);
  expect(there("old")).toBe(false);
});

test("a file written at once after its folder was renamed", async () => {
  mkdirSync(join(root, "old/in"), { recursive: true });
  await expect.poll(() => there("old/in"), { timeout: 20_000 }).toBe(true);
  renameSync(join(root, "old"), join(root, "new"));
  writeFileSync(join(root, "new/in/file"), "1");
  await expect.poll(() => there("new/in/file"), { timeout: 20_000 }).toBe(true);
});

test("more files than the kernel's queue holds, made while nobody listens", async () => {
  engine.pause();
  // Synchronous: the loop can't read one event before the last file is there, and the queue (16,384) runs over.
  for (let i = 0; i < 20_000; i++) writeFileSync(join(root, `${i}`), "");
  await expect
    .poll(async () => (await engine.plan()).operations.length, { timeout: 120_000, interval: 500 })
    .toBe(20_000);
}, 150_000);
