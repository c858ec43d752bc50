import { expect, test } from "vitest";
import { type Json, startTestDropbox } from "./harness.ts";

const sizes = (result: Json) => result.entries.map((entry: Json) => entry.size);

test("revisions of a path come newest first, in pages", async () => {
  const { client } = await startTestDropbox();
  for (let length = 1; length <= 5; length++) await client.put("/a", "x".repeat(length), { mode: "overwrite" });
  const all = await client.ok("files/list_revisions", { path: "/A" });
  expect(all.is_deleted).toBe(false);
  expect(sizes(all)).toEqual([5, 4, 3, 2, 1]);
  const two = await client.ok("files/list_revisions", { path: "/a", limit: 2 });
  expect([sizes(two), two.has_more]).toEqual([[5, 4], true]);
  const next = await client.ok("files/list_revisions", { path: "/a", limit: 9, before_rev: two.entries[1].rev });
  expect([sizes(next), next.has_more]).toEqual([[3, 2, 1], false]);
});

test("by path a moved file begins anew, by id its history goes along", async () => {
  const { client } = await startTestDropbox();
  const { id } = await client.put("/a", "1");
  await client.put("/a", "22", { mode: "overwrite" });
  await client.ok("files/move_v2", { from_path: "/a", to_path: "/b" });
  expect(sizes(await client.ok("files/list_revisions", { path: "/b" }))).toEqual([2]);
  const byId = await client.ok("files/list_revisions", { path: id, mode: "id" });
  expect(byId.entries.map((entry: Json) => [entry.path_display, entry.size])).toEqual([
    ["/b", 2],
    ["/a", 2],
    ["/a", 1],
  ]);
  const old = await client.ok("files/list_revisions", { path: "/a" });
  expect(old.is_deleted).toBe(true);
});

test("a deleted file has a history, with the time of its deletion", async () => {
  const { client } = await startTestDropbox();
  await client.put("/a", "1");
  await client.ok("files/delete_v2", { path: "/a" });
  const history = await client.ok("files/list_revisions", { path: "/a" });
  expect(history).toMatchObject({ is_deleted: true, server_deleted: expect.stringMatching(/^\d{4}-.*Z$/) });
  expect(await client.refusal("files/list_revisions", { path: "/never" })).toBe("path/not_found");
  await client.ok("files/create_folder_v2", { path: "/d" });
  expect(await client.refusal("files/list_revisions", { path: "/d" })).toBe("path/not_file");
});

test("restoring makes an older version the present one, with a new rev", async () => {
  const { client } = await startTestDropbox();
  const first = await client.put("/a", "one", { client_modified: "2016-07-10T19:19:03Z" });
  const second = await client.put("/a", "two!", { mode: "overwrite" });
  const restored = await client.ok("files/restore", { path: "/a", rev: first.rev });
  expect(restored).toMatchObject({ id: first.id, size: 3, client_modified: "2016-07-10T19:19:03Z" });
  expect(restored.rev > second.rev).toBe(true);
  expect((await client.download("files/download", { path: "/a" })).text).toBe("one");
});

test("a deleted file comes back as itself, also out of a deleted folder", async () => {
  const { client } = await startTestDropbox();
  const file = await client.put("/d/e/a", "one");
  const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
  await client.ok("files/delete_v2", { path: "/d" });
  const restored = await client.ok("files/restore", { path: "/d/e/a", rev: file.rev });
  expect(restored.id).toBe(file.id);
  const { entries } = await client.ok("files/list_folder/continue", { cursor });
  expect(entries.map((entry: Json) => `${entry[".tag"]} ${entry.path_display}`)).toEqual([
    "deleted /d",
    "folder /d",
    "folder /d/e",
    "file /d/e/a",
  ]);
});

test("only a rev that the path had can be restored", async () => {
  const { client } = await startTestDropbox();
  await client.put("/a", "1");
  const other = await client.put("/b", "2");
  const refused = (rev: string) => client.refusal("files/restore", { path: "/a", rev });
  expect(await refused("1a6a24061000")).toBe("invalid_revision");
  expect(await refused(other.rev)).toBe("invalid_revision");
});
