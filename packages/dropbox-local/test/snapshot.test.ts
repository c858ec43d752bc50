import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { AccountChange } from "../src/index.ts";
import { brief, clientOf, LATER_TABLES, readAll, someBytes, startTestDropbox, type TestDropbox } from "./harness.ts";

async function tree({ client }: Pick<TestDropbox, "client">): Promise<string[]> {
  const { entries } = await readAll(client, await client.ok("files/list_folder", { path: "", recursive: true }));
  return entries.map(brief);
}

test("all is put back as it was: files, contents, history, sessions, space", async () => {
  const dropbox = await startTestDropbox();
  const { client, control } = dropbox;
  await client.put("/a", "one");
  await client.put("/a", "two", { mode: "overwrite" });
  await client.put("/large", someBytes(300_000));
  const { session_id } = (await client.upload("files/upload_session/start", {}, someBytes(100_000))).json;
  await control("POST", "snapshot", { name: "before" });
  await client.ok("files/delete_v2", { path: "/a" });
  await client.put("/large", "small now", { mode: "overwrite" });
  await client.put("/new/file", "x");
  const finish = { cursor: { session_id, offset: 100_000 }, commit: { path: "/finished" } };
  await client.upload("files/upload_session/finish", finish, "");
  for (let times = 0; times < 2; times++) {
    await control("POST", "reset", { name: "before" });
    expect(await tree(dropbox)).toEqual(["file /a", "file /large"]);
    expect((await client.download("files/download", { path: "/a" })).text).toBe("two");
    expect((await client.download("files/download", { path: "/large" })).bytes.equals(someBytes(300_000))).toBe(true);
    expect((await client.ok("files/list_revisions", { path: "/a" })).entries.length).toBe(2);
    expect((await client.ok("users/get_space_usage", null)).used).toBe(300_003);
    expect((await client.upload("files/upload_session/finish", finish, "")).json.size).toBe(100_000);
  }
});

test("cursors from before and after are reset, and no rev, id or cursor is given twice", async () => {
  const { client, control } = await startTestDropbox();
  const first = await client.ok("files/list_folder", { path: "", recursive: true });
  await control("POST", "snapshot", { name: "s" });
  const made = await client.put("/a", "1");
  const second = await client.ok("files/list_folder", { path: "", recursive: true });
  await control("POST", "reset", { name: "s" });
  for (const { cursor } of [first, second])
    expect(await client.refusal("files/list_folder/continue", { cursor })).toBe("reset");
  const again = await client.put("/a", "2");
  expect(again.id).not.toBe(made.id);
  expect(again.rev > made.rev).toBe(true);
  const third = await client.ok("files/list_folder", { path: "", recursive: true });
  await control("POST", "reset", { name: "s" });
  expect(await client.refusal("files/list_folder/continue", { cursor: third.cursor })).toBe("reset");
});

test("a long poll that waits is told to begin anew, and so is whoever follows in the same process", async () => {
  const { client, control, dropbox, ready } = await startTestDropbox();
  await control("POST", "snapshot", { name: "s" });
  const told: (readonly AccountChange[])[] = [];
  const stop = dropbox.accountFiles(ready.accountId).subscribe((changes) => told.push(changes));
  await client.put("/a", "1");
  const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
  const poll = client.refusal("files/list_folder/longpoll", { cursor, timeout: 30 });
  await client.rpc("check/user", {});
  await control("POST", "reset", { name: "s" });
  expect(await poll).toBe("reset");
  await client.put("/b", "1");
  stop();
  expect(told.map((changes) => changes.length)).toEqual([1, 0, 1]);
});

test("accounts and links made since are gone, those that were revoked are back", async () => {
  const { client, control, dropbox, ready } = await startTestDropbox();
  await control("POST", "snapshot", { name: "s" });
  const { accountId } = await dropbox.ensureAccount({ email: "ada@example.org", name: "Ada", password: "x" });
  const { accessToken } = await dropbox.grant({ account: accountId, app: ready.appKey });
  const later = clientOf(dropbox.url, accessToken);
  const { cursor } = await later.ok("files/list_folder", { path: "" });
  const poll = later.refusal("files/list_folder/longpoll", { cursor, timeout: 30 });
  await client.rpc("auth/token/revoke", null);
  await control("POST", "reset", { name: "s" });
  expect(await poll).toBe("reset");
  expect((await later.rpc("check/user", {})).status).toBe(401);
  expect((await client.rpc("check/user", {})).status).toBe(200);
  expect((await dropbox.ensureAccount({ email: "ada@example.org", name: "Ada", password: "x" })).accountId).not.toBe(
    accountId,
  );
});

test("a token lives as long as its link, and never becomes another link's", async () => {
  const { client, control, dropbox, ready } = await startTestDropbox();
  const linked = async (email: string) => {
    const { accountId } = await dropbox.ensureAccount({ email, name: email, password: "x" });
    return clientOf(dropbox.url, (await dropbox.grant({ account: accountId, app: ready.appKey })).accessToken);
  };
  await control("POST", "snapshot", { name: "one-link" });
  const ada = await linked("ada@example.org");
  await control("POST", "snapshot", { name: "two-links" });
  await control("POST", "reset", { name: "one-link" });
  const grace = await linked("grace@example.org");
  await control("POST", "expire-access-tokens");
  await control("POST", "reset", { name: "two-links" });
  expect((await client.ok("users/get_current_account", null)).email).toBe(ready.email);
  expect((await ada.ok("users/get_current_account", null)).email).toBe("ada@example.org");
  expect((await grace.rpc("users/get_current_account", null)).status).toBe(401);
});

test("a snapshot is there after a restart, also one of an older version; unfinished ones are swept", async () => {
  const first = await startTestDropbox();
  await first.client.put("/large", someBytes(200_000));
  await first.control("POST", "snapshot", { name: "old" });
  await first.client.ok("files/delete_v2", { path: "/large" });
  await first.dropbox.close();
  const saved = new DatabaseSync(join(first.folder, "snapshots/old/dropbox.sqlite"));
  saved.exec(`${LATER_TABLES.map((table) => `DROP TABLE ${table};`).join("")} PRAGMA user_version = 1`);
  saved.close();
  await mkdir(join(first.folder, "snapshots/.unfinished-1"));
  const second = await startTestDropbox({ dataFolder: first.folder });
  expect(await readdir(join(first.folder, "snapshots"))).toEqual(["old"]);
  await second.control("POST", "reset", { name: "old" });
  await second.dropbox.close();
  const third = await startTestDropbox({ dataFolder: first.folder });
  expect((await third.client.download("files/download", { path: "/large" })).bytes.length).toBe(200_000);
  await third.client.ok("sharing/create_shared_link_with_settings", { path: "/large" });
});

test("contents that only a snapshot has outlive a restart, and cost no space of their own", async () => {
  const { client, control, dropbox, folder } = await startTestDropbox();
  await control("POST", "snapshot", { name: "empty" });
  await client.put("/large", someBytes(200_000));
  await control("POST", "snapshot", { name: "full" });
  const [pack] = await readdir(join(folder, "snapshots/full/packs"));
  const path = join(folder, "snapshots/full/packs", pack ?? "");
  expect((await stat(path)).nlink).toBe(2);
  await control("POST", "reset", { name: "empty" });
  await dropbox.close();
  const again = await startTestDropbox({ dataFolder: folder });
  expect((await stat(path)).nlink).toBe(1);
  await again.control("POST", "reset", { name: "full" });
  expect((await again.client.download("files/download", { path: "/large" })).bytes.length).toBe(200_000);
});

test("snapshots are listed, replaced and removed; a name that is none or not there is refused", async () => {
  const { client, control, folder } = await startTestDropbox();
  await control("POST", "snapshot", { name: "one" });
  await control("POST", "snapshot", { name: "two" });
  await client.put("/a", "x");
  await control("POST", "snapshot", { name: "one" });
  const names = async () => (await control("GET", "snapshots")).snapshots.map((one: { name: string }) => one.name);
  expect(await names()).toEqual(["two", "one"]);
  await control("POST", "reset", { name: "one" });
  expect((await client.ok("files/get_metadata", { path: "/a" })).size).toBe(1);
  await control("DELETE", "snapshot", { name: "one" });
  expect(await names()).toEqual(["two"]);
  await writeFile(join(folder, "outside"), "x");
  for (const name of ["", "..", "../outside", ".unfinished-x", "a/b", "x".repeat(65)])
    for (const [method, action] of [
      ["POST", "snapshot"],
      ["POST", "reset"],
      ["DELETE", "snapshot"],
    ] as const)
      await expect(control(method, action, { name })).rejects.toThrow("can't be called");
  await expect(control("POST", "reset", { name: "none" })).rejects.toThrow("There is no snapshot called none");
  await expect(control("DELETE", "snapshot", { name: "none" })).rejects.toThrow("There is no snapshot called none");
});
