import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { EXIT } from "../src/exit-codes.ts";
import { World } from "./harness.ts";

// Many commands a test, each a process that takes its time to start where others are busy.
vi.setConfig({ testTimeout: 120_000 });

/** More deletions than are done without a person's word (SPEC section 4). */
let world: World;
beforeAll(async () => {
  world = new World();
  await world.begin();
  for (let i = 0; i < 120; i++) world.write(`many/${i}`, `${i}`);
  await world.settle();
}, 120_000);
afterAll(() => world.end());

test("--yes-delete is for a start, and does what would be held", async () => {
  expect((await world.run(["start", "--yes-delete"])).code).toBe(EXIT.no);
  await world.ok("stop");
  rmSync(join(world.root, "many"), { recursive: true });
  await world.ok("start", "--yes-delete");
  await world.settle();
  expect(await world.dropboxTree()).toEqual({});
});
