import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ActivityPage, Snapshot } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { json } from "./people.ts";

let linked: LinkedServer;
let then: Snapshot;
const file = () => join(linked.root, "paper.tex");
const call = (body: unknown) =>
  linked.own.call("POST", `/api/instances/${linked.id}/snapshots/${then.id}/restore`, body);
const snapshots = async () =>
  (await json<{ snapshots: Snapshot[] }>(linked.own.call("GET", `/api/instances/${linked.id}/snapshots`))).snapshots;

beforeAll(async () => {
  linked = await startLinkedServer();
  await linked.own.call("POST", `/api/instances/${linked.id}/always-on`, { on: true });
  // By then its folder is there.
  await linked.becomes("up to date");
  writeFileSync(file(), "then");
  await vi.waitFor(async () => expect(await linked.inDropbox()).toEqual({ "paper.tex": "then" }), PATIENCE);
  then = await json<Snapshot>(linked.own.call("POST", `/api/instances/${linked.id}/snapshots`, { note: "then" }));
  writeFileSync(file(), "now");
  writeFileSync(join(linked.root, "since.txt"), "since");
  await vi.waitFor(
    async () => expect(await linked.inDropbox()).toEqual({ "paper.tex": "now", "since.txt": "since" }),
    PATIENCE,
  );
}, 60_000);
afterAll(() => linked.dispose());

test("a copy that can't be made keeps the restore from being done, and sync goes on", async () => {
  const body = { error_summary: "insufficient_quota/..", error: { ".tag": "insufficient_quota" } };
  await linked.control("faults", { route: "files/copy_v2", count: 1, status: 409, body: JSON.stringify(body) });
  const refused = await call({ copyInDropbox: true });
  expect([refused.status, await refused.json()]).toEqual([
    409,
    {
      error: {
        code: "no-copy",
        message: expect.stringMatching(/could not be made, so nothing was changed\. The Dropbox is full/),
      },
    },
  ]);
  expect(readFileSync(file(), "utf8")).toBe("now");
  expect(await snapshots()).toHaveLength(1);
  writeFileSync(file(), "after");
  await vi.waitFor(async () => expect(await linked.inDropbox()).toMatchObject({ "paper.tex": "after" }), PATIENCE);
});

test("asked for, a full copy of the folder in Dropbox is kept beside it, and told of", async () => {
  const { remotePath } = await linked.instance();
  const { copy } = await json<{ copy: string }>(call({ copyInDropbox: true }));
  expect(copy.slice(remotePath.length)).toMatch(/^ \(before a restore \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d UTC\)$/);
  await vi.waitFor(async () => expect(await linked.inDropbox()).toEqual({ "paper.tex": "then" }), PATIENCE);
  expect(await linked.inDropbox(copy)).toEqual({ "paper.tex": "after", "since.txt": "since" });
  const { entries } = await json<ActivityPage>(linked.own.call("GET", `/api/instances/${linked.id}/activity`));
  expect(entries.find(({ action }) => action === "restore")?.reason).toBe(
    `from the snapshot "then"; what Dropbox had is kept there, in ${copy}`,
  );
});

test("without being asked for there is none; and none where no Dropbox is linked", async () => {
  expect(await json(call({}))).toMatchObject({ copy: null });
  expect((await linked.own.call("POST", "/api/dropbox/unlink")).status).toBe(200);
  const refused = await call({ copyInDropbox: true });
  expect([refused.status, await refused.json()]).toMatchObject([
    409,
    { error: { message: expect.stringMatching(/No Dropbox of yours is linked/) } },
  ]);
});
