import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { EXIT } from "../src/exit-codes.ts";
import { World } from "./harness.ts";

// Many commands a test, each a process that takes its time to start where others are busy.
vi.setConfig({ testTimeout: 120_000 });

let world: World;
const copies = async () => JSON.parse(await world.ok("conflicts", "--json")) as string[];
const copyOf = async (name: string) => (await copies()).find((one) => one.startsWith(name)) ?? "";
beforeAll(async () => {
  world = new World();
  await world.begin();
  await world.ok("pause");
  for (const name of ["a", "b", "c"]) {
    await world.upload(`${name}.txt`, "theirs");
    world.write(`${name}.txt`, "mine");
  }
  await world.ok("resume");
  await world.settle();
}, 120_000);
afterAll(() => world.end());

test("each of three conflicts is settled in its own way, and both sides have it so", async () => {
  expect(await copies()).toHaveLength(3);
  const mine = await copyOf("a");
  expect(await world.ok("conflicts", mine, "--keep", "mine")).toContain("a.txt has your version now");
  expect(await world.ok("conflicts", await copyOf("b"), "--keep", "theirs")).toContain("b.txt has the other version");
  const { path } = JSON.parse(await world.ok("conflicts", await copyOf("c"), "--keep", "both", "--json"));
  expect(path).toMatch(/^c \(.+'s version\)\.txt$/);
  await world.settle();
  const settled = { "a.txt": "mine", "b.txt": "theirs", "c.txt": "theirs", [path]: "mine" };
  expect([world.diskTree(), await world.dropboxTree()]).toEqual([settled, settled]);
  expect(await copies()).toEqual([]);
  // What was given up is among the versions that Dropbox keeps.
  expect(JSON.parse(await world.ok("history", "a.txt", "--json")).versions).toHaveLength(2);

  const again = await world.run(["conflicts", mine, "--keep", "mine"]);
  expect([again.code, again.err]).toEqual([EXIT.no, "twinfold: There is no such conflict copy any more.\n"]);
  expect((await world.run(["conflicts", "a.txt"])).code).toBe(EXIT.usage);
  expect((await world.run(["conflicts", "--keep", "mine"])).code).toBe(EXIT.usage);
  expect((await world.run(["conflicts", "a.txt", "--keep", "neither"])).code).toBe(EXIT.usage);
  await world.ok("stop");
  expect(existsSync(join(world.root, ".twinfold"))).toBe(false);
});
