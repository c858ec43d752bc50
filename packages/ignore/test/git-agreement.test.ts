import { expect, test } from "vitest";
import { compareWithGit } from "./compare.ts";

test("git and we agree on every path of random trees under 400 random ignore files, and on the deciding line", () => {
  let ignored = 0;
  let broughtBack = 0;
  for (let seed = 1; seed <= 16; seed++) {
    const result = compareWithGit(1_000_000 + seed, 25);
    expect(result.differences).toEqual([]);
    ignored += result.ignored;
    broughtBack += result.broughtBack;
  }
  // Otherwise the patterns would say nothing about the paths.
  expect(ignored).toBeGreaterThan(2000);
  expect(broughtBack).toBeGreaterThan(200);
});
