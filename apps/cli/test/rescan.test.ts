import { askSession } from "@twinfold/session/control";
import { afterAll, beforeAll, expect, test } from "vitest";
import { secondsOrAsNeeded } from "../src/arguments.ts";
import { EXIT } from "../src/exit-codes.ts";
import { openHome, socketPath } from "../src/home.ts";
import { World } from "./harness.ts";

const world = new World();

beforeAll(() => world.begin());
afterAll(() => world.end());

async function expectUnheard(unheard: unknown): Promise<void> {
  const socket = socketPath(openHome(world.env()), world.root);
  const status = () => askSession(socket, { command: "status" });
  await expect.poll(status, { timeout: 20_000 }).toMatchObject({ state: "up to date", unheard });
}

test("--rescan says that others write unheard where nothing else does, from a start on, until it is said otherwise", {
  timeout: 90_000,
}, async () => {
  await expectUnheard(null);
  const refused = await world.run(["start", "--rescan", "300"]);
  expect([refused.code, refused.err]).toEqual([EXIT.no, expect.stringContaining("stop it first")]);
  await world.ok("stop");
  await world.ok("start", "--rescan", "300");
  const set = {
    places: [],
    withinMinutes: 6,
    message:
      "All files are looked at again and again, as it was set: changes by other machines are found within 6 minutes.",
  };
  await expectUnheard(set);
  await world.ok("stop");
  await world.ok("start");
  await expectUnheard(set);
  await world.ok("stop");
  await world.ok("start", "--rescan", "auto");
  await expectUnheard(null);
});

test("it takes whole seconds up to a day, or auto", () => {
  expect(["1", "86400", "auto"].map(secondsOrAsNeeded)).toEqual([1, 86_400, "auto"]);
  for (const word of ["0", "1.5", "86401", "often", "", " "])
    expect(() => secondsOrAsNeeded(word)).toThrow(/whole seconds/);
});
