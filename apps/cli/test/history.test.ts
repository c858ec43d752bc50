import { rmSync } from "node:fs";
import { join } from "node:path";
import type { PathHistory } from "@twinfold/session";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Restored } from "../src/commands/history.ts";
import { EXIT } from "../src/exit-codes.ts";
import { World } from "./harness.ts";

// Many commands a test, each a process that takes its time to start where others are busy.
vi.setConfig({ testTimeout: 120_000 });

let world: World;
beforeAll(async () => {
  world = new World();
  await world.begin();
  for (const text of ["first", "the second"]) {
    world.write("notes/a.txt", text);
    await world.settle();
  }
}, 120_000);
afterAll(() => world.end());

const history = async (path: string, ...more: string[]) =>
  JSON.parse(await world.ok("history", path, "--json", ...more)) as PathHistory;

test("the versions of a file are listed, newest first, for people and for programs", async () => {
  const { versions, isDeleted, more } = await history("notes/a.txt");
  expect(versions.map(({ size }) => size)).toEqual([10, 5]);
  expect([isDeleted, more]).toEqual([false, false]);
  const lines = (await world.ok("history", "notes/a.txt")).trim().split("\n");
  expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ +10 B {2}[0-9a-f]+ {2}now$/);
  expect(lines[1]).toContain(versions[1]?.rev);
  expect((await history("notes/a.txt", "-n", "1")).more).toBe(true);
});

test("a version comes back in Dropbox and on disk, and the one it replaces is kept there too", async () => {
  const [second, first] = (await history("notes/a.txt")).versions;
  const said = await world.ok("restore", "notes/a.txt", "--rev", first?.rev ?? "");
  expect(said).toContain("notes/a.txt is again as of");
  expect(said).not.toContain("not on disk yet");
  expect(world.diskTree()).toMatchObject({ "notes/a.txt": "first" });
  expect(await world.dropboxTree()).toMatchObject({ "notes/a.txt": "first" });
  const restored = JSON.parse(
    await world.ok("restore", "notes/a.txt", "--rev", second?.rev ?? "", "--json"),
  ) as Restored;
  expect(restored).toMatchObject({ path: "notes/a.txt", size: 10, onDisk: true });
  expect(world.diskTree()).toMatchObject({ "notes/a.txt": "the second" });
});

test("what was deleted comes back without a version named, with no daemon too", async () => {
  rmSync(join(world.root, "notes"), { recursive: true });
  await world.settle();
  expect((await history("notes/a.txt")).isDeleted).toBe(true);
  expect(await world.ok("history", "notes/a.txt")).toContain("notes/a.txt was deleted");
  await world.ok("stop");
  expect(await world.ok("restore", "notes/a.txt")).toContain("it is in Dropbox, and not on disk yet");
  await world.ok("start");
  await world.settle();
  expect(world.diskTree()).toMatchObject({ "notes/a.txt": "the second" });
});

test("what can't be is said, by a code and a line that names it", async () => {
  const ends = async (code: number, says: string, ...args: string[]) => {
    const ended = await world.run(args);
    expect([args, ended.code, ended.out]).toEqual([args, code, ""]);
    expect(ended.err).toContain(says);
  };
  await ends(EXIT.no, "Dropbox has kept nothing of never", "history", "never");
  await ends(EXIT.no, "notes is a folder in Dropbox", "history", "notes");
  await ends(EXIT.usage, "../out is nothing in", "history", "../out");
  await ends(EXIT.usage, "It takes 1 to 100", "history", "notes/a.txt", "-n", "101");
  await ends(EXIT.usage, "notes/a.txt is there: say which version with --rev", "restore", "notes/a.txt");
  await ends(EXIT.no, "Dropbox has no version 0123 of notes/a.txt", "restore", "notes/a.txt", "--rev", "0123");
  world.write(".mignore", "*.log\n");
  await ends(EXIT.no, "old.log is ignored", "restore", "old.log");
});
