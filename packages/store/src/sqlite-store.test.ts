import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { storeContract, syncedNode } from "@twinfold/engine/testing/store-contract.ts";
import { afterAll, expect, test } from "vitest";
import { openStore } from "./sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "twinfold-store-"));
let count = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storeContract("the SQLite store", () => {
  const file = join(folder, `${++count}.sqlite`);
  return { open: () => openStore(file) };
});

test("a file of the first version is read on, without when things were agreed on, and is of this version then", () => {
  const file = join(folder, "first.sqlite");
  const node = syncedNode(1, null, "");
  const before = openStore(file);
  before.synced.put(node);
  before.close();
  const database = new DatabaseSync(file);
  database.exec("DROP INDEX remote_by_hash; ALTER TABLE synced DROP COLUMN since; PRAGMA user_version = 1");
  database.close();
  const store = openStore(file);
  expect(store.synced.get(node.id)).toEqual({ ...node, since: 0 });
  store.synced.put(node);
  store.close();
  const again = openStore(file);
  expect(again.synced.get(node.id)).toEqual(node);
  again.close();
});
