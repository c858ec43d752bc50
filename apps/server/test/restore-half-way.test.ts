import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { json } from "./people.ts";

/** Milliseconds in which a session that runs would have carried what is missing on disk. */
const LONG_ENOUGH = 4_000;

let world: LinkedServer;
beforeAll(async () => {
  world = await startLinkedServer();
}, 120_000);
afterAll(() => world.dispose());

const restoring = async () =>
  (await json<{ restoring: string | null }>(world.own.call("GET", `/api/instances/${world.id}/snapshots`))).restoring;

test("while a restore has stopped half way nothing runs, syncs or is written there; it is finished once it can be", {
  timeout: 180_000,
}, async () => {
  const { own, id, root } = world;
  const saved = join(own.folder, "files/.snapshots", id);
  const ofOne = createHash("sha256").update("one").digest("hex");
  const content = join(saved, "contents", ofOne.slice(0, 2), ofOne.slice(2));
  await own.call("POST", `/api/instances/${id}/always-on`, { on: true });
  await world.becomes("up to date");
  const files = (content: string) => ({ "a.txt": content, "b.txt": content });
  const put = async (content: string) => {
    for (const name of ["a.txt", "b.txt"]) writeFileSync(join(root, name), content);
    await vi.waitFor(async () => expect(await world.inDropbox()).toEqual(files(content)), PATIENCE);
  };
  await put("one");
  const first = await json<{ id: string }>(own.call("POST", `/api/instances/${id}/snapshots`, { note: "first" }));
  await put("a second version");

  const restored = own.call("POST", `/api/instances/${id}/snapshots/${first.id}/restore`, {});
  while (!existsSync(join(saved, "restore/journal.json"))) await setImmediate();
  // As by a disk that is gone for a while.
  renameSync(content, join(own.folder, "away"));
  for (const name of readdirSync(join(saved, "restore")).filter((one) => one.startsWith("new-")))
    rmSync(join(saved, "restore", name));
  expect((await restored).status).toBe(503);
  expect(await json(await restored)).toMatchObject({
    error: { code: "half-restored", message: expect.stringContaining("stopped half way") },
  });

  const isHeld = async () => {
    await sleep(LONG_ENOUGH);
    expect(readdirSync(root).filter((name) => name.endsWith(".txt"))).toEqual([]);
    expect(await world.inDropbox()).toEqual(files("a second version"));
    expect(await restoring()).toContain("stopped half way");
    expect((await own.call("GET", `/api/instances/${id}/snapshots/${first.id}/files`)).status).toBe(200);
    expect((await own.call("GET", `/api/instances/${id}/files?path=`)).status).toBe(200);
    expect((await own.call("POST", `/api/instances/${id}/application`)).status).toBe(409);
    expect((await own.call("POST", `/api/instances/${id}/snapshots`, { note: "" })).status).toBe(409);
  };
  await isHeld();
  await own.restart();
  await isHeld();

  renameSync(join(own.folder, "away"), content);
  await vi.waitFor(async () => expect(await restoring()).toBeNull(), PATIENCE);
  expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("one");
  await vi.waitFor(async () => expect(await world.inDropbox()).toEqual(files("one")), PATIENCE);
  const again = await own.call("POST", `/api/instances/${id}/snapshots/${first.id}/restore`, {});
  expect(await json(again)).toMatchObject({ reached: true, refused: { count: 0, paths: [] } });
});
