import { openStore } from "@twinfold/store";
import { expect, test } from "vitest";
import type { Clock } from "../ports/clock.ts";
import { FileSystemError, type FileSystemErrorCode, type WatchHint } from "../ports/file-system.ts";
import type { Name, RelativePath } from "../ports/values.ts";
import { ThreeTrees } from "../testing/three-trees.ts";
import { createFailures } from "./failures.ts";

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

/** One that was refused at `a/b` for a reason. */
async function refused(code: FileSystemErrorCode) {
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now, sleep: async () => undefined };
  const trees = new ThreeTrees(openStore(":memory:"));
  const id = trees.both("file", "1");
  const failures = createFailures(trees.store, clock, { next: () => 1 });
  const place = "a/b" as RelativePath;
  await failures.refused(id, new FileSystemError(code, place, "no permission"), place, async () => "taken");
  now = 99;
  return { id, failures };
}

test.each<[FileSystemErrorCode, string | undefined]>([
  ["changed", undefined],
  ["not-found", undefined],
  // Of a folder on the way that has become a file just now.
  ["not-a-folder", undefined],
  ["exists", "taken"],
  ["unreadable", "no permission"],
])("what the disk refuses as %s is told only where the next look does not bring another plan", async (code, told) => {
  const { id, failures } = await refused(code);
  expect(failures.reasonOf(id)).toBe(told);
});

test.each<[FileSystemErrorCode, WatchHint, boolean]>([
  ["exists", folder("a", ["b"]), false],
  ["exists", folder("a", undefined), false],
  ["exists", { kind: "subtree", path: "" as RelativePath }, false],
  ["exists", folder("a", ["c"]), true],
  ["exists", folder("", ["b"]), true],
  ["unreadable", folder("a", ["b"]), true],
])("refused as %s, once %j is heard it goes on waiting: %s", async (code, hint, waits) => {
  const { id, failures } = await refused(code);
  expect(failures.waiting(id)).toBe(true);
  failures.heard([hint]);
  expect(failures.waiting(id)).toBe(waits);
});

function folder(path: string, names: readonly string[] | undefined): WatchHint {
  return { kind: "folder", path: path as RelativePath, ...(names === undefined ? {} : { names: names as Name[] }) };
}
