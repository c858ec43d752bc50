import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Instance } from "@twinfold/api";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { seenOf, swapForLink } from "../../../packages/filesystem/test/swap-for-link.ts";
import { plantForeign } from "../../../packages/session/test/foreign.ts";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { json } from "./people.ts";

let linked: LinkedServer;
let home: string;
/** What must never be touched: it looks as the user's own personal files do, from any folder on the way to her state on. */
let foreign: string;
let before: string[];
let stateFolder: string;

const alwaysOn = (on: boolean) =>
  json<Instance>(linked.own.call("POST", `/api/instances/${linked.id}/always-on`, { on }));
const stopped = async () => {
  await alwaysOn(false);
  await linked.becomes("stopped");
};
const isInDropbox = (name: string, content: string) =>
  vi.waitFor(async () => expect(await linked.inDropbox()).toMatchObject({ [name]: content }), PATIENCE);
const message = async () => (await linked.instance()).sync.message;

beforeAll(async () => {
  linked = await startLinkedServer();
  const me = (await json<{ id: string }>(linked.own.call("GET", "/api/me"))).id;
  home = join(linked.own.folder, "personal", me);
  stateFolder = join(home, ".local/share/twinfold", linked.id);
  foreign = mkdtempSync(join(tmpdir(), "twinfold-foreign-"));
  plantForeign(join(foreign, ".local/share/twinfold", linked.id));
  before = seenOf(foreign);
  await alwaysOn(true);
  await linked.becomes("up to date");
  await stopped();
}, 120_000);
afterAll(async () => {
  await linked.dispose();
  rmSync(foreign, { recursive: true, force: true });
});
afterEach(() => expect(seenOf(foreign)).toEqual(before));

const post = (what: string, body: unknown) =>
  linked.own.call("POST", `/api/administration/instance/${linked.id}/${what}`, body);

/** @returns undoes it */
function linkAway(): () => void {
  const path = join(home, ".local/share");
  renameSync(path, `${path}.kept`);
  symlinkSync(join(foreign, ".local/share"), path);
  return () => {
    rmSync(path);
    renameSync(`${path}.kept`, path);
  };
}

/** Puts something else where a name in the personal files leads; the session that is to begin says so, until that is gone. */
async function isRefused(name: string, found: string, put: (path: string) => void): Promise<void> {
  const path = join(home, name);
  renameSync(path, `${path}.kept`);
  put(path);
  await alwaysOn(true);
  await linked.becomes("needs attention");
  expect(await message()).toContain(`${name} in your personal files (Files, Personal, Show hidden files) is ${found}`);
  expect(seenOf(foreign)).toEqual(before);
  rmSync(path, { recursive: true });
  renameSync(`${path}.kept`, path);
  // As an application that starts: without, it is tried again in a moment.
  await alwaysOn(true);
  writeFileSync(join(linked.root, "after.txt"), name + found);
  await isInDropbox("after.txt", name + found);
  await linked.becomes("up to date");
  await stopped();
}

describe("what an application puts in the place of the engine's state, or on the way to it", {
  timeout: 120_000,
}, () => {
  test.each([1, 2, 3, 4])("a link in place of folder %i on the way", async (depth) => {
    const name = [".local", "share", "twinfold", linked.id].slice(0, depth).join("/");
    await isRefused(name, "a symbolic link", (path) => symlinkSync(join(foreign, name), path));
  });

  test("a pipe and a file in place of a folder on the way", async () => {
    await isRefused(".local/share", "a pipe", (path) => execFileSync("mkfifo", [path]));
    await isRefused(".local/share", "a file", (path) => writeFileSync(path, "a person's"));
  });

  test("a link in place of the folder in which sessions meet that share the files", async () => {
    const shared = join(linked.root, ".twinfold");
    rmSync(shared, { recursive: true, force: true });
    symlinkSync(foreign, shared);
    await alwaysOn(true);
    await linked.becomes("needs attention");
    expect(await message()).toContain(".twinfold in the folder that is synced is a symbolic link");
    rmSync(shared);
    await alwaysOn(true);
    await linked.becomes("up to date");
    await stopped();
  });

  test.each(["trees.db", "binding.json"])("a link, a pipe or a folder in place of %s", async (file) => {
    const name = `.local/share/twinfold/${linked.id}/${file}`;
    await isRefused(name, "a symbolic link", (path) => symlinkSync(join(foreign, name), path));
    await isRefused(name, "a pipe", (path) => execFileSync("mkfifo", [path]));
    await isRefused(name, "a folder", (path) => mkdirSync(path));
  });

  test.each(["lease.json", "trees.db-wal", "trees.db-shm"])("a link to somewhere in place of %s", async (file) => {
    const name = `.local/share/twinfold/${linked.id}/${file}`;
    symlinkSync(join(foreign, name.replace("lease", "binding")), join(home, name));
    await alwaysOn(true);
    await linked.becomes("needs attention");
    expect(await message()).toContain(`${name} in your personal files`);
    rmSync(join(home, name));
    if (file !== "lease.json") await alwaysOn(true);
    await linked.becomes("up to date");
    await stopped();
  });

  test("links where files are made that are not there as a rule lead nowhere, and are gone", async () => {
    symlinkSync(
      join(foreign, `.local/share/twinfold/${linked.id}/binding.json.new`),
      join(stateFolder, "binding.json.new"),
    );
    // Bound to something else: it is bound anew, and what is remembered is moved aside.
    writeFileSync(join(stateFolder, "binding.json"), "{}");
    await alwaysOn(true);
    await linked.becomes("up to date");
    await stopped();
    expect(JSON.parse(readFileSync(join(stateFolder, "binding.json"), "utf8")).remotePath).toMatch(/^\//);
  });

  test("a link that comes and goes, as fast as it can, while sessions begin and end", async () => {
    const end = await swapForLink(join(home, ".local"), join(foreign, ".local"));
    try {
      for (const began = Date.now(); Date.now() - began < 2_000; ) {
        await alwaysOn(true);
        await vi.waitFor(async () => {
          const { state } = (await linked.instance()).sync;
          expect(state).toMatch(/^(up to date|needs attention)$/);
        }, PATIENCE);
        await stopped();
      }
    } finally {
      await end();
    }
    expect(seenOf(foreign)).toEqual(before);
    await alwaysOn(true);
    await linked.becomes("up to date");
    writeFileSync(join(linked.root, "after.txt"), "after the race");
    await isInDropbox("after.txt", "after the race");
    await stopped();
  });

  test("an instance is renamed while a link leads away: the session that begins once it is gone makes up for it", async () => {
    const unlink = linkAway();
    expect((await post("rename", { name: "Renamed" })).status).toBe(200);
    expect(seenOf(foreign)).toEqual(before);
    unlink();
    const boundTo = () => JSON.parse(readFileSync(join(stateFolder, "binding.json"), "utf8")).remotePath;
    expect(boundTo()).toMatch(/\/Master$/);
    await alwaysOn(true);
    await linked.becomes("up to date");
    expect(boundTo()).toMatch(/\/Renamed$/);
    await stopped();
  });

  test("an instance is deleted while a link leads away: what lies there is not its state", async () => {
    linkAway();
    expect((await post("delete", { alsoInDropbox: false })).status).toBe(200);
  });
});
