import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHasher } from "@twinfold/dropbox-rules";
import { createEngine, type Engine, type Store, systemClock, systemRandomness } from "@twinfold/engine";
import { type OpenedFileSystem, openFileSystem } from "@twinfold/filesystem";
import { compileIgnoreRules } from "@twinfold/ignore";
import { VirtualDropbox, VirtualRemote } from "@twinfold/simulator";
import { openStore } from "@twinfold/store";
import { afterEach, beforeEach, expect, test } from "vitest";

/**
 * What libraries for watching lose, on a real folder: the engine hears of it, or finds it, without a sweep (which is an
 * hour away here). The other side is a Dropbox in memory.
 */
let root: string;
let fileSystem: OpenedFileSystem;
let store: Store;
let engine: Engine;
let running: Promise<void>;
let dropbox: VirtualDropbox;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "twinfold-watching-"));
  fileSystem = openFileSystem({ root, hasher: contentHasher, session: "test" });
  store = openStore(":memory:");
  dropbox = new VirtualDropbox();
  engine = createEngine({
    fileSystem,
    remote: new VirtualRemote(dropbox, { clock: systemClock, folder: "A" }),
    store,
    clock: systemClock,
    randomness: systemRandomness,
    compileIgnore: compileIgnoreRules,
    settings: { sweepEvery: 3_600_000 },
  });
  running = engine.run();
  expect(await engine.wait(20)).toBe(true);
});

afterEach(async () => {
  await engine.stop(0);
  await running.catch(() => undefined);
  store.close();
  await fileSystem.close();
  rmSync(root, { recursive: true, force: true });
});

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
