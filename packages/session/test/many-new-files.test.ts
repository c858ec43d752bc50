import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RelativePath } from "@twinfold/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EngineOnDisk } from "./engine-on-disk.ts";

/** More new files than are planned at a time. */
const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const AT_A_TIME = 2;

let world: EngineOnDisk;
beforeEach(() => {
  world = new EngineOnDisk();
  for (const name of NAMES) writeFileSync(join(world.root, name), name);
});
afterEach(() => world.end());

test("those that wait for their turn are counted, planned and told of as all others are, and come in the end", async () => {
  const engine = world.start({ transfersAtATime: AT_A_TIME });
  engine.pause();
  const planned = async () => (await engine.plan()).operations.length;
  await expect.poll(planned, { timeout: 20_000 }).toBe(NAMES.length);
  expect(engine.status().pending).toEqual({ up: NAMES.length, down: 0 });
  const { operations } = await engine.plan();
  expect(operations.map(({ action, path, reason }) => [action, path, reason]).sort()).toEqual(
    NAMES.map((name) => ["upload", name, "new on disk"]),
  );
  const answers = await engine.whyIn("" as RelativePath, NAMES);
  expect(answers.map(({ state }) => state)).toEqual(NAMES.map(() => "pending"));
  expect(answers.filter(({ reason }) => reason.includes("others go first")).length).toBeGreaterThan(NAMES.length / 2);
  engine.resume();
  expect(await engine.wait(20)).toBe(true);
  expect(engine.status().pending).toEqual({ up: 0, down: 0 });
  for (const name of NAMES) expect(world.dropbox.lookup(`A/${name}`), name).toBeDefined();
});
