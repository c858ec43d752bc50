import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Instance } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

let linked: LinkedServer;
let me: string;
const alwaysOn = (on: boolean, person: Pick<Person, "call"> = linked.own) =>
  person.call("POST", `/api/instances/${linked.id}/always-on`, { on });
/** As the Files page uploads. */
const upload = (name: string, content: string) =>
  linked.own.call("PUT", `/api/instances/${linked.id}/file?area=workspace&path=${name}`, content);
const isInDropbox = (name: string, content: string) =>
  vi.waitFor(async () => expect(await linked.inDropbox()).toMatchObject({ [name]: content }), PATIENCE);
const stateFolder = () => join(linked.own.folder, "personal", me, ".local/share/twinfold", linked.id);
/** Grows with each session that begins there. */
const session = (): number => JSON.parse(readFileSync(join(stateFolder(), "lease.json"), "utf8")).token;
const stop = async () =>
  linked.own.call("POST", `/api/applications/${(await linked.instance()).applications[0]?.id}/stop`);

beforeAll(async () => {
  linked = await startLinkedServer();
  me = (await json<{ id: string }>(linked.own.call("GET", "/api/me"))).id;
}, 120_000);
afterAll(() => linked.dispose());

test("what is uploaded with no application running comes to Dropbox, and the reverse", async () => {
  expect((await linked.instance()).alwaysOn).toBe(false);
  const answer = await json<Instance>(alwaysOn(true));
  expect(answer).toMatchObject({ alwaysOn: true, applications: [] });
  await linked.becomes("up to date");
  await upload("uploaded.txt", "from the browser");
  await isInDropbox("uploaded.txt", "from the browser");
  await linked.putInDropbox("laptop.txt", "from elsewhere");
  await vi.waitFor(() => expect(existsSync(join(linked.root, "laptop.txt"))).toBe(true), PATIENCE);
});

test("it goes on by itself when the server is there again", async () => {
  await linked.own.restart();
  await linked.becomes("up to date");
  await upload("later.txt", "after the restart");
  await isInDropbox("later.txt", "after the restart");
  expect((await linked.instance()).applications).toEqual([]);
});

test("an application that starts, and one that stops, leave the session that runs alone", async () => {
  const before = session();
  await linked.startApplication();
  await linked.becomes("up to date");
  await upload("with an application.txt", "both");
  await isInDropbox("with an application.txt", "both");
  await stop();
  await linked.becomes("up to date");
  expect(session()).toBe(before);
});

test("where the engine's state was deleted meanwhile, an application that starts begins a session anew", async () => {
  rmSync(stateFolder(), { recursive: true });
  await linked.startApplication();
  await vi.waitFor(() => expect(existsSync(join(stateFolder(), "trees.db"))).toBe(true), PATIENCE);
  await linked.becomes("up to date");
  await upload("anew.txt", "compared, and found the same");
  await isInDropbox("anew.txt", "compared, and found the same");
  expect(Object.keys(await linked.inDropbox()).filter((name) => name.includes("conflict"))).toEqual([]);
  await stop();
});

test("a restore goes through a session that is always on, which then goes on", async () => {
  const at = `/api/instances/${linked.id}/snapshots`;
  await upload("draft.txt", "first");
  const { id } = await json<{ id: string }>(linked.own.call("POST", at, { note: "" }));
  await upload("draft.txt", "second");
  await isInDropbox("draft.txt", "second");
  const restored = await linked.own.call("POST", `${at}/${id}/restore`, {});
  expect(await json(restored)).toMatchObject({ reached: true });
  await isInDropbox("draft.txt", "first");
  await upload("draft.txt", "third");
  await isInDropbox("draft.txt", "third");
});

test("what is archived stays in Dropbox and follows no longer; once it is back, what changed on either side comes", async () => {
  const archive = (archived: boolean) =>
    linked.own.call("POST", `/api/administration/instance/${linked.id}/archive`, { archived });
  const before = await linked.inDropbox();
  expect((await archive(true)).status).toBe(200);
  // No session is left, which would hold it.
  expect(existsSync(join(stateFolder(), "lease.json"))).toBe(false);
  writeFileSync(join(linked.root, "here.txt"), "while it was archived");
  await linked.putInDropbox("there.txt", "while it was archived");
  expect(await linked.inDropbox()).toEqual({ ...before, "there.txt": "while it was archived" });
  expect((await archive(false)).status).toBe(200);
  await isInDropbox("here.txt", "while it was archived");
  await vi.waitFor(() => expect(existsSync(join(linked.root, "there.txt"))).toBe(true), PATIENCE);
});

test("a limit of bandwidth counts at once, for what is under way too, and goes at once", async () => {
  const limit = (limits: object) => linked.own.call("POST", "/api/dropbox/bandwidth", limits);
  expect((await limit({ up: 9_999, down: null })).status).toBe(400);
  const limits = { up: 10_000, down: null };
  expect(await json(limit(limits))).toMatchObject(limits);
  expect(await json(linked.own.call("GET", "/api/dropbox/bandwidth"))).toMatchObject(limits);
  const began = Date.now();
  const content = "0123456789".repeat(4_000);
  await upload("slow.txt", content);
  // Its first piece goes at once, its last two have to wait.
  await isInDropbox("slow.txt", content);
  expect(Date.now() - began).toBeGreaterThan(3_000);
  await limit({ up: null, down: null });
  await upload("fast.txt", content.repeat(10));
  await isInDropbox("fast.txt", content.repeat(10));
});

test("it is each member's own, and kept while her role is another; strangers have none", async () => {
  const ids = await unitIds(linked.own);
  const master = ids.get("First Space/Master") ?? "";
  const viewer = await invite(linked.own, "instance", master, "viewer@example.org", "instance viewer");
  const elsewhere = ids.get("First Space/Distributed") ?? "";
  const stranger = await invite(linked.own, "instance", elsewhere, "stranger@example.org", "instance editor");
  expect((await alwaysOn(true, stranger)).status).toBe(404);
  const role = (name: string) =>
    linked.own.call("POST", `/api/administration/instance/${master}/members/role`, { userId: viewer.id, role: name });
  await role("instance editor");
  expect(await json<Instance>(alwaysOn(true, viewer))).toMatchObject({ alwaysOn: true });
  await role("instance viewer");
  const path = `/api/instances/${linked.id}`;
  expect(await json<Instance>(viewer.call("GET", path))).toMatchObject({ role: "viewer", alwaysOn: true });
  expect((await alwaysOn(false, viewer)).status).toBe(200);
});

test("switched off, sync follows the application again", async () => {
  await alwaysOn(false);
  await linked.becomes("stopped");
  await linked.startApplication();
  await linked.becomes("up to date");
  await stop();
  await linked.becomes("stopped");
});
