import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import type { DropboxLocalOptions } from "../src/index.ts";
import { Browser } from "./browser.ts";
import { clientOf, startTestDropbox, type TestDropbox } from "./harness.ts";
import { type Receiver, startReceiver } from "./webhook-receiver.ts";

interface World extends TestDropbox {
  readonly receiver: Receiver;
  /** How the webhook stands. */
  state(): Promise<{ enabled: boolean; givenUp: number; failure: string | null }>;
}

/** A local Dropbox whose ready-made app has a webhook. */
async function withWebhook(options: Partial<DropboxLocalOptions> = {}): Promise<World> {
  const dropbox = await startTestDropbox({ webhookDelayMs: 20, webhookRetryMs: 1, ...options });
  const receiver = await startReceiver(dropbox.ready.appSecret);
  await dropbox.control("POST", "webhook", { appKey: dropbox.ready.appKey, uri: receiver.uri });
  const state = async () => (await dropbox.control("GET", "webhooks")).webhooks[0];
  return { ...dropbox, receiver, state };
}

/** Another account that the ready-made app is linked to. */
async function another({ dropbox, ready }: TestDropbox, email: string) {
  const { accountId } = await dropbox.ensureAccount({ email, name: "Ada", password: "x" });
  const { accessToken } = await dropbox.grant({ account: accountId, app: ready.appKey });
  return { accountId, client: clientOf(dropbox.url, accessToken) };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("a change is told in Dropbox's form, signed with the app's secret, to all of the app's webhooks", async () => {
  const { client, control, ready, receiver } = await withWebhook();
  const second = await startReceiver(ready.appSecret);
  await control("POST", "webhook", { appKey: ready.appKey, uri: second.uri });
  const { root_info } = await client.ok("users/get_current_account", null);
  await client.put("/a", "x");
  await Promise.all([receiver.heard(1), second.heard(1)]);
  for (const { notifications } of [receiver, second]) {
    const [told] = notifications;
    expect(JSON.parse(told?.body ?? "")).toEqual({
      list_folder: { accounts: [ready.accountId] },
      delta: { users: [Number(root_info.root_namespace_id)] },
    });
    expect(told?.headers).toMatchObject({
      "content-type": "application/json",
      "x-dropbox-signature": told?.signature,
      "user-agent": "DropboxWebhooks/1.0",
    });
  }
});

test("accounts that change at about the same time share a notification, and what comes while one is under way the next", async () => {
  const world = await withWebhook({ webhookDelayMs: 300 });
  const { client, ready, receiver } = world;
  const ada = await another(world, "ada@example.org");
  await receiver.heard(1);
  const answer = Promise.withResolvers<number>();
  receiver.verdict = () => answer.promise;
  await Promise.all([client.put("/a", "x"), ada.client.put("/a", "x")]);
  await receiver.heard(2);
  expect([...(receiver.notifications[1]?.accounts ?? [])].sort()).toEqual([ready.accountId, ada.accountId].sort());
  for (let count = 0; count < 5; count++) await client.put(`/b${count}`, "x");
  expect(receiver.notifications.length).toBe(2);
  answer.resolve(200);
  await receiver.heard(3);
  await ada.client.put("/b", "x");
  await receiver.heard(4);
  expect(receiver.notifications.slice(2).map(({ accounts }) => accounts)).toEqual([[ready.accountId], [ada.accountId]]);
});

test("an app-folder app hears of its folder only, and of accounts that are linked to it", async () => {
  const world = await withWebhook();
  const { dropbox, ready, receiver, client, control } = world;
  const ada = await another(world, "ada@example.org");
  await receiver.heard(1);
  await control("POST", "revoke-link", { accountId: ada.accountId, appKey: ready.appKey });
  await dropbox.accountFiles(ada.accountId).createFolder(`${ready.appFolder}/new`);
  await dropbox.accountFiles(ready.accountId).createFolder("/elsewhere");
  await client.put("/inside", "x");
  await receiver.heard(2);
  expect(receiver.notifications.map(({ accounts }) => accounts)).toEqual([[ada.accountId], [ready.accountId]]);
});

test("a notification that fails is tried again, with what happened meanwhile", async () => {
  const world = await withWebhook();
  const { client, receiver, state } = world;
  let left = 3;
  receiver.verdict = () => (left-- > 0 ? 503 : 200);
  await client.put("/a", "x");
  await receiver.heard(4);
  await until(async () => (await state()).failure === null);
  expect(receiver.notifications.length).toBe(4);
  expect(await state()).toMatchObject({ enabled: true, givenUp: 0 });
});

test("a webhook that fails for long is disabled; enabled again, it is told of what it missed", async () => {
  const { client, control, dropbox, ready, receiver, state } = await withWebhook();
  receiver.verdict = () => 500;
  for (let count = 1; count <= 3; count++) {
    await client.put(`/a${count}`, "x");
    await until(async () => (await state()).givenUp === count);
  }
  expect(receiver.notifications.length).toBe(30);
  expect(await state()).toMatchObject({ enabled: false, failure: "It answered with the status 500, not 200." });
  await client.put("/b", "x");
  receiver.verdict = () => 200;
  const browser = new Browser(dropbox.url);
  await browser.submit(await browser.open("/login"), "/login", { email: ready.email, password: ready.password });
  const page = await browser.open(`/developers/apps/info/${ready.appKey}`);
  expect(page.text).toContain("Disabled, because it failed for too long. It answered with the status 500");
  await browser.submit(page, "/developers/webhooks/add", {});
  await receiver.heard(31);
  await until(async () => (await state()).failure === null);
  expect(await state()).toMatchObject({ enabled: true, givenUp: 0 });
  await control("DELETE", "webhook", { appKey: ready.appKey, uri: receiver.uri });
  await client.put("/c", "x");
  expect(await control("GET", "webhooks")).toEqual({ webhooks: [] });
});

test("what was not accepted before the server ended is told after its next start", async () => {
  const first = await withWebhook({ webhookRetryMs: 60_000 });
  first.receiver.verdict = () => 500;
  await first.client.put("/a", "x");
  await until(async () => (await first.state()).failure !== null);
  await first.dropbox.close();
  first.receiver.verdict = () => 200;
  await startTestDropbox({ dataFolder: first.folder });
  await first.receiver.heard(2);
  expect(first.receiver.notifications[1]?.accounts).toEqual([first.ready.accountId]);
});

test("a reset to a snapshot is told, and the webhooks are those of the snapshot", async () => {
  const { client, control, ready, receiver } = await withWebhook();
  await control("POST", "snapshot", { name: "s" });
  await control("DELETE", "webhook", { appKey: ready.appKey, uri: receiver.uri });
  await client.put("/a", "x");
  await control("POST", "reset", { name: "s" });
  await receiver.heard(1);
  expect(receiver.notifications[0]?.accounts).toEqual([ready.accountId]);
});

test("an address that never answers holds up nobody, nor the end of the server", async () => {
  const { client, dropbox, receiver } = await withWebhook();
  receiver.verdict = () => new Promise(() => {});
  await client.put("/a", "x");
  await receiver.heard(1);
  for (let count = 0; count < 20; count++) await client.put(`/b${count}`, "x");
  await dropbox.close();
  expect(receiver.notifications.length).toBe(1);
});

test.each([
  ["another text", (_: string) => ({ text: "something else" }), "did not answer with the challenge"],
  ["an error", (text: string) => ({ text, status: 500 }), "the status 500"],
  ["a redirect", (text: string) => ({ text, status: 302, headers: { location: "/" } }), "the status 302"],
])("an address that answers the challenge with %s is not added", async (_, answer, why) => {
  const { control, ready } = await startTestDropbox();
  const receiver = await startReceiver(ready.appSecret);
  receiver.answer = answer;
  const { uri } = receiver;
  await expect(control("POST", "webhook", { appKey: ready.appKey, uri })).rejects.toThrow(why);
  expect(receiver.challenges.length).toBe(1);
  expect(await control("GET", "webhooks")).toEqual({ webhooks: [] });
});

test("an address that can't be one, or where nobody is, is refused and named; one that is careless is told so", async () => {
  const { control, ready } = await startTestDropbox();
  const add = (uri: string) => control("POST", "webhook", { appKey: ready.appKey, uri });
  for (const uri of ["", "dropbox", "ftp://127.0.0.1/", "http://user:word@127.0.0.1/", "http://127.0.0.1/#a"])
    await expect(add(uri)).rejects.toThrow(/is not a whole address|can have no user/);
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  taken.close();
  await once(taken, "close");
  await expect(add(`http://127.0.0.1:${port}/`)).rejects.toThrow("It can't be reached");
  await expect(control("POST", "webhook", { appKey: "none", uri: "http://a/" })).rejects.toThrow("no app with the key");
  await expect(control("DELETE", "webhook", { appKey: ready.appKey, uri: "http://a/" })).rejects.toThrow("no webhook");
  const careless = await startReceiver(ready.appSecret);
  careless.answer = (text) => ({ text, headers: { "content-type": "text/html" } });
  expect((await add(careless.uri)).advice).toContain("nosniff");
});

test("developers see their apps in the console, with key, secret and webhooks; others don't", async () => {
  const { dropbox, ready } = await startTestDropbox();
  const receiver = await startReceiver(ready.appSecret);
  const visit = async (email: string, password: string) => {
    const browser = new Browser(dropbox.url);
    await browser.submit(await browser.open("/login"), "/login", { email, password });
    return browser;
  };
  const mine = await visit(ready.email, ready.password);
  expect((await mine.open("/developers/apps")).text).toContain("Twinfold");
  const page = await mine.open(`/developers/apps/info/${ready.appKey}`);
  expect(page.text).toContain(ready.appSecret);
  const failed = await mine.submit(page, "/developers/webhooks/add", { uri: "nonsense" });
  expect([failed.status, failed.text]).toEqual([400, expect.stringContaining("nonsense was not added.")]);
  const added = await mine.submit(failed, "/developers/webhooks/add", { uri: receiver.uri });
  expect(added.text).toContain(`${receiver.uri} Enabled.`);
  const removed = await mine.submit(added, "/developers/webhooks/remove", {});
  expect(removed.text).not.toContain(receiver.uri);

  await dropbox.ensureAccount({ email: "ada@example.org", name: "Ada", password: "x" });
  const other = await visit("ada@example.org", "x");
  const empty = await other.open("/developers/apps");
  expect(empty.text).toContain("You have no app here yet");
  for (const action of ["add", "remove"]) {
    const token = /name="form_token" value="([^"]*)"/.exec(empty.html)?.[1] ?? "";
    const fields = { form_token: token, app: ready.appKey, uri: receiver.uri };
    expect((await other.post(`/developers/webhooks/${action}`, fields)).status).toBe(404);
  }
  expect((await other.open(`/developers/apps/info/${ready.appKey}`)).status).toBe(404);
  await dropbox.ensureApp({ name: ready.appFolder.slice("/Apps/".length), developer: "ada@example.org" });
  expect((await other.open(`/developers/apps/info/${ready.appKey}`)).text).toContain(ready.appSecret);
});
