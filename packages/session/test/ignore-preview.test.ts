import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { previewIgnore } from "../src/index.ts";

let root: string;
const write = (path: string, content: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "twinfold-ignore-preview-"));
  write(".mignore", "*.log\nold/\n");
  write("a.log", "1");
  write("deep/b.log", "22");
  write("old/c.txt", "333");
  write("old/d.log", "4444");
  write("deep/e.csv", "55555");
  write("f.csv", "666666");
  write("outside.csv", "7");
  write(".twinfold/staged.csv", "8");
  write(".DS_Store", "9");
  symlinkSync("f.csv", join(root, "link.csv"));
  symlinkSync("/etc", join(root, "linked"));
});
afterAll(() => rmSync(root, { recursive: true }));

const preview = (text: string, within?: number, signal = new AbortController().signal) =>
  previewIgnore({ root, text, inDropbox: null, signal, ...(within === undefined ? {} : { within }) });

test("what is newly left out, and what comes in, with the line that decides", async () => {
  expect(await preview("# new\n*.csv\n!outside.csv\nold/*.txt\n")).toEqual({
    leftOut: {
      files: 2,
      bytes: 11,
      first: [
        { path: "deep/e.csv", line: 2, pattern: "*.csv" },
        { path: "f.csv", line: 2, pattern: "*.csv" },
      ],
    },
    comesIn: {
      files: 3,
      bytes: 7,
      first: [
        { path: "a.log", line: 1, pattern: "*.log" },
        { path: "deep/b.log", line: 1, pattern: "*.log" },
        { path: "old/d.log", line: 2, pattern: "old/" },
      ],
    },
    problems: [],
    whole: true,
  });
});

test("the text that holds already changes nothing, and lines that are of no use are named", async () => {
  const nothing = { files: 0, bytes: 0, first: [] };
  expect(await preview("*.log\nold/\n")).toEqual({ leftOut: nothing, comesIn: nothing, problems: [], whole: true });
  const { leftOut, comesIn, problems } = await preview("old/\n!old/c.txt\n[a\n*.log\n");
  expect([leftOut, comesIn]).toEqual([nothing, nothing]);
  expect(problems.map(({ line, pattern }) => `${line} ${pattern}`)).toEqual(["2 !old/c.txt", "3 [a"]);
});

test("of 20,000 files no turn takes long, and what takes too long is cut off or ended", async () => {
  for (let folder = 0; folder < 20; folder++) {
    mkdirSync(join(root, `many/${folder}`), { recursive: true });
    for (let file = 0; file < 1000; file++) writeFileSync(join(root, `many/${folder}/${file}.dat`), "x");
  }
  let longest = 0;
  let last = performance.now();
  const beat = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  const all = await preview("*.dat\n*.log\nold/\n");
  clearInterval(beat);
  expect(all).toMatchObject({ whole: true, leftOut: { files: 20_000, bytes: 20_000 } });
  expect(all.leftOut.first).toHaveLength(10);
  // Turns of 20 ms; with others on the processor, several times that.
  expect(longest).toBeLessThan(500);

  const cut = await preview("*.dat\n*.log\nold/\n", 0);
  expect(cut.whole).toBe(false);
  expect(cut.leftOut.files).toBeLessThan(20_000);

  const ended = new AbortController();
  const going = preview("*.dat\n", undefined, ended.signal);
  ended.abort(new Error("typed on"));
  await expect(going).rejects.toThrow("typed on");
});
