import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { copyState, openState } from "../src/state-folder.ts";
import { ownStateFolder } from "../src/trees-file.ts";

const place = mkdtempSync(join(tmpdir(), "twinfold-state-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const about = (remotePath: string) => ({ rootIdentity: "1:2", accountId: "dbid:A", remotePath });
const noWarning = (message: string) => expect.unreachable(message);

test("what is remembered is for the user's own eyes, in a folder that was open to others too", () => {
  const folder = join(place, "open");
  mkdirSync(folder, { mode: 0o755 });
  openState(ownStateFolder(folder), about("/A"), noWarning).close();
  for (const name of ["trees.db", "trees.db-wal", "trees.db-shm"])
    if (existsSync(join(folder, name))) chmodSync(join(folder, name), 0o644);
  chmodSync(folder, 0o755);
  const store = openState(ownStateFolder(folder), about("/A"), noWarning);
  store.writeMeta("word", "1");
  const modes = [".", ...readdirSync(folder)].map((name) => [name, statSync(join(folder, name)).mode & 0o077]);
  expect(modes.length).toBeGreaterThan(3);
  expect(modes.filter(([, mode]) => mode !== 0)).toEqual([]);
  store.close();
});

test("a copy knows what is remembered, also what is only in the log of an engine that was killed", () => {
  const folder = join(place, "copied");
  const store = openState(ownStateFolder(folder), about("/A"), noWarning);
  store.writeMeta("word", "1");
  // Not closed: as if killed.
  const copy = copyState(ownStateFolder(folder), about("/A"));
  expect(copy.readMeta("word")).toBe("1");
  copy.writeMeta("word", "2");
  copy.close();
  expect(store.readMeta("word")).toBe("1");
  expect(copyState(ownStateFolder(folder), about("/B")).readMeta("word")).toBeNull();
  expect(copyState(ownStateFolder(join(place, "none")), about("/A")).readMeta("word")).toBeNull();
  expect(existsSync(join(place, "none"))).toBe(false);
  store.close();
});
