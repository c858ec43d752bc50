import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setModeOf } from "../src/index.ts";
import { seenOf, swapForLink } from "./swap-for-link.ts";

let base: string;
let foreign: string;
const modeOf = (name: string) => lstatSync(join(base, name)).mode & 0o7777;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "twinfold-mode-"));
  foreign = join(base, "foreign");
  mkdirSync(foreign, { mode: 0o750 });
});
afterEach(() => rmSync(base, { recursive: true }));

test("of a file that nobody may read, of a folder if one is meant; a name that nothing has is fine", () => {
  writeFileSync(join(base, "file"), "");
  chmodSync(join(base, "file"), 0);
  setModeOf(join(base, "file"), 0o640);
  setModeOf(join(base, "file"), 0o777, (stats) => stats.isDirectory());
  setModeOf(foreign, 0o700, (stats) => stats.isDirectory());
  setModeOf(join(base, "none"), 0o700);
  expect([modeOf("file"), modeOf("foreign")]).toEqual([0o640, 0o700]);
});

test("a link is not followed, nor one that comes just then", async () => {
  symlinkSync(foreign, join(base, "link"));
  setModeOf(join(base, "link"), 0o777);
  mkdirSync(join(base, "folder"));
  const before = seenOf(foreign);
  const end = await swapForLink(join(base, "folder"), foreign);
  for (const began = performance.now(); performance.now() - began < 500; ) {
    setModeOf(join(base, "folder"), 0o700);
    setModeOf(join(base, "folder"), 0o777);
  }
  await end();
  expect(seenOf(foreign)).toEqual(before);
  // The last turn may have met the link.
  expect([0o700, 0o777]).toContain(modeOf("folder"));
});
