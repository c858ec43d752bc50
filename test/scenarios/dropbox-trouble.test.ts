import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openHome, stateFolder } from "../../apps/cli/src/home.ts";
import type { World } from "../../apps/cli/test/harness.ts";
import { PATIENT, until } from "./answers.ts";
import { atRest, expectBoth, inOneWorld, theWorld } from "./scenario.ts";
import { diskOf, dropboxOf, fill, type Tree } from "./sides.ts";

/** What goes wrong in Dropbox while something is under way. More of it, by chance, is `npm run torture`'s. */
inOneWorld();

const files = (folder: string, count: number): Tree =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/${i}`, `${folder} ${i}`]));

/** Slow enough that there is a middle. */
const slow = (latencyMs: number) => theWorld().control("conditions", { latencyMs });

/** A new access token, as the refresh token gives it. */
async function renewed(world: World): Promise<unknown> {
  const { url, appKey, appSecret, refreshToken } = world.grant();
  const body = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: refreshToken,
    client_id: appKey,
    client_secret: appSecret,
  });
  return (await fetch(`${url}/oauth2/token`, { method: "POST", body })).json();
}

test("every cursor is reset while files go up and down: all arrive, once", async () => {
  const world = theWorld();
  await atRest(world, { "d/a": "1", "d/b": "2", "e/c": "3" });
  await world.ok("pause");
  await fill(dropboxOf(world), files("down", 12));
  await fill(diskOf(world), files("up", 12));
  await world.remove("d/a");
  rmSync(join(world.root, "e"), { recursive: true });
  await slow(300);
  await world.ok("resume");
  for (let reset = 0; reset < 5; reset++) {
    if (reset < 2) await until(world, { state: "syncing" });
    await world.control("reset-cursors", { accountId: world.grant().accountId });
    await world.control("end-polls");
  }
  await slow(0);
  await expectBoth(world, { "d/b": "2", ...files("down", 12), ...files("up", 12) });
});

test("the link is taken back in the middle of an upload: it says reconnect, and goes on once it is linked again", async () => {
  const world = theWorld();
  await atRest(world, { "a.txt": "1" });
  const port = Number(new URL(world.grant().url).port);
  await slow(1_000);
  world.write("large", "x".repeat(12 * 1024 * 1024));
  world.write("a.txt", "2");
  await until(world, { state: "syncing" });
  const { accountId, appKey } = world.grant();
  await world.control("revoke-link", { accountId, appKey });
  await until(world, { state: "reconnect" });
  world.write("b.txt", "3");
  // A local Dropbox whose ready-made grant was taken back makes a new one when it starts.
  await world.killDropbox();
  await world.startDropbox(port);
  await world.ok("stop");
  await world.link();
  await world.ok("start");
  await expectBoth(world, { "a.txt": "2", "b.txt": "3", large: "x".repeat(12 * 1024 * 1024) });
});

test("access tokens expire again and again while files go up and down: nobody notices", async () => {
  const world = theWorld();
  await atRest(world, { "a.txt": "1" });
  await slow(100);
  await world.control("stats", {}, "DELETE");
  await fill(diskOf(world), files("up", 12));
  await fill(dropboxOf(world), files("down", 12));
  for (let time = 0; time < 5; time++) {
    await world.control("expire-access-tokens");
    await world.control("end-polls");
    world.write("a.txt", `${time}`);
    await until(world, { state: "syncing" });
  }
  await slow(0);
  // This process has the first token still, which is good no more.
  const { access_token } = (await renewed(world)) as { access_token: string };
  world.ready = { ...world.grant(), accessToken: access_token };
  await expectBoth(world, { "a.txt": "4", ...files("up", 12), ...files("down", 12) });
  expect((await world.requests())["oauth2/token"]).toBeGreaterThan(1);
});

test("Dropbox says that it is too much, and then that it is out of order: sync waits as it is told, and all arrives, once", async () => {
  const world = theWorld();
  await atRest(world, { "d/a": "1", "d/b": "2" });
  const met = async () => ((await world.control("faults", {}, "GET")) as { met: Record<string, number> }).met;
  const before = await met();
  await world.control("faults", [
    { route: "files/*", count: 3, status: 429, retryAfter: 1 },
    { route: "files/*", count: 2, status: 503 },
  ]);
  await fill(diskOf(world), files("up", 12));
  await diskOf(world).move("d", "e");
  await expect.poll(met, PATIENT).toMatchObject({
    "status 429": (before["status 429"] ?? 0) + 3,
    "status 503": (before["status 503"] ?? 0) + 2,
  });
  await expectBoth(world, { "e/a": "1", "e/b": "2", ...files("up", 12) });
});

test("what arrives with a bit flipped, or cut in the middle, never lands; it is asked for again", async () => {
  const world = theWorld();
  await atRest(world, { "a.txt": "1" });
  await world.control("faults", [
    { route: "files/download", corrupt: true },
    { route: "files/download", cut: "midway" },
  ]);
  await world.upload("a.txt", "edited in Dropbox");
  await expectBoth(world, { "a.txt": "edited in Dropbox" });
});

test("a listing fails again and again while nothing is remembered: both sides are united all the same", async () => {
  const world = theWorld();
  await atRest(world, { "d/a": "1", "d/b": "2", c: "3" });
  await world.ok("stop");
  rmSync(stateFolder(openHome(world.env()), world.root), { recursive: true });
  await world.control("faults", [
    { route: "files/list_folder", status: 500, count: 2 },
    { route: "files/list_folder", cut: "midway" },
    { route: "files/list_folder", status: 503 },
  ]);
  await world.ok("start");
  await expectBoth(world, { "d/a": "1", "d/b": "2", c: "3" });
});

test("a listing tells of something in a way that nobody knows: what is there on disk is not deleted", async () => {
  const world = theWorld();
  await atRest(world, { "d/odd": "1", "d/beside": "2", "odd folder/a": "3", c: "4" });
  await world.control("faults", {}, "DELETE");
  const { accountId } = world.grant();
  // Of one not even the place can be read; then only that nothing is told of what is lacking can be believed.
  for (const more of [["surprise"], []]) {
    await world.ok("stop");
    await world.control("reset-cursors", { accountId });
    const listed = (await world.api("files/list_folder", { path: "/A/B/C", recursive: true })) as {
      entries: { name: string }[];
    };
    const told = listed.entries
      .filter(({ name }) => name !== "a" && name !== "beside")
      .map((one) => (/^odd/.test(one.name) ? { ...one, ".tag": "hologram" } : one));
    const body = JSON.stringify({ ...listed, entries: [...told, ...more] });
    await world.control("faults", [{ route: "files/list_folder", status: 200, contentType: "application/json", body }]);
    await world.ok("start");
    await world.settle();
    const tree = world.diskTree();
    expect(tree).toMatchObject({ "d/odd": "1", "odd folder/a": "3", c: "4" });
    expect(Object.keys(tree).includes("d/beside")).toBe(more.length > 0);
  }
});

test("a connection is cut after something was done, before it was said: it is not done twice", async () => {
  const world = theWorld();
  await atRest(world, { "d/a": "1", "gone/b": "2", "old.txt": "3" });
  await world.control("faults", {}, "DELETE");
  await world.ok("pause");
  await fill(diskOf(world), { "d/new": "4", "old.txt": "5" });
  await diskOf(world).move("d", "moved");
  await diskOf(world).remove("gone");
  const written = ["upload", "upload_session/finish_batch_v2", "move_v2", "move_batch_v2", "delete_v2", "delete_batch"];
  await world.control(
    "faults",
    written.map((route) => ({ route: `files/${route}`, cut: "after" })),
  );
  await world.ok("resume");
  await expectBoth(world, { "moved/a": "1", "moved/new": "4", "old.txt": "5" });
  const { met } = (await world.control("faults", {}, "GET")) as { met: Record<string, number> };
  expect(met["cut after"]).toBeGreaterThanOrEqual(3);
  const { entries } = (await world.api("files/list_revisions", { path: "/A/B/C/old.txt" })) as { entries: unknown[] };
  expect(entries).toHaveLength(2);
  await world.control("faults", {}, "DELETE");
});
