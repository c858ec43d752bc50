import { expect, test } from "vitest";
import type { DropboxLocalOptions } from "../src/index.ts";
import { startDropboxLocal } from "../src/index.ts";
import { settingsOf } from "../src/settings.ts";
import { clientOf, startTestDropbox, tagsOf, temporaryFolder } from "./harness.ts";
import { startReceiver } from "./webhook-receiver.ts";

test("unless others are asked for, the figures are Dropbox's", () => {
  const { conditions, ...figures } = settingsOf({ dataFolder: "/none" });
  expect(figures).toMatchObject({
    accessTokenSeconds: 4 * 3600,
    uploadSessionSeconds: 7 * 24 * 3600,
    temporaryLinkSeconds: 4 * 3600,
    maximumRequestSize: 150 * 1024 ** 2,
    maximumRelocatedEntries: 10_000,
    maximumZipEntries: 10_000,
    maximumZipSize: 20 * 1024 ** 3,
    maximumZipFileSize: 4 * 1024 ** 3,
    pollJitterSeconds: 90,
    webhookTimeoutMs: 10_000,
  });
  expect(conditions).toMatchObject({ commitMs: 0, requestsPerSecond: null });
});

test.each([
  { accessTokenSeconds: 0 },
  { codeSeconds: -1 },
  { uploadSessionSeconds: Number.NaN },
  { temporaryLinkSeconds: 0 },
  { quotaBytes: -1 },
  { maximumRequestSize: 0.5 },
  { maximumHeaderBytes: 0 },
  { maximumRelocatedEntries: 0 },
  { maximumZipEntries: Number.POSITIVE_INFINITY },
  { maximumZipSize: 0 },
  { maximumZipFileSize: 0 },
  { pollJitterSeconds: -1 },
  { requestWindowSeconds: 0 },
  { lockRetryAfter: -1 },
  { webhookDelayMs: -1 },
  { webhookRetryMs: -1 },
  { webhookRetries: -1 },
  { webhookTimeoutMs: 0 },
  { webhookGivenUpLimit: 0 },
] satisfies Partial<DropboxLocalOptions>[])("%o can't be: it is named, and nothing is started", async (figure) => {
  const [[name = "", value] = []] = Object.entries(figure);
  const dataFolder = await temporaryFolder();
  await expect(startDropboxLocal({ dataFolder, ...figure })).rejects.toMatchObject({
    code: "bad-argument",
    message: expect.stringMatching(new RegExp(`^${name} can't be ${value}: it is a whole number, [01] or more`)),
  });
});

test("a zip file has fewer entries and bytes than its limits, and each of its files too", async () => {
  const { client } = await startTestDropbox({ maximumZipEntries: 4, maximumZipSize: 10, maximumZipFileSize: 7 });
  const answer = async (path: string) => {
    const got = await client.download("files/download_zip", { path });
    return got.status === 200 ? "zip" : tagsOf(got);
  };
  await client.put("/a/1", "123");
  await client.put("/a/2", "123456");
  expect(await answer("/a")).toBe("zip");
  await client.put("/a/1", "1234", { mode: "overwrite" });
  expect(await answer("/a")).toBe("too_large");
  await client.put("/b/1", "1234567");
  expect(await answer("/b")).toBe("too_large");
  for (const name of ["1", "2"]) await client.put(`/c/${name}`, "");
  expect(await answer("/c")).toBe("zip");
  await client.put("/c/3", "");
  expect(await answer("/c")).toBe("too_many_files");
});

test("what is too large to be moved, copied or deleted at once is as it was", async () => {
  const { client } = await startTestDropbox({ maximumRelocatedEntries: 3 });
  for (const name of ["1", "2"]) await client.put(`/a/${name}`, name);
  await client.ok("files/move_v2", { from_path: "/a", to_path: "/b" });
  await client.put("/b/3", "3");
  const away = { from_path: "/b", to_path: "/c" };
  expect(await client.refusal("files/move_v2", away)).toBe("too_many_files");
  expect(await client.refusal("files/copy_v2", away)).toBe("too_many_files");
  expect(await client.refusal("files/delete_v2", { path: "/b" })).toBe("too_many_files");
  expect((await client.ok("files/list_folder", { path: "", recursive: true })).entries).toHaveLength(4);
});

test("who is refused is told to wait as long as is set", async () => {
  const { client, control, dropbox, ready } = await startTestDropbox({
    ...{ lockRetryAfter: 7, requestWindowSeconds: 40, accessTokenSeconds: 60 },
  });
  await control("POST", "conditions", { commitMs: 300, lockWaitMs: 1 });
  const answers = await Promise.all(["/a", "/b"].map((path) => client.upload("files/upload", { path }, "x")));
  const [refused] = answers.filter(({ status }) => status === 429);
  expect(refused?.headers.get("retry-after")).toBe("7");

  const other = await dropbox.ensureApp({ name: "Other" });
  const { accessToken } = await dropbox.grant({ account: ready.accountId, app: other.appKey });
  const counted = clientOf(dropbox.url, accessToken);
  await control("POST", "conditions", { commitMs: 0, requestsPerSecond: 1 });
  for (let request = 0; request < 40; request++) await counted.ok("check/user", {});
  const late = await counted.rpc("check/user", {});
  expect([late.status, Number(late.headers.get("retry-after")) > 30]).toEqual([429, true]);
});

test("links live, headers are taken, and webhooks are waited for, as is set", async () => {
  const { client, control, dropbox, ready } = await startTestDropbox({
    ...{ temporaryLinkSeconds: 30, maximumHeaderBytes: 2000, webhookTimeoutMs: 100, webhookDelayMs: 1 },
    ...{ webhookRetries: 0, webhookGivenUpLimit: 1 },
  });
  await client.put("/a", "x");
  const { link } = await client.ok("files/get_temporary_link", { path: "/a" });
  expect((await fetch(link)).status).toBe(200);
  await control("POST", "advance-clock", { seconds: 31 });
  expect((await fetch(link)).status).toBe(410);
  expect((await fetch(dropbox.url, { headers: { large: "x".repeat(2500) } })).status).toBe(431);

  const receiver = await startReceiver(ready.appSecret);
  await control("POST", "webhook", { appKey: ready.appKey, uri: receiver.uri });
  receiver.verdict = () => new Promise<number>(() => {});
  await client.put("/b", "x");
  const state = async () => (await control("GET", "webhooks")).webhooks[0];
  while ((await state()).enabled) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await state()).toMatchObject({ givenUp: 1, failure: "It did not answer within 0.1 seconds." });
  expect(receiver.notifications).toHaveLength(1);
});
