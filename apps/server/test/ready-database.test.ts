import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "../src/database/open.ts";
import { prepareDatabase, takeReadyDatabase } from "../src/database/ready-database.ts";

/** As `npm ci` does. */
const prepare = () => prepareDatabase(async (made) => (await openDatabase({ url: undefined, folder: made })).destroy());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-database-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a first start takes a copy of what lies ready, and what a start before it has left of one goes", async () => {
  await prepare();
  const database = join(folder, "database");
  mkdirSync(`${database}.coming`);
  writeFileSync(`${database}.coming/half`, "");
  await takeReadyDatabase(database);
  expect(existsSync(join(database, "PG_VERSION"))).toBe(true);
  expect(existsSync(join(database, "half"))).toBe(false);
  expect(existsSync(`${database}.coming`)).toBe(false);

  const opened = await openDatabase({ url: undefined, folder: database });
  expect(await opened.selectFrom("users").selectAll().execute()).toEqual([]);
  await opened.destroy();
});

test("a database that is there is left as it is", async () => {
  await prepare();
  const database = join(folder, "database");
  mkdirSync(database);
  await takeReadyDatabase(database);
  expect(existsSync(join(database, "PG_VERSION"))).toBe(false);
});
