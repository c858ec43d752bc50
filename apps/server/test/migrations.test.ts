import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "../src/database/open.ts";
import { createHierarchy } from "../src/hierarchy.ts";
import { createUnits } from "../src/units.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-migrations-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("owners of the first schema manage and administer what they owned, and others keep their roles", async () => {
  const before = await PGlite.create(folder);
  await before.exec(readFileSync(new URL("version-2.sql", import.meta.url), "utf8"));
  await before.close();

  const database = await openDatabase({ url: undefined, folder });
  const hierarchy = createHierarchy(database);
  const seenBy = async (userId: string) =>
    (await hierarchy.instancesOf(userId)).map(({ remotePath, role }) => `${role} of ${remotePath}`);
  expect(await seenBy("ada")).toEqual([
    "editor of /Analytical Engines/First Space/Master",
    "editor of /Analytical Engines/First Space/Distributed",
  ]);
  expect(await seenBy("grace")).toEqual(["editor of /Analytical Engines/First Space/Master"]);
  expect(await seenBy("edith")).toEqual(["viewer of /Analytical Engines/First Space/Distributed"]);
  expect(await hierarchy.administeredBy("ada")).toMatchObject([{ name: "Analytical Engines", manages: true }]);
  expect(await hierarchy.administeredBy("grace")).toEqual([]);

  // What ran and what was paused is still known, goes with its instance, and names that are one folder can't be two.
  const units = createUnits(database);
  await expect(units.createInstance("s", "MASTER")).rejects.toMatchObject({ status: 409 });
  expect(await database.selectFrom("applications").select("id").execute()).toEqual([{ id: "a" }]);
  await units.remove({ level: "organization", id: "o" });
  for (const table of ["spaces", "instances", "members", "applications", "paused"] as const) {
    expect(await database.selectFrom(table).selectAll().execute()).toEqual([]);
  }
  await database.destroy();
}, 60_000);
