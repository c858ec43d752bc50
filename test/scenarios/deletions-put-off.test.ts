import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { PATIENT } from "./answers.ts";
import { atRest, expectBoth, inOneWorld, theWorld } from "./scenario.ts";
import { dropboxOf } from "./sides.ts";

inOneWorld();
afterEach(() => theWorld().control("faults", {}, "DELETE"));

const BUSY = {
  status: 409,
  contentType: "application/json",
  body: JSON.stringify({
    error_summary: "path_write/too_many_write_operations/",
    error: { ".tag": "path_write", path_write: { ".tag": "too_many_write_operations" } },
  }),
};
const met = async () => JSON.stringify(await theWorld().control("faults", {}, "GET"));

/** Folders are deleted on disk, Dropbox says "not now" to that, and another client does something before it is asked again. */
async function deletedLate(
  fault: { readonly route: string; readonly [field: string]: unknown },
  folders: readonly string[],
  another: () => Promise<unknown>,
): Promise<void> {
  const world = theWorld();
  await atRest(world, { "d/a": "1", "e/b": "2", keep: "3" });
  await world.control("faults", [fault]);
  const before = await met();
  await world.tell("pause");
  for (const folder of folders) rmSync(join(world.root, folder), { recursive: true });
  await world.tell("resume");
  await expect.poll(met, { ...PATIENT, interval: 20 }).not.toBe(before);
  await another();
}

describe("Dropbox deletes a folder with whatever is in it by then: put off, it is looked again before", () => {
  test.each([
    ["asks for a pause", { route: "files/delete_v2", status: 429, retryAfter: 3 }],
    ["is unavailable", { route: "files/delete_v2", status: 503, retryAfter: 3 }],
    ["is busy", { route: "files/delete_v2", count: 4, ...BUSY }],
  ])("Dropbox %s: what another client has put there and edited meanwhile lives", async (_, fault) => {
    const world = theWorld();
    await deletedLate(fault, ["d"], async () => {
      await world.upload("d/new", "another's");
      await world.upload("d/a", "edited");
    });
    await expectBoth(world, { "d/new": "another's", "d/a": "edited", "e/b": "2", keep: "3" });
  });

  test("several at once: the one in which there is something new lives, the other goes", async () => {
    const world = theWorld();
    const fault = { route: "files/delete_batch", status: 429, retryAfter: 3 };
    await deletedLate(fault, ["d", "e"], () => world.upload("e/new", "another's"));
    await expectBoth(world, { "e/new": "another's", keep: "3" });
  });

  test("it is moved and filled meanwhile: it lives at its new place", async () => {
    const world = theWorld();
    await deletedLate({ route: "files/delete_v2", status: 429, retryAfter: 3 }, ["d"], async () => {
      await dropboxOf(world).move("d", "archive");
      await world.upload("archive/new", "another's");
    });
    await expectBoth(world, { "archive/a": "1", "archive/new": "another's", "e/b": "2", keep: "3" });
  });

  test("nobody does anything meanwhile: it goes", async () => {
    await deletedLate({ route: "files/delete_batch", status: 429, retryAfter: 1 }, ["d", "e"], async () => undefined);
    await expectBoth(theWorld(), { keep: "3" });
  });
});
