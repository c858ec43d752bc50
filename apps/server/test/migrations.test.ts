import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "../src/database/open.ts";
import { createEpochs } from "../src/epochs.ts";
import { createHierarchy } from "../src/hierarchy.ts";
import { createUnits } from "../src/units.ts";
import { createWebSessions } from "../src/web-sessions.ts";
import { ask, createOwnDatabase, type OwnDatabase } from "./own-database.ts";

let folder: string;
let own: OwnDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-migrations-"));
  own = await createOwnDatabase();
});
afterEach(async () => {
  await own.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** As an older version left it, by what each version up to it has made. */
async function leave(...files: readonly string[]): Promise<void> {
  const statements = files.map((file) => readFileSync(new URL(file, import.meta.url), "utf8")).join("\n");
  if (own.url !== undefined) return ask(own.url, statements);
  const before = await PGlite.create(folder);
  await before.exec(statements);
  await before.close();
}
const open = () => openDatabase({ url: own.url, folder });

test("owners of the first schemas manage and administer what they owned, and others keep their roles", async () => {
  await leave("version-1.sql", "version-2.sql");
  const database = await open();
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
  expect(await database.selectFrom("paused").selectAll().execute()).toEqual([{ user_id: "ada", instance_id: "m" }]);
  // Nothing was restored there yet; from now on each restore counts, for a user who was not heard out in particular.
  const epochs = createEpochs(database);
  expect(await epochs.of("ada", "m")).toEqual({ epoch: 0, unheardEpoch: 0 });
  await epochs.raise("m", ["ada"], database);
  await epochs.raise("m", [], database);
  expect(await epochs.of("ada", "m")).toEqual({ epoch: 2, unheardEpoch: 1 });
  expect(await epochs.of("grace", "m")).toEqual({ epoch: 2, unheardEpoch: 0 });
  await epochs.raise("m", ["ada", "grace"], database);
  expect(await epochs.of("ada", "m")).toEqual({ epoch: 3, unheardEpoch: 3 });
  // What is deleted is known as such by nothing else than that, once it is gone.
  const deletions = {
    id: "d",
    begun_at: "2126-01-01T12:00:00.000Z",
    instances: '["m"]',
    users: "[]",
    dropbox_path: null,
  };
  await database.insertInto("deletions").values(deletions).execute();
  await units.remove({ level: "organization", id: "o" });
  expect(await database.selectFrom("deletions").selectAll().execute()).toEqual([deletions]);
  for (const table of ["spaces", "instances", "members", "applications", "paused", "unheard_restores"] as const) {
    expect(await database.selectFrom(table).selectAll().execute()).toEqual([]);
  }
  await database.destroy();
}, 60_000);

test("a database of the very first version is brought here in one go, once, with its logins and links", async () => {
  await leave("version-1.sql");
  const first = await open();
  const { version } = await first
    .selectFrom("schema_version")
    .select(({ fn }) => fn.max("version").as("version"))
    .executeTakeFirstOrThrow();
  expect(await first.selectFrom("links").select("refresh_token_sealed").execute()).toEqual([
    { refresh_token_sealed: "sealed" },
  ]);
  const sessions = await createWebSessions(first).list("ada", "h");
  // It lasts 30 days, and says so by when it began.
  expect(sessions).toMatchObject([{ begunAt: "2126-01-01T12:00:00.000Z", address: "", browser: "", isThis: true }]);
  await first.destroy();

  const again = await open();
  const versions = await again.selectFrom("schema_version").select("version").orderBy("version").execute();
  expect(versions.map((row) => row.version)).toEqual(Array.from({ length: Number(version) }, (_, at) => at + 1));
  // One that a newer version has written is left alone.
  await again
    .insertInto("schema_version")
    .values({ version: Number(version) + 1 })
    .execute();
  await again.destroy();
  await expect(open()).rejects.toThrow("newer Twinfold");
}, 60_000);
