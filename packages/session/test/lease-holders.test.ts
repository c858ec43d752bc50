import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { mayHoldLease } from "../src/lease.ts";

test("a process of another host may be at work while one of the leases names it and shows life, or can't be read", () => {
  const root = mkdtempSync(join(tmpdir(), "twinfold-leases-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (name: string, text: string) => writeFileSync(join(root, name), text);
  const holder = { host: "pod-1", pid: 7, started: "70" };
  const lease = (beat: number) => JSON.stringify({ ...holder, token: 3, beat });
  const holds = (who = holder) => mayHoldLease({ root, names: [], rootIs: "the folder" }, "lease-", who);

  expect(holds()).toBe(false);
  write("lease-other.json", JSON.stringify({ ...holder, host: "pod-2", token: 1, beat: Date.now() }));
  write("lease-mine.json", lease(Date.now()));
  expect([holds(), holds({ ...holder, pid: 8 }), holds({ ...holder, started: "71" })]).toEqual([true, false, false]);
  write("lease-mine.json", lease(Date.now() - 120_000));
  expect(holds()).toBe(false);
  write("lease-mine.json", lease(Date.now()).slice(0, 20));
  expect(holds()).toBe(true);
  rmSync(root, { recursive: true });
  expect(holds()).toBe(true);
});
