import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSnapshots, type Snapshots } from "@twinfold/workspaces";
import type { Kysely } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../src/database/open.ts";
import type { Database } from "../src/database/schema.ts";
import { createRestoresUnderWay } from "../src/restores-under-way.ts";
import { createSnapshotSchedules } from "../src/snapshot-schedules.ts";
import { createUnits } from "../src/units.ts";
import { createOwnDatabase, type OwnDatabase } from "./own-database.ts";

let own: OwnDatabase;
let world: string;
let database: Kysely<Database>;
let snapshots: Snapshots;
let instanceId: string;
beforeAll(async () => {
  own = await createOwnDatabase();
  world = mkdtempSync(join(tmpdir(), "twinfold-schedules-"));
  database = await openDatabase({ url: own.url, folder: join(world, "postgres") });
  await database
    .insertInto("users")
    .values({ id: "ada", email: "ada@example.org", name: "Ada", password_hash: "", created_at: "" })
    .execute();
  const units = createUnits(database);
  const space = await units.createSpace(await units.createOrganization("O", "ada"), "S", "ada");
  instanceId = await units.createInstance(space, "I");
  mkdirSync(join(world, "files"));
  snapshots = await openSnapshots(join(world, "files"), join(world, "saved"));
}, 120_000);
afterAll(async () => {
  await snapshots.close();
  await database.destroy();
  await own.drop();
  rmSync(world, { recursive: true, force: true });
});

test("one is taken in each hour in which something has changed, not while a restore is under way, and a failure is told", async () => {
  const restoresUnderWay = createRestoresUnderWay();
  let broken: Error | null = null;
  const schedules = createSnapshotSchedules({
    database,
    of: async () => {
      if (broken !== null) throw broken;
      return snapshots;
    },
    restoresUnderWay,
    log: () => undefined,
  });
  let edits = 0;
  /** Looks at a time of a day long ago, after an edit. @returns the newest snapshot's id */
  const at = async (time: string) => {
    writeFileSync(join(world, "files/a"), `edit ${++edits}`);
    await schedules.look(new Date(`2026-03-02T${time}Z`));
    return snapshots.list()[0]?.id;
  };
  await schedules.set(instanceId, { every: "off", keep: { hourly: 100, daily: 100, weekly: 100 } });
  expect(await at("09:00:00")).toBeUndefined();
  await database.updateTable("snapshot_schedules").set({ every: "hourly" }).execute();
  const first = await at("10:00:30");
  expect(first).toBeDefined();
  expect(await at("10:59:59")).toBe(first);
  const end = restoresUnderWay.begin(instanceId);
  expect(await at("11:00:00")).toBe(first);
  end();
  expect(await at("11:01:00")).not.toBe(first);
  const [{ looked_at } = { looked_at: "" }] = await database.selectFrom("snapshot_schedules").selectAll().execute();
  expect(looked_at).toBe("2026-03-02T11:01:00.000Z");
  broken = new Error("the disk is on fire");
  await at("12:00:00");
  expect(await schedules.of(instanceId)).toMatchObject({ problem: expect.stringContaining("in its log") });
  broken = null;
  await at("13:00:00");
  expect(await schedules.of(instanceId)).toMatchObject({ every: "hourly", problem: null });
  await schedules.close();
});
