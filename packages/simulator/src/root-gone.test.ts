import type { RelativePath } from "@twinfold/engine";
import { expect, test } from "vitest";
import { ToldWorld } from "./told-world.ts";

test("an engine whose root is gone looks again from time to time, and goes on when it is back", async () => {
  const world = new ToldWorld();
  const { time, disk, here, there, host } = world;
  here.write("a", "one");
  await world.rest();
  disk.setMounted(false);
  host.engine?.announce(["a" as RelativePath]);
  world.calls = [];
  await time.advance(60_000);
  expect(host.defect).toBeUndefined();
  expect(host.engine?.status().state).toBe("needs attention");
  // A look takes several calls; an engine that never rests makes thousands.
  expect(world.calls.length).toBeGreaterThan(5);
  expect(world.calls.length).toBeLessThan(300);
  disk.setMounted(true);
  here.write("a", "two");
  await world.rest();
  expect(there.text("a")).toBe("two");
});
