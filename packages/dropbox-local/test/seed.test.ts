import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { brief, readAll, startTestDropbox } from "./harness.ts";

test("an account is seeded with many files, evenly in folders, each with content of its own", async () => {
  const { client, control, ready } = await startTestDropbox();
  const seed = { accountId: ready.accountId, path: ready.appFolder, files: 1100, size: 20, folders: 3 };
  expect(await control("POST", "seed", seed)).toEqual({ files: 1100, folders: 4, bytes: 22_000 });
  const { entries } = await readAll(client, await client.ok("files/list_folder", { path: "", recursive: true }));
  const files = entries.filter((entry) => entry[".tag"] === "file");
  expect([entries.length, files.length]).toEqual([1103, 1100]);
  expect(new Set(files.map((file) => file.content_hash)).size).toBe(1100);
  expect(files.filter((file) => file.path_lower.startsWith("/folder 2/")).length).toBe(367);
  expect((await client.ok("users/get_space_usage", null)).used).toBe(22_000);
});

test("the same seed again changes nothing, another one replaces the contents", async () => {
  const { client, control, ready } = await startTestDropbox();
  const seed = { accountId: ready.accountId, path: ready.appFolder, files: 5, size: 100 };
  await control("POST", "seed", seed);
  const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
  await control("POST", "seed", seed);
  expect((await client.ok("files/list_folder/continue", { cursor })).entries).toEqual([]);
  await control("POST", "seed", { ...seed, seed: 2 });
  expect((await client.ok("files/list_folder/continue", { cursor })).entries.length).toBe(5);
});

test("a tree as JSON: texts, files of a size, folders; there after a restart, large contents in one pack", async () => {
  const { client, dropbox, ready, folder } = await startTestDropbox();
  const tree = { "a.txt": "äh", empty: {}, deep: { "large.bin": 300_000, "other.bin": 100_000, sub: { "b.txt": "" } } };
  expect(await dropbox.seed(ready.accountId, { path: ready.appFolder, tree })).toEqual({
    files: 4,
    folders: 4,
    bytes: 400_003,
  });
  const { entries } = await client.ok("files/list_folder", { path: "", recursive: true });
  expect(entries.map(brief).sort()).toEqual([
    "file /a.txt",
    "file /deep/large.bin",
    "file /deep/other.bin",
    "file /deep/sub/b.txt",
    "folder /deep",
    "folder /deep/sub",
    "folder /empty",
  ]);
  await dropbox.close();
  const packs = await readdir(join(folder, "packs"), { recursive: true, withFileTypes: true });
  expect(packs.filter((entry) => entry.isFile()).length).toBe(1);
  const again = await startTestDropbox({ dataFolder: folder });
  const text = await again.client.download("files/download", { path: "/a.txt" });
  const large = await again.client.download("files/download", { path: "/deep/other.bin" });
  expect([text.bytes.toString(), large.bytes.length]).toEqual(["äh", 100_000]);
});

test.each([
  [{ files: -1 }, "files"],
  [{ files: 1, size: 1.5 }, "size"],
  [{ tree: { a: true } }, "a whole number of bytes, or a folder's object"],
  [{ tree: { a: "x" }, files: 3 }, "files"],
  [{ tree: { "a/../b": "x" } }, "."],
  [{ path: "nowhere", tree: {} }, "nowhere"],
  [{ accountId: "nobody@example.org", tree: {} }, "There is no account nobody@example.org"],
])("a seed that makes no sense is refused, and it is said why: %j", async (seed, why) => {
  const { control, ready } = await startTestDropbox();
  await expect(control("POST", "seed", { accountId: ready.accountId, ...seed })).rejects.toThrow(why);
});

test("a seed that does not fit says so", async () => {
  const { control, ready, client } = await startTestDropbox({ quotaBytes: 1_000_000 });
  const seed = { accountId: ready.accountId, tree: { "large.bin": 2_000_000 } };
  await expect(control("POST", "seed", seed)).rejects.toThrow("not enough space");
  expect((await client.ok("users/get_space_usage", null)).used).toBe(0);
});
