import { join } from "node:path";
import { type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { World } from "../../apps/cli/test/harness.ts";
import { PATIENT, status, until, why } from "./answers.ts";
import { expectBoth } from "./scenario.ts";

const MIB = 1024 * 1024;

/** A Dropbox of 8 MiB. */
let world: World;
let dropbox: RunningDropboxLocal;

beforeAll(async () => {
  world = new World();
  dropbox = await startDropboxLocal({
    dataFolder: join(world.folder, "dropbox"),
    port: 0,
    control: true,
    stats: true,
    quotaBytes: 8 * MIB,
  });
  world.ready = await dropbox.readyMade();
  await world.link();
  await world.ok("start", "--root", world.root, "--remote", "/A/B/C");
});
afterAll(async () => {
  await world.end();
  await dropbox.close();
});

test("Dropbox is full: that is said; what comes from it, moves and deletions go on, and uploads by themselves when there is room", {
  timeout: 90_000,
}, async () => {
  await world.upload("filler", new Uint8Array(6 * MIB));
  world.write("d/a.txt", "1");
  world.write("gone", "2");
  await world.settle();
  const large = "x".repeat(4 * MIB);
  world.write("large", large);
  await until(world, { state: "Dropbox full" });
  expect(await why(world, "large")).toMatchObject({ state: "pending" });
  expect((await world.run(["wait", "--timeout", "1"])).code).toBe(1);
  await world.upload("d/a.txt", "edited in Dropbox");
  await vi.waitFor(() => expect(world.diskTree()).toMatchObject({ "d/a.txt": "edited in Dropbox" }), PATIENT);
  await world.move("d", "moved");
  await world.remove("gone");
  await vi.waitFor(() => expect(Object.keys(world.diskTree())).toEqual(["filler", "large", "moved", "moved/a.txt"]), {
    ...PATIENT,
  });
  expect(await status(world)).toMatchObject({ state: "Dropbox full" });
  expect(Object.keys(await world.dropboxTree())).toEqual(["filler", "moved", "moved/a.txt"]);
  await world.remove("filler");
  await vi.waitFor(async () => expect(await status(world)).toMatchObject({ state: "up to date" }), {
    timeout: 60_000,
    interval: 1_000,
  });
  await expectBoth(world, { large, "moved/a.txt": "edited in Dropbox" });
});
