import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { startDropboxLocal } from "../src/index.ts";
import { clientOf, LATER_TABLES, someBytes, startTestDropbox, temporaryFolder } from "./harness.ts";

test("the ready-made account, app and grant are the same after a restart", async () => {
  const first = await startTestDropbox();
  await first.client.put("/a", "x");
  await first.dropbox.close();
  const second = await startTestDropbox({ dataFolder: first.folder });
  const { accountId, appKey, appSecret, refreshToken, password } = first.ready;
  expect(second.ready).toMatchObject({ accountId, appKey, appSecret, refreshToken, password });
  for (const token of [first.ready.accessToken, second.ready.accessToken])
    expect((await clientOf(second.dropbox.url, token).ok("files/get_metadata", { path: "/a" })).size).toBe(1);
  expect((await stat(join(first.folder, "ready-made.json"))).mode & 0o077).toBe(0);
});

test("a ready-made grant that was revoked is given anew", async () => {
  const first = await startTestDropbox();
  await first.client.rpc("auth/token/revoke", null);
  const again = await first.dropbox.readyMade();
  expect(again.refreshToken).not.toBe(first.ready.refreshToken);
  await clientOf(first.dropbox.url, again.accessToken).ok("files/list_folder", { path: "" });
});

test("a taken port, a port that is none, and an address that is not ours are told apart", async () => {
  const { dropbox } = await startTestDropbox();
  const start = async (options: { port?: number; host?: string }) =>
    startDropboxLocal({ dataFolder: await temporaryFolder(), ...options });
  await expect(start({ port: dropbox.port })).rejects.toMatchObject({
    code: "port-taken",
    message: `Port ${dropbox.port} of 127.0.0.1 is taken by another program: choose another.`,
  });
  await expect(start({ port: 70_000 })).rejects.toMatchObject({ code: "bad-argument" });
  await expect(start({ host: "203.0.113.7" })).rejects.toMatchObject({ code: "address-refused" });
});

test("a data folder that others may look into holds nothing that they can read", async () => {
  const folder = await temporaryFolder();
  await chmod(folder, 0o755);
  await writeFile(join(folder, "dropbox.sqlite"), "");
  await chmod(join(folder, "dropbox.sqlite"), 0o644);
  const { client } = await startTestDropbox({ dataFolder: folder });
  await client.put("/a", someBytes(100_000));
  for (const name of await readdir(folder))
    expect([name, (await stat(join(folder, name))).mode & 0o077]).toEqual([name, 0]);
});

test("one data folder is for one process at a time", async () => {
  const { folder } = await startTestDropbox();
  await expect(startDropboxLocal({ dataFolder: folder })).rejects.toMatchObject({ code: "data-in-use" });
});

test("a data folder of an older version gets the tables that it lacks, and keeps what it has", async () => {
  const { folder, dropbox, ready, client } = await startTestDropbox();
  await client.put("/a", "kept");
  await client.put("/F/in/b", "deleted with its folders");
  await client.ok("files/delete_v2", { path: "/F" });
  const [appFolder] = await dropbox.accountFiles(ready.email).list("/Apps");
  await dropbox.close();
  const database = new DatabaseSync(join(folder, "dropbox.sqlite"));
  database.exec("UPDATE entries SET seq = 0 WHERE seq < 0");
  database.exec(`${LATER_TABLES.map((table) => `DROP TABLE ${table};`).join("")} PRAGMA user_version = 1`);
  database.close();
  const again = await startTestDropbox({ dataFolder: folder });
  expect((await again.client.download("files/download", { path: "/a" })).text).toBe("kept");
  await again.client.ok("sharing/create_shared_link_with_settings", { path: "/a" });
  await again.dropbox.accountFiles(again.ready.email).undelete(`${appFolder?.path}/F`);
  expect((await again.client.download("files/download", { path: "/F/in/b" })).text).toBe("deleted with its folders");
});

test("a data folder of a newer version is left as it is", async () => {
  const { folder, dropbox } = await startTestDropbox();
  await dropbox.close();
  const database = new DatabaseSync(join(folder, "dropbox.sqlite"));
  database.exec("PRAGMA user_version = 99");
  database.close();
  await expect(startDropboxLocal({ dataFolder: folder })).rejects.toMatchObject({
    code: "data-newer",
    message: expect.stringContaining(folder),
  });
});

test("a data folder that can't be used is named in the error", async () => {
  const folder = await temporaryFolder();
  const file = join(folder, "file");
  await writeFile(file, "x");
  await expect(startDropboxLocal({ dataFolder: file })).rejects.toMatchObject({
    code: "data-unreadable",
    message: expect.stringContaining(file),
  });
  const damaged = join(folder, "damaged");
  await mkdir(damaged);
  await writeFile(join(damaged, "dropbox.sqlite"), "this is no database, however long it is ".repeat(100));
  await expect(startDropboxLocal({ dataFolder: damaged })).rejects.toMatchObject({ code: "data-unreadable" });
  if (process.getuid?.() === 0) return;
  const locked = join(folder, "locked");
  await mkdir(locked);
  await chmod(locked, 0o500);
  await expect(startDropboxLocal({ dataFolder: locked })).rejects.toMatchObject({ code: "data-unreadable" });
});

test("what nothing refers to is swept at the next start, and nothing else", async () => {
  const { client, dropbox, folder } = await startTestDropbox();
  const bytes = someBytes(300_000);
  await client.put("/kept", bytes);
  await client.put("/same", bytes);
  const session = await client.upload("files/upload_session/start", {}, someBytes(200_000, 2));
  await dropbox.close();
  const packs = async () =>
    (await readdir(join(folder, "packs"), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  // One content, though it was uploaded twice, and the session's piece.
  expect((await packs()).length).toBe(2);
  await writeFile(join(folder, "packs", "ab", "abandoned"), "left by a crash");
  const again = await startTestDropbox({ dataFolder: folder });
  expect((await packs()).length).toBe(2);
  expect((await again.client.download("files/download", { path: "/same" })).bytes.equals(bytes)).toBe(true);
  const cursor = { session_id: session.json.session_id, offset: 200_000 };
  const finished = await again.client.upload("files/upload_session/finish", { cursor, commit: { path: "/b" } }, "");
  expect(finished.json.size).toBe(200_000);
});

test("an account's password and name can be set anew, an app is found by its name in any case, its access can't change", async () => {
  const { dropbox } = await startTestDropbox();
  const first = await dropbox.ensureAccount({ email: "Ada@Example.org", name: "Ada", password: "1" });
  const second = await dropbox.ensureAccount({ email: "ada@example.org", name: "Ada L.", password: "2" });
  expect(second.accountId).toBe(first.accountId);
  const app = await dropbox.ensureApp({ name: "App", key: "fixedkey", secret: "fixedsecret" });
  expect(app).toMatchObject({ appKey: "fixedkey", appSecret: "fixedsecret", access: "app-folder" });
  for (const name of ["App", "app", "APP"]) expect(await dropbox.ensureApp({ name })).toEqual(app);
  const accented = await dropbox.ensureApp({ name: "\u00c9tude" });
  expect((await dropbox.ensureApp({ name: "e\u0301tude" })).appKey).toBe(accented.appKey);
  await expect(dropbox.ensureApp({ name: "Other", key: "fixedkey" })).rejects.toMatchObject({
    code: "bad-argument",
    message: "There is another app with the key fixedkey.",
  });
  await expect(dropbox.ensureApp({ name: "App", access: "full" })).rejects.toMatchObject({ code: "bad-argument" });
  await expect(dropbox.ensureApp({ name: "a/b" })).rejects.toMatchObject({ code: "bad-argument" });
  await expect(dropbox.ensureAccount({ email: "x", name: "X", password: "x" })).rejects.toMatchObject({
    code: "bad-argument",
  });
  await expect(dropbox.grant({ account: "nobody@x", app: "fixedkey" })).rejects.toMatchObject({ code: "bad-argument" });
});

test("closing answers who waits, and can be called twice", async () => {
  const { client, dropbox } = await startTestDropbox();
  const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
  const poll = client.rpc("files/list_folder/longpoll", { cursor, timeout: 480 });
  await client.rpc("check/user", {});
  const [answer] = await Promise.all([poll.catch(() => null), dropbox.close(), dropbox.close()]);
  expect(answer === null || answer.json.changes === false).toBe(true);
});
