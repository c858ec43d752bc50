import { STOPPED } from "@twinfold/engine";
import { expect, test } from "vitest";
import { statusInALine, statusInWords } from "../src/words.ts";

const progress = { filesDone: 1, filesTotal: 4, bytesDone: 512, bytesTotal: 1024, rate: 256, timeLeft: 61 };
const syncing = { ...STOPPED, state: "syncing" as const, pending: { up: 3, down: 0 }, progress };

test("how far transfers are fits a terminal of any width", () => {
  const figures = "1 of 4 files, 512 B of 1.0 KB, 256 B/s, 2 min left";
  expect(statusInALine(syncing, 100)).toBe(`[###########...........]  50 % ${figures}`);
  for (const columns of [1, 20, 55, 60, 64, 200]) {
    const line = statusInALine(syncing, columns);
    expect([columns, line.length < Math.max(columns, 2)]).toEqual([columns, true]);
  }
  expect(statusInALine({ ...syncing, progress: null }, 80)).toBe("syncing, 3 up, 0 down");
});

test("the status has a bar for a terminal only", () => {
  expect(statusInWords(syncing, 80)).toContain("\n[#");
  expect(statusInWords(syncing)).not.toContain("[#");
});
