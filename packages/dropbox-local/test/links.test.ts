import { once } from "node:events";
import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { clientOf, startTestDropbox } from "./harness.ts";

function post(link: string, body: string): Promise<Response> {
  return fetch(link, { method: "POST", headers: { "content-type": "application/octet-stream" }, body });
}

describe("get_temporary_link", () => {
  test("anybody who has it gets the file, or a range of it, for four hours", async () => {
    const { client, control } = await startTestDropbox();
    const file = await client.put("/a b.txt", "hello");
    const { metadata, link } = await client.ok("files/get_temporary_link", { path: file.id });
    expect(metadata).toEqual(file);
    expect(await (await fetch(link)).text()).toBe("hello");
    const part = await fetch(link, { headers: { range: "bytes=1-2" } });
    expect([part.status, await part.text()]).toEqual([206, "el"]);
    expect((await fetch(`${link}x`)).status).toBe(404);
    await control("POST", "advance-clock", { seconds: 4 * 3600 + 1 });
    expect((await fetch(link)).status).toBe(410);
  });

  test("a folder has none", async () => {
    const { client } = await startTestDropbox();
    await client.put("/d/a", "x");
    expect(await client.refusal("files/get_temporary_link", { path: "/d" })).toBe("path/not_file");
    expect(await client.refusal("files/get_temporary_link", { path: "/none" })).toBe("path/not_found");
  });
});

describe("get_temporary_upload_link", () => {
  test("anybody who has it can upload one file, once", async () => {
    const { client } = await startTestDropbox();
    const commit_info = { path: "/up.txt", mode: "overwrite", client_modified: "2020-01-02T03:04:05Z" };
    const { link } = await client.ok("files/get_temporary_upload_link", { commit_info, duration: 60 });
    const answer = await post(link, "hello");
    expect(answer.status).toBe(200);
    const file = await client.ok("files/get_metadata", { path: "/up.txt" });
    expect(await answer.json()).toEqual({ "content-hash": file.content_hash });
    expect(file.client_modified).toBe("2020-01-02T03:04:05Z");
    expect((await post(link, "again")).status).toBe(410);
    expect((await post(`${link}x`, "again")).status).toBe(409);
  });

  test("it expires, and a refused upload leaves it to be used", async () => {
    const { client, control } = await startTestDropbox();
    await client.put("/there", "1");
    const { link } = await client.ok("files/get_temporary_upload_link", { commit_info: { path: "/there" } });
    expect((await post(link, "2")).status).toBe(409);
    await client.ok("files/delete_v2", { path: "/there" });
    expect((await post(link, "2")).status).toBe(200);
    const late = await client.ok("files/get_temporary_upload_link", { commit_info: { path: "/b" }, duration: 60 });
    await control("POST", "advance-clock", { seconds: 61 });
    expect((await post(late.link, "2")).status).toBe(410);
    const short = await client.rpc("files/get_temporary_upload_link", { commit_info: { path: "/b" }, duration: 59 });
    expect(short.status).toBe(400);
  });
});

test("an upload by link waits for its turn like any other, may be refused for now, and happens once", async () => {
  const { client } = await startTestDropbox({ commitMs: 100, lockWaitMs: 20 });
  const commit_info = { path: "/a", mode: "overwrite" };
  const { link } = await client.ok("files/get_temporary_upload_link", { commit_info });
  const statuses = (await Promise.all([1, 2, 3, 4].map((body) => post(link, `${body}`)))).map(({ status }) => status);
  expect([200, 409, 410]).toEqual(expect.arrayContaining(statuses));
  while (!statuses.includes(200)) statuses.push((await post(link, "5")).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect((await post(link, "6")).status).toBe(410);
  expect((await client.ok("files/list_revisions", { path: "/a" })).entries).toHaveLength(1);
});

test("a link that was used while a second file was on its way is used up for that one", async () => {
  const { client } = await startTestDropbox();
  const commit_info = { path: "/a", mode: "overwrite" };
  const { link } = await client.ok("files/get_temporary_upload_link", { commit_info });
  // The server has looked at the link by the time it asks for the body.
  const headers = { "content-type": "application/octet-stream", expect: "100-continue" };
  const slow = request(link, { method: "POST", headers });
  slow.flushHeaders();
  await once(slow, "continue");
  expect((await post(link, "quick")).status).toBe(200);
  slow.end("slow");
  const [answer] = await once(slow, "response");
  expect(answer.resume().statusCode).toBe(410);
  expect((await client.download("files/download", { path: "/a" })).text).toBe("quick");
});

describe("shared links", () => {
  test("a folder that is too large for a zip file has none", async () => {
    const { client } = await startTestDropbox();
    const paths = Array.from({ length: 10_000 }, (_, index) => `/big/${index}`);
    await client.ok("files/create_folder_batch", { paths });
    const { url } = await client.ok("sharing/create_shared_link_with_settings", { path: "/big" });
    const answer = await fetch(url);
    expect([answer.status, await answer.json()]).toMatchObject([409, { error: { ".tag": "too_many_files" } }]);
    expect((await fetch(url, { method: "POST" })).status).toBe(405);
  });

  test("one is made, found, followed wherever its file moves, and revoked", async () => {
    const { client } = await startTestDropbox();
    const file = await client.put("/d/a.txt", "hello");
    const link = await client.ok("sharing/create_shared_link_with_settings", { path: "/d/a.txt" });
    expect(link).toMatchObject({ ".tag": "file", id: file.id, path_lower: "/d/a.txt", rev: file.rev, size: 5 });
    const again = await client.rpc("sharing/create_shared_link_with_settings", { path: "/D/A.txt" });
    expect(again.json.error.shared_link_already_exists.metadata.url).toBe(link.url);
    await client.ok("files/move_v2", { from_path: "/d", to_path: "/e" });
    expect((await client.ok("sharing/get_shared_link_metadata", { url: link.url })).path_lower).toBe("/e/a.txt");
    expect(await (await fetch(link.url)).text()).toBe("hello");
    expect((await client.download("sharing/get_shared_link_file", { url: link.url })).text).toBe("hello");
    await client.ok("sharing/revoke_shared_link", { url: link.url });
    expect(await client.refusal("sharing/revoke_shared_link", { url: link.url })).toBe("shared_link_not_found");
    expect(await client.refusal("sharing/revoke_shared_link", { url: "x" })).toBe("shared_link_malformed");
    expect((await fetch(link.url)).status).toBe(404);
  });

  test("a path has its own links and those of the folders above it", async () => {
    const { client } = await startTestDropbox();
    await client.put("/d/a.txt", "1");
    await client.put("/other", "2");
    for (const path of ["/d", "/d/a.txt", "/other"])
      await client.ok("sharing/create_shared_link_with_settings", { path });
    const names = async (argument: object) =>
      (await client.ok("sharing/list_shared_links", argument)).links.map((link: { name: string }) => link.name).sort();
    expect(await names({})).toEqual(["a.txt", "d", "other"]);
    expect(await names({ path: "/d/a.txt" })).toEqual(["a.txt", "d"]);
    expect(await names({ path: "/d/a.txt", direct_only: true })).toEqual(["a.txt"]);
    expect(await names({ path: "/d" })).toEqual(["d"]);
    expect(await client.refusal("sharing/list_shared_links", { path: "/none" })).toBe("path/not_found");
    await client.ok("files/delete_v2", { path: "/other" });
    expect(await names({})).toEqual(["a.txt", "d"]);
  });

  test("a folder's link leads to what is in it, for other accounts too", async () => {
    const { client, dropbox } = await startTestDropbox();
    await client.put("/d/sub/a.txt", "hello");
    const { url } = await client.ok("sharing/create_shared_link_with_settings", { path: "/d" });
    const { email } = await dropbox.ensureAccount({
      email: "else@example.org",
      name: "Somebody",
      password: "secret word",
    });
    const app = await dropbox.ensureApp({ name: "Other" });
    const { accessToken } = await dropbox.grant({ account: email, app: app.appKey });
    const other = clientOf(dropbox.url, accessToken);
    const seen = await other.ok("sharing/get_shared_link_metadata", { url, path: "/sub/A.txt" });
    expect([seen.name, seen.path_lower]).toEqual(["a.txt", undefined]);
    expect((await other.download("sharing/get_shared_link_file", { url, path: "/sub/a.txt" })).text).toBe("hello");
    expect(await other.refusal("sharing/revoke_shared_link", { url })).toBe("shared_link_access_denied");
    expect((await fetch(url)).headers.get("content-type")).toBe("application/zip");
    const listing = await client.ok("files/list_folder", { path: "/sub", shared_link: { url } });
    expect(listing.entries.map((entry: { name: string }) => entry.name)).toEqual(["a.txt"]);
  });

  test("passwords and expiry are for accounts that pay", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a", "1");
    const settings = { requested_visibility: "password", link_password: "x" };
    const route = "sharing/create_shared_link_with_settings";
    expect(await client.refusal(route, { path: "/a", settings })).toBe("settings_error/not_authorized");
    await client.ok(route, { path: "/a", settings: { requested_visibility: { ".tag": "public" }, access: "viewer" } });
  });
});

test("a copy reference brings a folder into another account of the same app", async () => {
  const { client, dropbox, ready } = await startTestDropbox();
  await client.put("/d/a", "hello");
  const { copy_reference } = await client.ok("files/copy_reference/get", { path: "/d" });
  const { email } = await dropbox.ensureAccount({
    email: "else@example.org",
    name: "Somebody",
    password: "secret word",
  });
  const { accessToken } = await dropbox.grant({ account: email, app: ready.appKey });
  const other = clientOf(dropbox.url, accessToken);
  const { metadata } = await other.ok("files/copy_reference/save", { copy_reference, path: "/mine" });
  expect(metadata).toMatchObject({ ".tag": "folder", path_display: "/mine" });
  expect((await other.download("files/download", { path: "/mine/a" })).text).toBe("hello");
  expect((await other.ok("users/get_space_usage", null)).used).toBe(5);
});

test("accounts in a batch, features, and what only business has", async () => {
  const { client, ready } = await startTestDropbox();
  const accounts = await client.ok("users/get_account_batch", { account_ids: [ready.accountId] });
  expect(accounts).toMatchObject([{ account_id: ready.accountId, is_teammate: true }]);
  const features = [{ ".tag": "paper_as_files" }, { ".tag": "file_locking" }];
  const { values } = await client.ok("users/features/get_values", { features });
  expect(values.map((value: { ".tag": string }) => value[".tag"])).toEqual(["paper_as_files", "file_locking"]);
  expect(await client.refusal("users/features/get_values", { features: [] })).toBe("empty_features_list");
});
