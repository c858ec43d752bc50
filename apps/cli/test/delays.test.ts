import { askSession } from "@twinfold/session/control";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openHome, socketPath } from "../src/home.ts";
import { World } from "./harness.ts";

const world = new World();

beforeAll(() => world.begin());
afterAll(() => world.end());

async function untilMeasured(direction: "up" | "down", count: number): Promise<void> {
  const socket = socketPath(openHome(world.env()), world.root);
  const counted = async () => (await askSession(socket, { command: "status" }))?.delays?.[direction]?.count;
  await expect.poll(counted, { timeout: 20_000 }).toBe(count);
}

test("status says how long saved files took to be on the other side, once there were some", {
  timeout: 90_000,
}, async () => {
  expect(await world.ok("status")).not.toContain("usually");
  expect(JSON.parse(await world.ok("status", "--json"))).toMatchObject({ state: "up to date", delays: null });

  const before = performance.now();
  world.write("a.txt", "1");
  await untilMeasured("up", 1);
  world.write("a.txt", "2");
  await untilMeasured("up", 2);
  const { delays } = JSON.parse(await world.ok("status", "--json"));
  const { up } = delays;
  expect(delays).toEqual({ up, down: null, message: expect.stringMatching(/^A saved file .* \(last 2 changes\)\.$/) });
  expect(up.median).toBeGreaterThan(0);
  expect(up.percentile95).toBeGreaterThanOrEqual(up.median);
  // No more than what it took us to hear of it.
  expect(up.percentile95).toBeLessThan(performance.now() - before);

  await world.upload("b.txt", "1");
  await untilMeasured("down", 1);
  expect(world.diskTree()).toEqual({ "a.txt": "2", "b.txt": "1" });
  expect(await world.ok("status")).toMatch(
    /^A saved file is in Dropbox after [\d.]+ s, usually; a change there is here after [\d.]+ s \(last 2 and 1 changes\)\.$/m,
  );

  await world.ok("stop");
  expect(JSON.parse(await world.ok("status", "--json"))).toMatchObject({ state: "stopped", delays: null });
});
