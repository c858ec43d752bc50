import { expect, test } from "vitest";
import { ToldWorld } from "./told-world.ts";

test("a file that is written to as it was, and once more while that is read, is in Dropbox within seconds", async () => {
  const world = new ToldWorld();
  const { time, here, there } = world;
  here.write("file", "as it was");
  await world.rest();
  await time.advance(60_000);
  world.takes = { hash: 1_000 };
  world.calls = [];
  here.write("file", "as it was");
  for (let waited = 0; !world.calls.includes("hash") && waited < 5_000; waited += 10) await time.advance(10);
  await time.advance(50);
  here.write("file", "and another");
  await time.advance(10_000);
  expect(there.text("file")).toBe("and another");
});
