import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeFolder, makePrivate } from "../src/index.ts";

const place = mkdtempSync(join(tmpdir(), "twinfold-host-"));
afterAll(() => rmSync(place, { recursive: true }));
const mode = (path: string) => statSync(path).mode & 0o777;

test("a folder is made with those above it, once; where none can be made, that is said", () => {
  makeFolder(join(place, "a/b"), 0o700);
  makeFolder(join(place, "a/b"), 0o700);
  expect([mode(join(place, "a")), mode(join(place, "a/b"))]).toEqual([0o700, 0o700]);
  writeFileSync(join(place, "file"), "");
  expect(() => makeFolder(join(place, "file"), 0o700)).toThrow(/EEXIST/);
  expect(() => makeFolder(join(place, "file/below"), 0o700)).toThrow(/ENOTDIR/);
  expect(() => makeFolder("/proc/none/below", 0o700)).toThrow(/ENOENT/);
});

test("what others had rights to is private; what can't be changed is left", () => {
  chmodSync(join(place, "file"), 0o664);
  makePrivate(join(place, "file"));
  expect(mode(join(place, "file"))).toBe(0o600);
  const before = mode("/proc/self/status");
  makePrivate("/proc/self/status");
  expect(mode("/proc/self/status")).toBe(before);
  expect(existsSync(join(place, "none"))).toBe(false);
  expect(() => makePrivate(join(place, "none"))).toThrow(/ENOENT/);
});
