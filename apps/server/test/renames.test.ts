import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DropboxOutcome, Instance, UnitDeletion } from "@twinfold/api";
import { type AccountFiles, type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { renameSteps } from "../src/dropbox-folders.ts";
import { linkAs } from "./link-as.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

const ADA = { email: "ada@dropbox.example", name: "Ada L.", password: "engine" };
const GRACE = { email: "grace@dropbox.example", name: "Grace H.", password: "navy" };
const PATIENCE = { timeout: 60_000, interval: 100 };
const FILES = 40;

let dropbox: RunningDropboxLocal;
let dropboxFolder: string;
let own: OwnServer;
let grace: Person;
let ids: ReadonlyMap<string, string>;
const id = (name: string) => ids.get(name) ?? "";
const master = () => `/api/instances/${id("First Space/Master")}`;

beforeAll(async () => {
  dropboxFolder = mkdtempSync(join(tmpdir(), "twinfold-dropbox-"));
  dropbox = await startDropboxLocal({ dataFolder: dropboxFolder, control: true, stats: true });
  for (const account of [ADA, GRACE]) await dropbox.ensureAccount(account);
  const app = await dropbox.ensureApp({ name: "Twinfold" });
  own = await startOwnServer({
    TWINFOLD_DROPBOX_URL: dropbox.url,
    DROPBOX_APP_KEY: app.appKey,
    DROPBOX_APP_SECRET: app.appSecret,
  });
  ids = await unitIds(own);
  grace = await invite(own, "instance", id("First Space/Master"), "grace@example.org", "instance editor");
  await linkAs(own, dropbox, own, ADA);
  await linkAs(own, dropbox, grace, GRACE);
  for (let number = 0; number < FILES; number++) {
    await own.call("PUT", `${master()}/file?area=workspace&path=${number}.txt`, `content ${number}`);
  }
  await own.call("POST", `${master()}/application`);
  await grace.call("POST", `${master()}/application`);
  await bothUpToDate("/Analytical Engines/First Space/Master");
}, 180_000);
afterAll(async () => {
  await own.dispose();
  await dropbox.close();
  rmSync(dropboxFolder, { recursive: true, force: true });
});

const stateOf = async (person: Pick<Person, "call">) => {
  const { sync, remotePath } = await json<Instance>(person.call("GET", master()));
  return `${sync.state} at ${remotePath}`;
};
const bothUpToDate = (path: string) =>
  vi.waitFor(async () => {
    for (const person of [own, grace]) expect(await stateOf(person)).toBe(`up to date at ${path}`);
  }, PATIENCE);
const rename = (level: string, unitId: string, name: string) =>
  json<DropboxOutcome>(own.call("POST", `/api/administration/${level}/${unitId}/rename`, { name }));
const control = (method: string, name: string, body?: unknown) =>
  fetch(`${dropbox.url}/__control/${name}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

/** Requests since the last reset, by route. */
async function requests(): Promise<Record<string, number>> {
  const { routes } = await json<{ routes: Record<string, { requests: number }> }>(control("GET", "stats"));
  return Object.fromEntries(Object.entries(routes).map(([route, { requests: count }]) => [route, count]));
}
const sentOrFetched = (counts: Record<string, number>) =>
  Object.entries(counts).filter(([route]) => /upload|download|delete|create_folder|copy/.test(route));

const namesIn = async (files: AccountFiles, folder: string) =>
  (await files.list(folder)).map(({ name }) => name).sort();
const inApp = (path: string) => `/Apps/Twinfold${path}`;

test.each([
  ["/A/B/C", "/X/B/C", ["/A > /X"]],
  ["/A/B/C", "/A/B/Z", ["/A/B/C > /A/B/Z"]],
  ["/A/B/C", "/X/B/Z", ["/A > /X", "/X/B/C > /X/B/Z"]],
  ["/A/B/C", "/A/B/C", []],
])("from %s to %s each name that differs is one move", (from, to, moves) => {
  expect(renameSteps({ from, to }).map((step) => `${step.from} > ${step.to}`)).toEqual(moves);
});

test("an instance, a space and an organization are renamed by one move in each linked Dropbox, and sync goes on", async () => {
  const renames = [
    ["instance", id("First Space/Master"), "Main", "/Analytical Engines/First Space/Main"],
    ["space", id("First Space"), "Second Space", "/Analytical Engines/Second Space/Main"],
    ["organization", id("Analytical Engines"), "Difference: Engines/2", "/Difference: Engines∕2/Second Space/Main"],
  ] as const;
  for (const [level, unitId, name, path] of renames) {
    await control("DELETE", "stats");
    expect(await rename(level, unitId, name)).toEqual({ done: 2, missed: 0 });
    await bothUpToDate(path);
    const counts = await requests();
    expect([level, counts["files/move_v2"]]).toEqual([level, 2]);
    // Nothing is sent or fetched again: each session goes on from what it knows.
    expect(sentOrFetched(counts)).toEqual([]);
    for (const account of [ADA, GRACE]) {
      expect(await namesIn(dropbox.accountFiles(account.email), inApp(path))).toHaveLength(FILES);
    }
  }
  writeFileSync(join(own.folder, "files", id("First Space/Master"), "after.txt"), "after the renames");
  await vi.waitFor(async () => {
    for (const account of [ADA, GRACE]) {
      const names = await namesIn(dropbox.accountFiles(account.email), inApp(renames[2][3]));
      expect(names).toContain("after.txt");
    }
  }, PATIENCE);
  expect(await namesIn(dropbox.accountFiles(ADA.email), inApp(""))).toEqual(["Difference: Engines∕2"]);
}, 120_000);

test("a change of case alone is a rename, too", async () => {
  expect(await rename("instance", id("First Space/Master"), "MAIN")).toEqual({ done: 2, missed: 0 });
  await bothUpToDate("/Difference: Engines∕2/Second Space/MAIN");
  expect(await namesIn(dropbox.accountFiles(ADA.email), inApp("/Difference: Engines∕2/Second Space"))).toEqual([
    "MAIN",
  ]);
});

test("a Dropbox that can't be reached at the rename has it made up for when sync begins there again", async () => {
  await control("POST", "faults", { route: "files/move_v2", status: 503, count: 1000 });
  expect(await rename("organization", id("Analytical Engines"), "Engines")).toEqual({ done: 0, missed: 2 });
  // Renamed once more before anybody could be reached: two names differ by then.
  expect(await rename("space", id("First Space"), "Third Space")).toEqual({ done: 0, missed: 2 });
  await control("DELETE", "faults");
  await bothUpToDate("/Engines/Third Space/MAIN");
  for (const account of [ADA, GRACE]) {
    const files = dropbox.accountFiles(account.email);
    expect(await namesIn(files, inApp(""))).toEqual(["Engines"]);
    expect(await namesIn(files, inApp("/Engines/Third Space/MAIN"))).toHaveLength(FILES + 1);
  }
}, 120_000);

test("what an application left to be sent when it ended is sent before the folder gets another name", async () => {
  await control("POST", "conditions", { uploadBytesPerSecond: 300_000 });
  writeFileSync(join(own.folder, "files", id("First Space/Master"), "last.txt"), randomBytes(900_000));
  const stopped = [own, grace].map(async (person) => {
    const { applications } = await json<Instance>(person.call("GET", master()));
    await person.call("POST", `/api/applications/${applications[0]?.id}/stop`);
  });
  await vi.waitFor(async () => {
    for (const person of [own, grace]) {
      expect(await json<Instance>(person.call("GET", master()))).toMatchObject({ applications: [] });
    }
  }, PATIENCE);
  await rename("instance", id("First Space/Master"), "After The End");
  await Promise.all(stopped);
  await control("POST", "conditions", { uploadBytesPerSecond: null });
  const files = dropbox.accountFiles(ADA.email);
  expect(await namesIn(files, inApp("/Engines/Third Space"))).toEqual(["After The End"]);
  expect(await namesIn(files, inApp("/Engines/Third Space/After The End"))).toContain("last.txt");
  for (const person of [own, grace]) await person.call("POST", `${master()}/application`);
  await bothUpToDate("/Engines/Third Space/After The End");
}, 120_000);

test("a member who is removed keeps her copy in Dropbox, and nothing later reaches her", async () => {
  const answer = await own.call("POST", `/api/administration/instance/${id("First Space/Master")}/members/remove`, {
    userId: grace.id,
  });
  expect(answer.status).toBe(200);
  writeFileSync(join(own.folder, "files", id("First Space/Master"), "later.txt"), "after she left");
  await own.call("POST", `/api/administration/instance/${id("First Space/Master")}/rename`, { name: "Without Grace" });
  const hers = dropbox.accountFiles(GRACE.email);
  await vi.waitFor(async () => {
    const names = await namesIn(dropbox.accountFiles(ADA.email), inApp("/Engines/Third Space/Without Grace"));
    expect(names).toContain("later.txt");
  }, PATIENCE);
  const kept = await namesIn(hers, inApp("/Engines/Third Space/After The End"));
  expect(kept).toHaveLength(FILES + 2);
  expect(kept).not.toContain("later.txt");
}, 120_000);

test("a deletion leaves Dropbox alone, unless it is asked for", async () => {
  const made = await json<{ id: string }>(
    own.call("POST", `/api/administration/space/${id("First Space")}/instances`, { name: "Draft" }),
  );
  await own.call("PUT", `/api/instances/${made.id}/file?area=workspace&path=draft.txt`, "draft");
  await own.call("POST", `/api/instances/${made.id}/application`);
  const ada = dropbox.accountFiles(ADA.email);
  await vi.waitFor(async () => {
    expect(await namesIn(ada, inApp("/Engines/Third Space/Draft"))).toEqual(["draft.txt"]);
  }, PATIENCE);

  const remove = (instanceId: string, alsoInDropbox: boolean) =>
    json<UnitDeletion>(own.call("POST", `/api/administration/instance/${instanceId}/delete`, { alsoInDropbox }));
  expect(await remove(made.id, false)).toEqual({ done: 0, missed: 0, left: false });
  expect(await namesIn(ada, inApp("/Engines/Third Space/Draft"))).toEqual(["draft.txt"]);
  expect(await remove(id("First Space/Master"), true)).toEqual({ done: 1, missed: 0, left: false });
  expect(await namesIn(ada, inApp("/Engines/Third Space"))).toEqual(["Draft"]);
}, 120_000);
