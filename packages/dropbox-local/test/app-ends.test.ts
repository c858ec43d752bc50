import { expect, test } from "vitest";
import { Browser, type Page } from "./browser.ts";
import { clientOf, startTestDropbox, succeeded, type TestDropbox } from "./harness.ts";
import { startReceiver } from "./webhook-receiver.ts";

const SECRET = "/developers/apps/new-secret";
const DELETE = "/developers/apps/delete";

async function asDeveloper({ dropbox, ready }: TestDropbox): Promise<Browser> {
  const browser = new Browser(dropbox.url);
  await browser.submit(await browser.open("/login"), "/login", { email: ready.email, password: ready.password });
  return browser;
}

/** Asks for the question's page, and answers it with yes. */
async function confirm(browser: Browser, action: string, app: string): Promise<Page> {
  return browser.submit(await browser.open(`${action}?app=${app}`), action, {});
}

function refresh(url: string, parameters: Record<string, string>): Promise<Response> {
  return fetch(`${url}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "refresh_token", ...parameters }),
  });
}

test("a new secret replaces the old one, signs webhooks, and leaves the app's users connected", async () => {
  const world = await startTestDropbox({ webhookDelayMs: 20 });
  const { client, control, dropbox, ready } = world;
  const { appKey, appSecret, refreshToken } = ready;
  const browser = await asDeveloper(world);
  const asked = await browser.open(`${SECRET}?app=${appKey}`);
  expect(asked.text).toContain("The app's users stay connected");
  expect((await browser.open(`/developers/apps/info/${appKey}`)).text).toContain(appSecret);

  const shown = await confirm(browser, SECRET, appKey);
  const secret = /App secret.*?<code>(\w+)<\/code>/s.exec(shown.html)?.[1] ?? "";
  expect(shown.text).toContain("The one before it is refused from now on");
  expect(secret).toMatch(/^[a-z0-9]{15}$/);
  expect(secret).not.toBe(appSecret);
  const by = (client_secret: string) =>
    refresh(dropbox.url, { client_id: appKey, client_secret, refresh_token: refreshToken });
  expect((await by(appSecret)).status).toBe(401);
  expect((await by(secret)).status).toBe(200);
  expect((await client.rpc("check/app", { query: "x" }, { authorization: basic(appKey, appSecret) })).status).toBe(401);
  expect((await client.rpc("check/app", { query: "x" }, { authorization: basic(appKey, secret) })).status).toBe(200);

  const receiver = await startReceiver(secret);
  await control("POST", "webhook", { appKey, uri: receiver.uri });
  await client.put("/a", "x");
  await receiver.heard(1);
  expect(receiver.notifications[0]?.headers["x-dropbox-signature"]).toBe(receiver.notifications[0]?.signature);
});

const basic = (key: string, secret: string) => `Basic ${btoa(`${key}:${secret}`)}`;

test("with a deleted app end its tokens, codes, links, jobs, sessions and webhooks; the files that it made stay", async () => {
  const world = await startTestDropbox({ webhookDelayMs: 20 });
  const { client, control, dropbox, ready } = world;
  const { appKey } = ready;
  const browser = await asDeveloper(world);
  const ada = await dropbox.ensureAccount({ email: "ada@example.org", name: "Ada", password: "x" });
  const adas = await dropbox.grant({ account: ada.accountId, app: appKey });
  const other = await dropbox.ensureApp({ name: "Other" });
  const others = clientOf(
    dropbox.url,
    (await dropbox.grant({ account: ready.accountId, app: other.appKey })).accessToken,
  );
  await client.put("/kept", "kept");
  const shared = await client.ok("sharing/create_shared_link_with_settings", { path: "/kept" });
  const download = await client.ok("files/get_temporary_link", { path: "/kept" });
  const upload = await client.ok("files/get_temporary_upload_link", { commit_info: { path: "/late" } });
  const session = succeeded(await client.upload("files/upload_session/start", {}, "x")).session_id;
  const { async_job_id } = await client.ok("files/delete_batch", { entries: [{ path: "/none" }] });
  const receiver = await startReceiver(ready.appSecret);
  await control("POST", "webhook", { appKey, uri: receiver.uri });
  const query = `client_id=${appKey}&response_type=code`;
  const consent = await browser.submit(await browser.open(`/oauth2/authorize?${query}`), "/oauth2/authorize", {
    decision: "allow",
  });
  const code = /id="code"[^>]*value="([^"]+)"/.exec(consent.html)?.[1] ?? "";

  expect((await browser.open(`${DELETE}?app=${appKey}`)).text).toContain("The 2 accounts that are connected to it");
  const list = await confirm(browser, DELETE, appKey);
  expect([list.path, list.text]).toEqual(["/developers/apps", expect.stringContaining("You have no app here yet")]);

  for (const token of [ready.accessToken, adas.accessToken])
    expect(await clientOf(dropbox.url, token).rpc("users/get_current_account", null)).toMatchObject({
      status: 401,
      json: { error: { ".tag": "invalid_access_token" } },
    });
  const grants = [ready.refreshToken, adas.refreshToken].map((refresh_token) => ({ refresh_token }));
  for (const proof of [...grants, { grant_type: "authorization_code", code }])
    expect((await refresh(dropbox.url, { client_id: appKey, ...proof })).ok).toBe(false);
  expect((await fetch(download.link)).status).toBe(404);
  const headers = { "content-type": "application/octet-stream" };
  expect((await fetch(upload.link, { method: "POST", headers, body: "x" })).status).toBe(409);
  expect((await browser.open(`/oauth2/authorize?${query}`)).status).toBe(400);
  expect((await browser.open("/account")).text).not.toContain("Apps > Twinfold");
  expect((await browser.open(`/developers/apps/info/${appKey}`)).status).toBe(404);
  expect((await control("GET", "webhooks")).webhooks).toEqual([]);

  // The other app goes on; what is changed from now on is told to nobody.
  await others.put("/still", "x");
  const files = dropbox.accountFiles(ready.accountId);
  expect(await files.get(`${ready.appFolder}/kept`)).not.toBeNull();
  await files.move(`${ready.appFolder}/kept`, `${ready.appFolder}/moved`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(receiver.notifications).toEqual([]);
  expect(await (await fetch(shared.url.replace("dl=0", "dl=1"))).text()).toBe("kept");

  // A new app with the old one's key and name has nothing of it but the folder.
  const again = await dropbox.ensureApp({ name: "twinfold", key: appKey });
  expect(again.redirectUris).toEqual([]);
  const { accessToken } = await dropbox.grant({ account: ready.accountId, app: again.appKey });
  const next = clientOf(dropbox.url, accessToken);
  expect((await next.ok("files/list_folder", { path: "" })).entries).toMatchObject([{ name: "moved" }]);
  expect(await next.refusal("files/delete_batch/check", { async_job_id })).toBe("invalid_async_job_id");
  const cursor = { session_id: session, offset: 1 };
  const append = await next.upload("files/upload_session/append_v2", { cursor }, "y");
  expect(append.json.error_summary).toMatch(/^not_found/);
  expect((await client.rpc("users/get_current_account", null)).status).toBe(401);
});

test("an app that is deleted before its new webhook has answered the challenge gets none", async () => {
  const world = await startTestDropbox();
  const { control, ready } = world;
  const browser = await asDeveloper(world);
  const receiver = await startReceiver(ready.appSecret);
  const answer = receiver.answer;
  receiver.answer = async (challenge) => {
    await confirm(browser, DELETE, ready.appKey);
    return answer(challenge);
  };
  const added = control("POST", "webhook", { appKey: ready.appKey, uri: receiver.uri });
  await expect(added).rejects.toThrow("Its app was deleted meanwhile");
  expect((await control("GET", "webhooks")).webhooks).toEqual([]);
});

test("only an app's developers are asked, and only their own forms do it", async () => {
  const world = await startTestDropbox();
  const { client, dropbox, ready } = world;
  await dropbox.ensureAccount({ email: "ada@example.org", name: "Ada", password: "x" });
  const ada = new Browser(dropbox.url);
  const home = await ada.submit(await ada.open("/login"), "/login", { email: "ada@example.org", password: "x" });
  const token = /name="form_token" value="([^"]*)"/.exec((await ada.open("/developers/apps/create")).html)?.[1] ?? "";
  expect([home.status, token]).toEqual([200, expect.stringMatching(/./)]);
  const developer = await asDeveloper(world);
  for (const action of [SECRET, DELETE]) {
    expect((await ada.open(`${action}?app=${ready.appKey}`)).status).toBe(404);
    expect((await ada.post(action, { app: ready.appKey, form_token: token })).status).toBe(404);
    expect((await developer.post(action, { app: ready.appKey })).status).toBe(403);
    expect((await developer.open(`${action}?app=none`)).status).toBe(404);
    expect((await new Browser(dropbox.url).post(action, { app: ready.appKey })).path).toBe("/login");
  }
  expect((await client.rpc("users/get_current_account", null)).status).toBe(200);
  expect((await dropbox.ensureApp({ name: "Twinfold" })).appSecret).toBe(ready.appSecret);
});
