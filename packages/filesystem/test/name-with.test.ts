import { expect, test } from "vitest";
import { nameWith, numberedName } from "../src/index.ts";

const bytesOf = (name: string) => Buffer.byteLength(name);

test("words come before the extension; a name that begins with its only dot has none", () => {
  expect(nameWith("report.txt", " (kept)")).toBe("report (kept).txt");
  expect(nameWith("archive.tar.gz", " (kept)")).toBe("archive.tar (kept).gz");
  expect(nameWith("Makefile", " (kept)")).toBe("Makefile (kept)");
  expect(nameWith(".bashrc", " (kept)")).toBe(".bashrc (kept)");
  expect(numberedName("a folder/report.txt", 2)).toBe("a folder/report (2).txt");
  expect(numberedName("report.txt", 3)).toBe("report (3).txt");
});

test("what would be too long is cut before the words, never within a character", () => {
  expect(nameWith(`${"x".repeat(236)}.txt`, " (changed during a restore)")).toBe(
    `${"x".repeat(224)} (changed during a restore).txt`,
  );
  for (const letter of ["q", "é", "語", "😀"]) {
    for (let length = 225; length <= 251; length++) {
      const stem = letter.repeat(Math.floor(length / bytesOf(letter)));
      const named = nameWith(`${stem}.txt`, " (changed during a restore)");
      expect(bytesOf(named)).toBeLessThanOrEqual(255);
      expect(bytesOf(named)).toBeGreaterThan(255 - 2 * bytesOf(letter));
      expect(named.replaceAll(letter, "")).toBe(" (changed during a restore).txt");
    }
  }
  const numbered = numberedName(`folder/${"語".repeat(84)}.md`, 10);
  expect(numbered).toBe(`folder/${"語".repeat(82)} (10).md`);
});

test("an extension that leaves no room is cut as the rest of the name is", () => {
  expect(nameWith(`x.${"y".repeat(253)}`, " (2)")).toBe(`x.${"y".repeat(249)} (2)`);
});

test("names that are bytes of no text are cut too", () => {
  const odd = "\xff\x80".repeat(127);
  const named = nameWith(odd, " (2)", "latin1");
  expect(named).toMatch(/^(\xff\x80)+\xff? \(2\)$/);
  expect(named.length).toBeGreaterThan(250);
  const endless = "\x80".repeat(255);
  expect(nameWith(endless, " (2)", "latin1")).toBe(`${"\x80".repeat(251)} (2)`);
});
