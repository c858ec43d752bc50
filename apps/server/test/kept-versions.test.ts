import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ActivityEntry, ActivityPage, Undo } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eachStepStandsOnTheLast } from "../../../test/pages/each-step.ts";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { json } from "./people.ts";

vi.setConfig({ testTimeout: 120_000 });
eachStepStandsOnTheLast();

/** Where a version that sync took away is still to be had: in Dropbox, on disk, and in a snapshot when there is no Dropbox. */
let linked: LinkedServer;
beforeAll(async () => {
  linked = await startLinkedServer();
  mkdirSync(join(linked.root, "deep"), { recursive: true });
  put("deep/report.txt", "first");
  await linked.startApplication();
  await linked.becomes("up to date");
}, 120_000);
afterAll(() => linked.dispose());

const put = (name: string, content: string) => writeFileSync(join(linked.root, name), content);
const instance = () => `/api/instances/${linked.id}`;
const entry = (action: string, path: string, isIt: (one: ActivityEntry) => boolean = () => true) =>
  vi.waitFor(async () => {
    const { entries } = await json<ActivityPage>(linked.own.call("GET", `${instance()}/activity`));
    const found = entries.find((one) => one.action === action && one.path === path && isIt(one));
    if (found === undefined) throw new Error(`no ${action} of ${path}`);
    return found;
  }, PATIENCE);
const version = (id: string, which: string) => linked.own.call("GET", `${instance()}/activity/${id}/versions/${which}`);
async function undone(entryId: string): Promise<Undo> {
  const { id } = await json<{ id: string }>(linked.own.call("POST", `${instance()}/activity/${entryId}/undo`));
  return vi.waitFor(async () => {
    const { undos } = await json<{ undos: Undo[] }>(linked.own.call("GET", `${instance()}/undos`));
    const found = undos.find((one) => one.id === id);
    if (found === undefined || found.state === "running") throw new Error(`still ${JSON.stringify(found)}`);
    return found;
  }, PATIENCE);
}

test("each entry tells which versions it has, and both are to be had: the one from Dropbox, the other as it is on disk", async () => {
  const made = await entry("upload", "deep/report.txt");
  expect(made.versions).toEqual(["now"]);
  expect((await version(made.id, "was")).status).toBe(404);
  await json(linked.own.call("POST", `${instance()}/snapshots`, { note: "" }));
  put("deep/report.txt", "second, longer");
  const edited = await entry("upload", "deep/report.txt", ({ undo }) => undo === "possible");
  expect(edited.versions).toEqual(["was", "now"]);
  const was = await version(edited.id, "was");
  expect(await was.text()).toBe("first");
  expect(was.headers.get("content-disposition")).toContain("attachment");
  expect(was.headers.get("content-length")).toBe("5");
  expect(await (await version(edited.id, "now")).text()).toBe("second, longer");
  expect((await version("999999", "was")).status).toBe(404);
});

test("with Dropbox unlinked, a version that a snapshot has is shown and brought back from there, and no other", async () => {
  const edited = await entry("upload", "deep/report.txt", ({ undo }) => undo === "possible");
  put("saved.txt", "saved");
  await entry("upload", "saved.txt");
  await json(linked.own.call("POST", `${instance()}/snapshots`, { note: "" }));
  rmSync(join(linked.root, "saved.txt"));
  const deleted = await entry("delete", "saved.txt");
  // Made and gone since the last snapshot.
  put("brief.txt", "brief");
  await entry("upload", "brief.txt");
  rmSync(join(linked.root, "brief.txt"));
  const lost = await entry("delete", "brief.txt");
  await linked.own.call("POST", "/api/dropbox/unlink", {});

  expect(await (await version(edited.id, "was")).text()).toBe("first");
  expect(await json(version(lost.id, "was"))).toMatchObject({
    error: {
      code: "not-kept",
      message: "No Dropbox is linked that may have kept this version, and no snapshot has it.",
    },
  });
  expect(await undone(edited.id)).toMatchObject({ state: "done", inPlace: 1, missed: { count: 0 } });
  expect(readFileSync(join(linked.root, "deep/report.txt"), "utf8")).toBe("first");
  expect(await undone(deleted.id)).toMatchObject({ state: "done", inPlace: 1, missed: { count: 0 } });
  expect(readFileSync(join(linked.root, "saved.txt"), "utf8")).toBe("saved");
  const missed = await undone(lost.id);
  expect(missed).toMatchObject({ state: "done", inPlace: 0, missed: { count: 1 } });
  expect(missed.missed.files[0]?.why).toContain("no snapshot has it");
});

test("with neither a Dropbox nor a snapshot, the answer is to link one", async () => {
  const { snapshots } = await json<{ snapshots: { id: string }[] }>(linked.own.call("GET", `${instance()}/snapshots`));
  for (const { id } of snapshots) await linked.own.call("POST", `${instance()}/snapshots/${id}/delete`);
  const lost = await entry("delete", "brief.txt");
  expect(await json(linked.own.call("POST", `${instance()}/activity/${lost.id}/undo`))).toMatchObject({
    error: { code: "not-linked" },
  });
});
