import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openConfig } from "../src/config.ts";
import { EXIT } from "../src/exit-codes.ts";
import { openHome } from "../src/home.ts";
import { World } from "./harness.ts";

// Many commands a test, each a process that takes its time to start where others are busy.
vi.setConfig({ testTimeout: 120_000 });

/** What the command says about a root for which nothing runs: two files are remembered, one of them is gone since. */
let world: World;
let state: string;

beforeAll(async () => {
  world = new World();
  await world.begin();
  world.write("kept.txt", "1");
  world.write("gone.txt", "2");
  world.write(".mignore", "*.tmp\n[a\n");
  symlinkSync("nowhere", join(world.root, "link"));
  await world.settle();
  await world.ok("stop");
  rmSync(join(world.root, "gone.txt"));
  state = join(world.home, "state", readdirSync(join(world.home, "state"))[0] ?? "");
}, 120_000);
afterAll(() => world.end());

test("plan says what a start would do: what was deleted meanwhile is deleted in Dropbox, not brought back", async () => {
  const before = readdirSync(state).sort();
  const { operations } = JSON.parse(await world.ok("plan", "--json")) as { operations: unknown[] };
  expect(operations).toMatchObject([{ direction: "up", action: "delete", path: "gone.txt" }]);
  expect(readdirSync(state).sort()).toEqual(before);
  expect(Object.keys(await world.dropboxTree())).toContain("gone.txt");
});

test("plan refuses the state of a newer version, as start does", async () => {
  const trees = join(state, "trees.db");
  copyFileSync(trees, `${trees}.kept`);
  const database = new DatabaseSync(trees);
  database.exec("PRAGMA user_version = 99");
  database.close();
  const ended = await world.run(["plan"]);
  copyFileSync(`${trees}.kept`, trees);
  rmSync(`${trees}.kept`);
  expect(ended).toMatchObject({ code: EXIT.newer, out: "" });
  expect(ended.err).toContain(trees);
});

test("status says what is remembered", async () => {
  expect(JSON.parse(await world.ok("status", "--json"))).toMatchObject({
    state: "stopped",
    notSynced: 1,
    conflicts: 0,
    lastSyncedAt: expect.stringMatching(/^20/),
    ignoreProblems: [{ line: 2, pattern: "[a" }],
  });
  expect(await world.ok("status")).toMatch(/^stopped: twinfold start\n(.|\n)*line 2 of \.mignore/);
});

test("pause takes effect from the next start on", async () => {
  expect(await world.ok("pause")).toContain("from the next start on");
  expect(await world.ok("resume")).toContain("from the next start on");
});

test("a root keeps its Dropbox folder: another one is refused, by start and by plan", async () => {
  for (const command of ["start", "plan"]) {
    const ended = await world.run([command, "--root", world.root, "--remote", "/Other"]);
    expect(ended).toMatchObject({ code: EXIT.usage, out: "" });
    expect(ended.err).toContain("/A/B/C");
    expect(ended.err).toContain("/Other");
  }
  expect((await world.run(["plan", "--root", world.root, "--remote", "/a/b/c"])).code).toBe(EXIT.ok);
});

test("a link stays with its server when the environment names none, and one to Dropbox itself always", async () => {
  const { operations } = JSON.parse((await world.run(["plan", "--json"], { TWINFOLD_DROPBOX_URL: "" })).out) as {
    operations: unknown[];
  };
  expect(operations).toHaveLength(1);
  const config = openConfig(openHome(world.env()));
  const link = config.link();
  if (link === null) throw new Error("not linked");
  config.saveLink({ ...link, dropboxUrl: undefined });
  vi.stubEnv("TWINFOLD_DROPBOX_URL", "http://127.0.0.1:1");
  expect(config.link()?.dropboxUrl).toBeUndefined();
  vi.unstubAllEnvs();
  config.saveLink(link);
});

test("a key that does not fit what was sealed with it", async () => {
  const key = join(world.home, "config", "secret.key");
  const before = readFileSync(key);
  writeFileSync(key, `${Buffer.alloc(32).toString("base64")}\n`);
  const ended = await world.run(["start"]);
  writeFileSync(key, before);
  expect(ended.code).toBe(EXIT.folder);
  expect(ended.err).toBe(`twinfold: ${key} does not fit ${join(world.home, "config", "twinfold.json")}: link again\n`);
});

test("forget lets go of a root, also of one whose folder is gone, and of what is remembered of it", async () => {
  const inner = join(world.root, "inner");
  mkdirSync(inner);
  expect((await world.run(["start", "--root", inner, "--remote", "/Inner"])).code).toBe(EXIT.root);
  await world.ok("forget", "--root", world.root);
  await world.ok("start", "--root", inner, "--remote", "/Inner");
  const other = join(world.folder, "other");
  mkdirSync(other);
  await world.ok("start", "--root", other, "--remote", "/Other");
  await world.ok("stop", "--root", inner);
  rmSync(inner, { recursive: true });
  // The one that is left is meant.
  expect(JSON.parse(await world.ok("status", "--json"))).not.toMatchObject({ state: "stopped" });
  await world.ok("forget", "--root", inner);
  await world.ok("forget");
  expect(readdirSync(join(world.home, "state"))).toEqual([]);
});
