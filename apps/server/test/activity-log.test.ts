import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Activity, ContentHash, RelativePath } from "@twinfold/engine";
import type { Kysely } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ActivityLog, createActivityLog } from "../src/activity-log.ts";
import { openDatabase } from "../src/database/open.ts";
import type { Database } from "../src/database/schema.ts";
import { createHierarchy } from "../src/hierarchy.ts";
import { createLiveEvents } from "../src/live-events.ts";

let folder: string;
let database: Kysely<Database>;
let log: ActivityLog;
let does: (one: Activity) => void;
const lost: string[] = [];
const NOON = Date.parse("2026-01-31T12:00:00.000Z");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-activity-"));
  database = await openDatabase({ url: undefined, folder });
  const unit = { id: "one", name: "One", name_key: "one", archived_at: null };
  await database
    .insertInto("users")
    .values({ id: "ada", email: "ada@example.org", name: "Ada", password_hash: "", created_at: "" })
    .execute();
  await database.insertInto("organizations").values(unit).execute();
  await database
    .insertInto("spaces")
    .values({ ...unit, organization_id: "one" })
    .execute();
  await database
    .insertInto("instances")
    .values({ ...unit, space_id: "one" })
    .execute();
  const hierarchy = createHierarchy(database);
  log = createActivityLog({ database, hierarchy, events: createLiveEvents(), log: (message) => lost.push(message) });
  log.follow("ada", "one", {
    onActivity: (listener) => {
      does = listener;
    },
  });
}, 60_000);
afterAll(async () => {
  await database.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const deleted = (path: string, kind: Activity["kind"], minutes: number): Activity => ({
  at: new Date(NOON + minutes * 60_000).toISOString(),
  side: "local",
  action: "delete",
  kind,
  path: path as RelativePath,
  reason: "deleted in Dropbox",
  was: kind === "file" ? (`hash of ${path}` as ContentHash) : null,
  now: null,
});

test("with a folder goes what went right before it, not what was deleted by itself", async () => {
  for (const one of [
    deleted("data/long before", "file", -10),
    deleted("data/a", "file", -1.6),
    deleted("data/deep/b", "file", -0.8),
    deleted("data/deep", "folder", -0.8),
    deleted("database", "file", 0),
    deleted("data", "folder", 0),
  ])
    does(one);
  await log.flush();
  const { entries } = await log.page("ada", "one", undefined);
  const row = await log.ownEntry("ada", "one", entries[0]?.id ?? "");
  expect((await log.deletedWith(row)).map(({ path }) => path)).toEqual(["data/a", "data/deep/b", "data/deep"]);
});

test("what is kept has an end, but what an undo may need is kept longer", async () => {
  for (let n = 0; n < 12_000; n++) log.note("ada", "one", { action: "upload", path: `${n}.txt` });
  await log.flush();
  const rows = await database.selectFrom("activities").select("path").orderBy("id").execute();
  const isNoted = ({ path }: { readonly path: string }) => path.endsWith(".txt");
  expect(rows.filter(isNoted)).toHaveLength(10_000);
  expect(rows.at(-1)?.path).toBe("11999.txt");
  expect(rows.filter((row) => !isNoted(row))).toHaveLength(6);
  expect(lost).toEqual([]);
});
