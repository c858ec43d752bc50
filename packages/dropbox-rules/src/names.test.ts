import { expect, test } from "vitest";
import { headerSafeJson } from "./header-json.ts";
import { nameProblem, nameRefusal } from "./names.ts";
import { compareRevs, isRev } from "./revs.ts";

test("ordinary names are taken, however odd", () => {
  for (const name of [
    "a",
    "Prüfung.txt",
    " leading",
    "a.",
    "..a",
    "...",
    "-",
    "~",
    "ends\n",
    "日本語",
    "👩‍🔬.md",
    "a".repeat(255),
  ])
    expect(nameRefusal(name), JSON.stringify(name)).toBeNull();
});

test("what Dropbox can't store is refused with what to do", () => {
  for (const name of ["", ".", "..", "a/b", "a\\b", "a\0", "a\x7fb", "a ", "\ud800", "a\ufffd", "a".repeat(256)]) {
    expect(nameProblem(name)?.tag, JSON.stringify(name)).toBe("malformed_path");
    expect(nameRefusal(name)).toMatch(/: (rename|shorten|give) it.*\.$/);
  }
});

test("the length counts characters, not their halves", () => {
  expect(nameRefusal("😀".repeat(255))).toBeNull();
  expect(nameRefusal("😀".repeat(256))).toMatch(/255 characters/);
});

test("names that Dropbox keeps for itself are disallowed, in any case", () => {
  for (const name of ["desktop.ini", "Thumbs.db", ".DS_Store", "Icon\r", ".dropbox", ".dropbox.attr"])
    expect(nameProblem(name)?.tag, name).toBe("disallowed_name");
});

test("JSON for headers is ASCII without DEL, and reads back the same", () => {
  const value = { path: "/Ünï\x7f/日本/😀", lone: "\ud800" };
  const text = headerSafeJson(value);
  expect(text).toMatch(/^[\x20-\x7e]*$/);
  expect(text).toContain("\\u007f");
  expect(JSON.parse(text)).toEqual(value);
});

test("revs are compared as numbers", () => {
  expect(compareRevs("197576c68d6", "196576c68d6")).toBeGreaterThan(0);
  expect(compareRevs("99576c68d6", "196576c68d6")).toBeLessThan(0);
  expect(compareRevs("0197576c68d6", "197576c68d6")).toBe(0);
  expect(isRev("015be00000001170cc5b0")).toBe(true);
  expect(isRev("12345678")).toBe(false);
});
