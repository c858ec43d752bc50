import { mkdirSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FileSystem, Watcher, WatchHint } from "@twinfold/engine";
import { expect, onTestFinished, test } from "vitest";
import { at, openFolder } from "./opened.ts";

/** Watches anew what is told as a subtree, as the engine does, and remembers which folders were hinted at. */
async function follow(files: FileSystem) {
  const hinted = new Set<string>();
  const watcher: Watcher = await files.watch((hints: readonly WatchHint[]) => {
    for (const { kind, path } of hints) {
      hinted.add(path);
      if (kind === "subtree") void watcher.add([path]);
    }
  });
  onTestFinished(() => watcher.close());
  return {
    add: watcher.add,
    /** Resolves when something is heard of this folder that happened after everything so far was heard. */
    async hears(folder: string, change: () => void): Promise<void> {
      await new Promise((resolve) => setTimeout(resolve, 100));
      hinted.clear();
      change();
      await expect.poll(() => [...hinted], { timeout: 5_000 }).toContain(folder);
    },
  };
}

test("a folder that is watched under its new name before the events of the rename are read stays watched", async () => {
  const { root, files } = openFolder();
  mkdirSync(join(root, "old"));
  const { add, hears } = await follow(files);
  await add([at(""), at("old")]);
  renameSync(join(root, "old"), join(root, "new"));
  await add([at("new")]);
  await hears("new", () => writeFileSync(join(root, "new/file"), "1"));
});

test("a folder that is watched in the place of one that went before the events of that are read stays watched", async () => {
  const { root, files } = openFolder();
  mkdirSync(join(root, "folder"));
  const { add, hears } = await follow(files);
  await add([at(""), at("folder")]);
  rmdirSync(join(root, "folder"));
  mkdirSync(join(root, "folder"));
  await add([at("folder")]);
  await hears("folder", () => writeFileSync(join(root, "folder/file"), "1"));
});
