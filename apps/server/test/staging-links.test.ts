import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Instance } from "@twinfold/api";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { seenOf, swapForLink } from "../../../packages/filesystem/test/swap-for-link.ts";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { json } from "./people.ts";

/** How many files there are that come and go. */
const COUNT = 12;
let linked: LinkedServer;
/** Another instance's files, as they lie beside these on the server's disk. */
let foreign: string;
let before: string[];

const staging = () => join(linked.root, ".twinfold");
const onDisk = () =>
  Object.fromEntries(
    readdirSync(linked.root)
      .filter((name) => !name.startsWith("."))
      .map((name) => [name, readFileSync(join(linked.root, name), "utf8")]),
  );
const alwaysOn = (on: boolean) =>
  json<Instance>(linked.own.call("POST", `/api/instances/${linked.id}/always-on`, { on }));
const areEqual = () => vi.waitFor(async () => expect(onDisk()).toEqual(await linked.inDropbox()), PATIENCE);

beforeAll(async () => {
  linked = await startLinkedServer();
  foreign = mkdtempSync(join(tmpdir(), "twinfold-foreign-"));
  for (const name of [".gitignore", "1", "1.json", "2", "lease-a.json", "thesis.txt", "folder/thesis.txt"]) {
    mkdirSync(join(foreign, name, ".."), { recursive: true });
    writeFileSync(join(foreign, name), `${name} of another`, { mode: 0o640 });
  }
  before = seenOf(foreign);
  await alwaysOn(true);
  await linked.becomes("up to date");
}, 120_000);
afterAll(async () => {
  await linked.dispose();
  rmSync(foreign, { recursive: true, force: true });
});
afterEach(() => expect(seenOf(foreign)).toEqual(before));

/** What people do in Dropbox: files come, are edited, and go. */
async function changeInDropbox(round: number): Promise<void> {
  for (let at = 0; at < COUNT; at++) {
    const name = `${at}.txt`;
    if ((at + round) % 4 === 0) await linked.deleteInDropbox(name).catch(() => undefined);
    else await linked.putInDropbox(name, `${at} in round ${round}`);
  }
}

describe("what an application puts in the place of staging while a session runs", { timeout: 120_000 }, () => {
  test("a link: nothing is brought or deleted there, the page says what is in the way, and it goes on without", async () => {
    await linked.putInDropbox("goes.txt", "1");
    await areEqual();
    renameSync(staging(), join(linked.root, ".~kept"));
    symlinkSync(foreign, staging());
    await linked.putInDropbox("comes.txt", "2");
    await linked.deleteInDropbox("goes.txt");
    const notSynced = async () => (await linked.own.call("GET", `/api/instances/${linked.id}/sync`)).text();
    await vi.waitFor(
      async () => expect(await notSynced()).toContain(".twinfold in the folder that is synced is a symbolic link"),
      PATIENCE,
    );
    expect(onDisk()).toEqual({ "goes.txt": "1" });
    writeFileSync(join(linked.root, "mine.txt"), "3");
    await vi.waitFor(async () => expect(await linked.inDropbox()).toMatchObject({ "mine.txt": "3" }), PATIENCE);
    unlinkSync(staging());
    await areEqual();
    expect(onDisk()).toEqual({ "comes.txt": "2", "mine.txt": "3" });
    rmSync(join(linked.root, ".~kept"), { recursive: true });
  });

  test("a link that comes and goes, as fast as it can, while downloads land and deletions are done", async () => {
    await changeInDropbox(0);
    await areEqual();
    const end = await swapForLink(staging(), foreign, join(linked.root, ".~swapped"));
    try {
      let round = 1;
      for (const began = Date.now(); Date.now() - began < 2_000; round++) await changeInDropbox(round);
    } finally {
      await end();
    }
    rmSync(join(linked.root, ".~swapped"), { recursive: true, force: true });
    expect(seenOf(foreign)).toEqual(before);
    await areEqual();
    expect(Object.keys(onDisk()).length).toBeGreaterThan(COUNT / 2);
    await linked.becomes("up to date");
  });
});
