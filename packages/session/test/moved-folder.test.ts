import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rememberedRemotePath, rememberMove } from "../src/moved-folder.ts";
import { openState } from "../src/state-folder.ts";
import { ownStateFolder } from "../src/trees-file.ts";

const BOUND = { rootIdentity: "1:2", accountId: "dbid:A", remotePath: "/A/B/C" };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-moved-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A session's, with a cursor and something else that is remembered; tells what the one before left. */
function visit(remotePath: string): (string | null)[] {
  const store = openState(ownStateFolder(folder), { ...BOUND, remotePath }, () => undefined);
  const left = [store.readMeta("cursor"), store.readMeta("word")];
  store.writeMeta("cursor", "c");
  store.writeMeta("word", "remembered");
  store.close();
  return left;
}

test("after a move all is remembered at the new place, but for the place in the old one's history", () => {
  visit("/A/B/C");
  expect(rememberedRemotePath(ownStateFolder(folder), "dbid:A")).toBe("/A/B/C");
  rememberMove(ownStateFolder(folder), "/A/B/C", "/X/B/C");
  expect(rememberedRemotePath(ownStateFolder(folder), "dbid:A")).toBe("/X/B/C");
  expect(visit("/X/B/C")).toEqual([null, "remembered"]);
});

test("what is about another folder stays as it is", () => {
  visit("/A/B/C");
  rememberMove(ownStateFolder(folder), "/A/B/D", "/X/B/D");
  expect(visit("/A/B/C")).toEqual(["c", "remembered"]);
});

test("nothing is known of another account, of no state, and of a path that can't be one", () => {
  expect(rememberedRemotePath(ownStateFolder(folder), "dbid:A")).toBeNull();
  visit("/A/B/C");
  expect(rememberedRemotePath(ownStateFolder(folder), "dbid:B")).toBeNull();
  for (const remotePath of ["/A//C", "../C"]) {
    writeFileSync(join(folder, "binding.json"), JSON.stringify({ ...BOUND, remotePath }));
    expect(rememberedRemotePath(ownStateFolder(folder), "dbid:A")).toBeNull();
  }
});

test("trees that can't be read stay bound as they are, and the next session compares anew", () => {
  visit("/A/B/C");
  writeFileSync(join(folder, "trees.db"), "no database ".repeat(1000));
  for (const suffix of ["-wal", "-shm"]) rmSync(join(folder, `trees.db${suffix}`), { force: true });
  rememberMove(ownStateFolder(folder), "/A/B/C", "/X/B/C");
  expect(rememberedRemotePath(ownStateFolder(folder), "dbid:A")).toBe("/A/B/C");
  expect(visit("/X/B/C")).toEqual([null, null]);
});
