import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MAXIMUM_PAGE_ENTRIES } from "@twinfold/dropbox-rules";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { World } from "../../apps/cli/test/harness.ts";
import { PATIENT } from "./answers.ts";
import { readable } from "./sides.ts";

/** 600 small files, at three depths of 40 folders. */
const FILES: Record<string, string> = {};
for (let number = 0; number < 600; number++) {
  const top = `top ${number % 4}`;
  const folder = ["", `/a${number % 7}`, `/a${number % 7}/b${number % 3}`][number % 3];
  FILES[`${top}${folder}/file ${number}.txt`] = `content ${number}`;
}

let one: World;
let other: World;
beforeAll(async () => {
  one = new World();
  await one.begin();
  other = one.beside();
  await other.link();
});
afterAll(async () => {
  await other?.end();
  await one?.end();
});

/** How many requests each route of contents took since the last count, where any. */
async function contents(): Promise<Record<string, number>> {
  const requests = await one.requests();
  await one.control("stats", {}, "DELETE");
  return Object.fromEntries(Object.entries(requests).filter(([route]) => /^files\/(up|down)load/.test(route)));
}

test("many small files go to Dropbox in a few batches, and come to another machine as zip files of whole folders", async () => {
  await contents();
  for (const [path, content] of Object.entries(FILES)) one.write(path, content);
  await one.settle();
  const up = await contents();
  expect(up["files/upload"] ?? 0).toBeLessThan(60);
  expect(Object.values(up).reduce((sum, count) => sum + count, 0)).toBeLessThan(100);

  await other.ok("start", "--root", other.root, "--remote", "/A/B/C");
  await other.settle();
  const files = Object.fromEntries(
    Object.entries(readable(other.diskTree())).filter(([, content]) => content !== null),
  );
  expect(files).toEqual(FILES);
  const down = await contents();
  expect(down["files/download_zip"]).toBeGreaterThan(0);
  expect(Object.values(down).reduce((sum, count) => sum + count, 0)).toBeLessThan(10);
});

test("a folder that is copied on disk is copied in Dropbox: whole, or what is seen of it while the disk takes its time", async () => {
  await contents();
  cpSync(join(one.root, "top 0"), join(one.root, "copy"), { recursive: true });
  await one.settle();
  const requests = await one.requests();
  expect(Object.keys(requests).filter((route) => route.startsWith("files/upload_session"))).toEqual([]);
  const { "files/upload": sent, "files/copy_v2": copies, "files/copy_batch_v2": batches } = requests;
  expect(sent ?? 0).toBeLessThan(30);
  expect((copies ?? 0) + (batches ?? 0)).toBeGreaterThan(0);
  const copied = Object.entries(FILES).filter(([path]) => path.startsWith("top 0/"));
  expect(copied.length).toBeGreaterThan(100);
  const there = await one.dropboxTree();
  for (const [path, content] of copied) expect(there[path.replace("top 0", "copy")]).toBe(content);
  rmSync(join(one.root, "copy"), { recursive: true });
  await one.settle();
});

test("a few that change among them come one by one", async () => {
  await contents();
  const changed = Object.keys(FILES).slice(0, 3);
  for (const path of changed) one.write(path, `${path} again`);
  await one.settle();
  await vi.waitFor(async () => {
    await other.settle();
    for (const path of changed) expect(readable(other.diskTree())[path]).toBe(`${path} again`);
  }, PATIENT);
  const down = await contents();
  expect([down["files/download"], down["files/download_zip"]]).toEqual([3, undefined]);
});

test("a later page of a whole listing fails, and the engine is killed amid it: what was not listed is not deleted", async () => {
  for (let number = 0; number < 1_600; number++) mkdirSync(join(one.root, `folders/${number}`), { recursive: true });
  await one.settle();
  await other.settle();
  // What fails is the other's listing.
  await one.ok("stop");
  await other.ok("stop");
  const before = readable(one.diskTree());
  expect(Object.keys(before).length).toBeGreaterThan(MAXIMUM_PAGE_ENTRIES);
  const met = async () => ((await one.control("faults", {}, "GET")) as { met: Record<string, number> }).met;
  const failed = (await met())["status 500"] ?? 0;
  // The first is told that its cursor was reset.
  await one.control("faults", [
    { route: "files/list_folder/continue", skip: 1, status: 500, count: 3 },
    { route: "files/list_folder/continue", skip: 1, cut: "midway" },
    { route: "files/list_folder/continue", skip: 1, status: 503 },
  ]);
  await one.remove("top 3/file 3.txt");
  await one.control("reset-cursors", { accountId: one.grant().accountId });
  await other.ok("start");
  await expect.poll(async () => (await met())["status 500"] ?? 0, PATIENT).toBeGreaterThan(failed);
  process.kill(other.daemonPid(), "SIGKILL");
  await one.ok("start");
  await other.ok("start");
  const { "top 3/file 3.txt": gone, ...left } = before;
  expect(gone).toBeDefined();
  await vi.waitFor(async () => {
    await one.settle();
    await other.settle();
    expect(readable(one.diskTree())).toEqual(left);
  }, PATIENT);
  expect(readable(other.diskTree())).toEqual(left);
  expect(await one.dropboxTree()).toEqual(left);
}, 120_000);
