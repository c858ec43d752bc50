import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ConflictChoice, SyncDetails } from "@twinfold/api";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

vi.setConfig({ testTimeout: 120_000 });

let linked: LinkedServer;
let name: string;
let copy: string;
let count = 0;
beforeAll(async () => {
  linked = await startLinkedServer();
  await linked.startApplication();
  await linked.becomes("up to date");
}, 60_000);
afterAll(() => linked.dispose());

const here = (path: string) => readFileSync(join(linked.root, path), "utf8");
const filesHere = () => readdirSync(linked.root).filter((one) => one.startsWith(name.slice(0, -4)));
const details = () => json<SyncDetails>(linked.own.call("GET", `/api/instances/${linked.id}/sync`));
const command = (word: string) => linked.own.call("POST", `/api/instances/${linked.id}/sync`, { command: word });
const version = async (path: string) => {
  const query = new URLSearchParams({ area: "workspace", path });
  const answer = await linked.own.call("GET", `/api/instances/${linked.id}/file?${query}`);
  await answer.arrayBuffer();
  return (answer.headers.get("etag") ?? "").replaceAll('"', "");
};
const asShown = async (choice: ConflictChoice["choice"]): Promise<ConflictChoice> => ({
  ...{ copy, choice },
  copyVersion: await version(copy),
  originalVersion: await version(name),
});
const settle = (wish: ConflictChoice) => linked.own.call("POST", `/api/instances/${linked.id}/conflict`, wish);
const isSettled = () => vi.waitFor(async () => expect((await details()).conflicts).toEqual([]), PATIENCE);
const versionsInDropbox = async (path: string) => (await linked.versionsInDropbox(path)).sort();

/** Both sides have written the same file, and both versions are there, in both places. */
beforeEach(async () => {
  name = `report ${++count}.txt`;
  await command("pause");
  await linked.putInDropbox(name, "theirs");
  writeFileSync(join(linked.root, name), "mine");
  await command("resume");
  await vi.waitFor(async () => expect((await details()).conflicts).toHaveLength(1), PATIENCE);
  const [conflict] = (await details()).conflicts;
  expect(conflict).toMatchObject({ original: name });
  copy = conflict?.copy ?? "";
  await vi.waitFor(
    async () => expect(await linked.inDropbox()).toMatchObject({ [name]: "theirs", [copy]: "mine" }),
    PATIENCE,
  );
  expect([here(name), here(copy)]).toEqual(["theirs", "mine"]);
});

test("theirs stays; mine goes, and Dropbox keeps it", async () => {
  expect(await json(settle(await asShown("theirs")))).toEqual({ path: name });
  await isSettled();
  expect([filesHere(), here(name)]).toEqual([[name], "theirs"]);
  await vi.waitFor(async () => expect(await linked.inDropbox()).not.toHaveProperty([copy]), PATIENCE);
  expect(await versionsInDropbox(copy)).toEqual(["mine"]);
});

test("mine takes the place of theirs, which Dropbox keeps", async () => {
  expect(await json(settle(await asShown("mine")))).toEqual({ path: name });
  await isSettled();
  expect([filesHere(), here(name)]).toEqual([[name], "mine"]);
  await vi.waitFor(async () => expect(await linked.inDropbox()).toMatchObject({ [name]: "mine" }), PATIENCE);
  expect(await versionsInDropbox(name)).toEqual(["mine", "theirs"]);
});

test("both stay, the copy as a file of its own", async () => {
  const own = `${name.slice(0, -4)} (Ada L.'s version).txt`;
  expect(await json(settle(await asShown("both")))).toEqual({ path: own });
  await isSettled();
  expect([here(name), here(own), filesHere().length]).toEqual(["theirs", "mine", 2]);
});

test.each(["theirs", "mine"] as const)("%s is not done over what was written since it was shown", async (choice) => {
  const shown = await asShown(choice);
  writeFileSync(join(linked.root, name), "theirs, and more");
  expect((await settle(shown)).status).toBe(412);
  const next = await asShown(choice);
  writeFileSync(join(linked.root, copy), "mine, and more");
  expect((await settle(next)).status).toBe(412);
  expect([here(name), here(copy)]).toEqual(["theirs, and more", "mine, and more"]);
  await settle(await asShown("both"));
  await isSettled();
});

test("what Dropbox does not have yet is not given up", async () => {
  await command("pause");
  writeFileSync(join(linked.root, copy), "mine, in Dropbox only later");
  const answer = await settle(await asShown("theirs"));
  expect(answer.status).toBe(409);
  expect(await answer.text()).toContain("does not have this version");
  expect(here(copy)).toBe("mine, in Dropbox only later");
  await command("resume");
  await settle(await asShown("both"));
  await isSettled();
});

test("without its original the copy can take its name; who may not, and what is no conflict, is refused", async () => {
  const as = (person: Person, wish: ConflictChoice) =>
    person.call("POST", `/api/instances/${linked.id}/conflict`, wish);
  const viewer = await invite(linked.own, "instance", linked.id, "viewer@example.org", "instance viewer");
  const elsewhere = (await unitIds(linked.own)).get("First Space/Distributed") ?? "";
  const stranger = await invite(linked.own, "instance", elsewhere, "stranger@example.org", "instance editor");
  const wish = await asShown("theirs");
  expect((await as(viewer, wish)).status).toBe(403);
  expect((await as(stranger, wish)).status).toBe(404);
  for (const other of [name, "../../secret.key", "nothing (Ada L.'s conflicted copy 2026-01-01).txt"])
    expect((await settle({ ...wish, copy: other })).status).toBe(404);
  await linked.deleteInDropbox(name);
  await vi.waitFor(() => expect(filesHere()).toEqual([copy]), PATIENCE);
  expect((await settle({ ...wish, originalVersion: null })).status).toBe(404);
  expect(await json(settle({ ...wish, choice: "mine", originalVersion: null }))).toEqual({ path: name });
  await isSettled();
  expect([filesHere(), here(name)]).toEqual([[name], "mine"]);
});
