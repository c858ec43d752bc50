import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { defectsIn } from "./log-defects.ts";

const ACTIVITY = "2026-01-02T03:04:05.006Z on disk: download a.txt\n";

test.each([
  ["an error that nobody caught", "throw new TypeError('one')", "TypeError: one"],
  ["a promise that nobody waited for", "Promise.reject(new Error('two'))", "Error: two"],
  ["something thrown that is no error", "throw 'three'", "three"],
  ["a warning of Node's own", "process.emitWarning('four', 'MaxListenersExceededWarning')", "four"],
  [
    "a stack that the program wrote itself",
    "console.error('twinfold:', new Error('five').stack)",
    "twinfold: Error: five",
  ],
])("what Node writes of %s is found as one defect among activities", (_, script, message) => {
  const written = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stderr;
  const defects = defectsIn(`${ACTIVITY}${ACTIVITY}${written}\n${ACTIVITY}${ACTIVITY}`);
  expect(defects).toEqual([expect.stringContaining(message)]);
});

test("activities, and what the engine says of a Dropbox that is away, are no defects", () => {
  expect(defectsIn(`${ACTIVITY}2026-01-02T03:04:05.006Z Dropbox can't be reached\n${ACTIVITY}`)).toEqual([]);
});
