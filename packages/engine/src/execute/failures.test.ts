import { openStore } from "@twinfold/store";
import { expect, test } from "vitest";
import type { Clock } from "../ports/clock.ts";
import { FileSystemError, type FileSystemErrorCode } from "../ports/file-system.ts";
import type { RelativePath } from "../ports/values.ts";
import { ThreeTrees } from "../testing/three-trees.ts";
import { createFailures, reasonFor } from "./failures.ts";

test("what fell due after the last plan had left it out is due at once, and not slept over", () => {
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now, sleep: async () => undefined };
  const trees = new ThreeTrees(openStore(":memory:"));
  const id = trees.both("file", "1");
  const failures = createFailures(trees.store, clock, { next: () => 1 });
  failures.add(id, null);
  const began = now;
  now = 99;
  expect(failures.waiting(id)).toBe(true);
  expect(failures.nextTry(began)).toBe(1);
  now = 101;
  expect(failures.nextTry(began)).toBe(0);
  // The next plan has seen that it is due: there is nothing to wait for.
  expect(failures.waiting(id)).toBe(false);
  expect(failures.nextTry(now)).toBe(null);
});

test.each<[FileSystemErrorCode, string | null]>([
  ["changed", null],
  ["not-found", null],
  // Of a folder on the way that has become a file just now.
  ["not-a-folder", null],
  ["exists", "taken"],
  ["unreadable", "no permission"],
])("what the disk refuses as %s is told only where the next look does not bring another plan", async (code, told) => {
  const error = new FileSystemError(code, "a" as RelativePath, "no permission");
  expect(await reasonFor(error, async () => "taken")).toBe(told);
});
