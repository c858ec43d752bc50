import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Instance, Link, SyncDetails } from "@twinfold/api";
import { type AppInfo, type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Browser } from "../../../packages/dropbox-local/test/browser.ts";
import { type DropboxUser, linkAs as linkPerson } from "./link-as.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";

const ADA = { email: "ada@dropbox.example", name: "Ada L.", password: "engine" };
const GRACE = { email: "grace@dropbox.example", name: "Grace H.", password: "navy" };
const PATIENCE = { timeout: 60_000, interval: 100 };

let dropbox: RunningDropboxLocal;
let dropboxFolder: string;
let app: AppInfo;
let own: OwnServer;
let id: string;
/** Where she is logged in at Dropbox. */
let ada: Browser;

beforeAll(async () => {
  dropboxFolder = mkdtempSync(join(tmpdir(), "twinfold-dropbox-"));
  dropbox = await startDropboxLocal({ dataFolder: dropboxFolder, control: true });
  for (const account of [ADA, GRACE]) await dropbox.ensureAccount(account);
  app = await dropbox.ensureApp({ name: "Twinfold" });
  own = await startOwnServer({
    TWINFOLD_DROPBOX_URL: dropbox.url,
    DROPBOX_APP_KEY: app.appKey,
    DROPBOX_APP_SECRET: app.appSecret,
  });
  id = await own.firstInstance();
});
afterAll(async () => {
  await own.dispose();
  await dropbox.close();
  rmSync(dropboxFolder, { recursive: true, force: true });
});

const linkAs = (account: DropboxUser) => linkPerson(own, dropbox, own, account);
const json = async <T>(answer: Response): Promise<T> => (await answer.json()) as T;
const instance = async () => json<Instance>(await own.call("GET", `/api/instances/${id}`));
const link = async () => json<Link>(await own.call("GET", "/api/dropbox"));
const start = () => own.call("POST", `/api/instances/${id}/application`);
const stop = async () => own.call("POST", `/api/applications/${(await instance()).applications[0]?.id}/stop`);
const command = async (word: string) =>
  (await json<SyncDetails>(await own.call("POST", `/api/instances/${id}/sync`, { command: word }))).status.state;
const becomes = (state: string) =>
  vi.waitFor(async () => expect((await instance()).sync).toMatchObject({ state }), PATIENCE);

test("a pause holds at once, and through an application's end and the server's, until it is taken back", async () => {
  ada = await linkAs(ADA);
  await start();
  await becomes("up to date");
  expect(await command("pause")).toBe("paused");
  await stop();
  await start();
  await becomes("paused");
  await own.restart();
  await becomes("paused");
  expect(await command("resume")).not.toBe("paused");
  await becomes("up to date");
});

test("an application that starts while the last one's changes are still sent raises no alarm", async () => {
  const states: string[] = [];
  for (let round = 0; round < 3; round++) {
    writeFileSync(join(own.folder, "files", id, `${round}.bin`), randomBytes(200_000));
    const stopped = stop();
    await vi.waitFor(async () => expect((await instance()).applications).toEqual([]), PATIENCE);
    await start();
    states.push((await instance()).sync.state);
    await stopped;
    states.push((await instance()).sync.state);
    await becomes("up to date");
  }
  expect(states).not.toContain("needs attention");
});

test("another account's link takes the first one's place at Dropbox too", async () => {
  expect((await ada.open("/account")).text).toContain("Twinfold");
  await linkAs(GRACE);
  expect((await link()).account).toMatchObject({ email: GRACE.email });
  expect((await ada.open("/account")).text).not.toContain("Twinfold");
  await becomes("up to date");
});

test("a link that was taken back at Dropbox is told as such, also to what runs", async () => {
  const { accountId } = await dropbox.ensureAccount(GRACE);
  expect(await link()).toMatchObject({ revoked: false });
  const revoked = await fetch(`${dropbox.url}/__control/revoke-link`, {
    method: "POST",
    body: JSON.stringify({ accountId, appKey: app.appKey }),
  });
  expect(revoked.ok).toBe(true);
  expect(await link()).toMatchObject({ account: { email: GRACE.email }, revoked: true });
  await becomes("reconnect");
  await linkAs(GRACE);
  await becomes("up to date");
});

test("a key that has changed asks for a new link, and ends nothing", async () => {
  writeFileSync(join(own.folder, "secret.key"), `${randomBytes(32).toString("base64")}\n`);
  await own.restart();
  await becomes("reconnect");
  expect(await link()).toMatchObject({ account: { email: GRACE.email }, revoked: true });
  await linkAs(GRACE);
  await becomes("up to date");
  expect((await own.call("POST", "/api/dropbox/unlink")).status).toBe(200);
  await becomes("not linked");
});
