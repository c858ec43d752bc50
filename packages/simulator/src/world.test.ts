import { expect, test } from "vitest";
import { runWorld } from "./world.ts";
import { optionsForSeed } from "./world-options.ts";

test("the same seed gives the same world, call by call", async () => {
  const options = optionsForSeed(14, 20);
  const [first, second] = [await runWorld(options), await runWorld(options)];
  expect(first.trace.length).toBeGreaterThan(100);
  expect(second.trace).toEqual(first.trace);
});

test("a script that was chosen can be played again", async () => {
  const options = optionsForSeed(14, 20);
  const { script } = await runWorld(options);
  expect((await runWorld({ ...options, script })).script).toEqual(script);
});
