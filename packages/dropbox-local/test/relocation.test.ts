import { describe, expect, test } from "vitest";
import { brief, type Client, type Json, startTestDropbox } from "./harness.ts";

async function tree(client: Client): Promise<string[]> {
  const { entries } = await client.ok("files/list_folder", { path: "", recursive: true, limit: 2000 });
  return entries.map(brief);
}

/** A batch's results, asked for where it was answered with a job. */
async function batch(client: Client, route: string, check: string, argument: unknown): Promise<Json[]> {
  const launched = await client.ok(route, argument);
  if (launched[".tag"] === "complete") return launched.entries;
  expect(launched.async_job_id).toMatch(/^dbjid:/);
  const result = await client.ok(check, { async_job_id: launched.async_job_id });
  expect(result[".tag"]).toBe("complete");
  return result.entries;
}

describe("move_v2", () => {
  test("a file keeps its id and client's time, and gets a new rev and server's time", async () => {
    const { client } = await startTestDropbox();
    const before = await client.put("/a.txt", "x", { client_modified: "2016-05-22T09:29:22Z" });
    const { metadata } = await client.ok("files/move_v2", { from_path: "/A.TXT", to_path: "/New/b.txt" });
    expect(metadata).toMatchObject({
      ".tag": "file",
      id: before.id,
      client_modified: before.client_modified,
      path_display: "/New/b.txt",
    });
    expect(metadata.rev > before.rev).toBe(true);
    expect(await tree(client)).toEqual(["folder /New", "file /New/b.txt"]);
  });

  test("a folder goes whole, and everything in it keeps its id", async () => {
    const { client } = await startTestDropbox();
    const file = await client.put("/a/b/c", "x");
    await client.ok("files/create_folder_v2", { path: "/a/empty" });
    await client.ok("files/move_v2", { from_path: "/a", to_path: "/z" });
    expect(await tree(client)).toEqual(["folder /z", "folder /z/b", "file /z/b/c", "folder /z/empty"]);
    expect((await client.ok("files/get_metadata", { path: file.id })).path_display).toBe("/z/b/c");
  });

  test("a taken place is a conflict, or gets a number", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a.jpg", "1");
    await client.put("/photo.jpg", "2");
    await client.put("/folder/x", "3");
    const onto = (to_path: string) => client.refusal("files/move_v2", { from_path: "/a.jpg", to_path });
    expect(await onto("/photo.jpg")).toBe("to/conflict/file");
    expect(await onto("/folder")).toBe("to/conflict/folder");
    expect(await onto("/photo.jpg/inside")).toBe("to/conflict/file_ancestor");
    expect(await onto("/desktop.ini")).toBe("to/disallowed_name");
    expect(await onto("/a//b")).toBe("to/malformed_path");
    const moved = await client.ok("files/move_v2", { from_path: "/a.jpg", to_path: "/photo.jpg", autorename: true });
    expect(moved.metadata.name).toBe("photo (1).jpg");
  });

  test("what can't be moved", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a/b", "1");
    const refused = (from_path: string, to_path: string) => client.refusal("files/move_v2", { from_path, to_path });
    expect(await refused("/none", "/x")).toBe("from_lookup/not_found");
    expect(await refused("/../x", "/x")).toBe("from_lookup/malformed_path");
    expect(await refused("/a", "/a")).toBe("duplicated_or_nested_paths");
    expect(await refused("/a", "/A/c")).toBe("cant_move_folder_into_itself");
  });

  test("moving away and back, and over the place of something deleted", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a/x", "1");
    await client.put("/b/y", "2");
    await client.ok("files/delete_v2", { path: "/b" });
    await client.ok("files/move_v2", { from_path: "/a", to_path: "/b" });
    await client.ok("files/move_v2", { from_path: "/b", to_path: "/a" });
    expect(await tree(client)).toEqual(["folder /a", "file /a/x"]);
  });

  test("no more than 10,000 entries move at once", async () => {
    const { client } = await startTestDropbox();
    const paths = Array.from({ length: 9_999 }, (_, index) => `/big/${index}`);
    await client.ok("files/create_folder_batch", { paths });
    await client.ok("files/move_v2", { from_path: "/big", to_path: "/large" });
    await client.ok("files/create_folder_v2", { path: "/large/one more" });
    expect(await client.refusal("files/move_v2", { from_path: "/large", to_path: "/x" })).toBe("too_many_files");
    expect(await client.refusal("files/copy_v2", { from_path: "/large", to_path: "/x" })).toBe("too_many_files");
    expect(await client.refusal("files/delete_v2", { path: "/large" })).toBe("too_many_files");
  });
});

describe("copy_v2", () => {
  test("a copy has an id of its own and counts as space", async () => {
    const { client } = await startTestDropbox({ quotaBytes: 10 });
    const before = await client.put("/a/f", "1234");
    const { metadata } = await client.ok("files/copy_v2", { from_path: "/a", to_path: "/b" });
    expect(metadata).toMatchObject({ ".tag": "folder", path_display: "/b" });
    const copied = await client.ok("files/get_metadata", { path: "/b/f" });
    expect(copied.id).not.toBe(before.id);
    expect(copied.content_hash).toBe(before.content_hash);
    expect((await client.ok("users/get_space_usage", null)).used).toBe(8);
    expect(await client.refusal("files/copy_v2", { from_path: "/a", to_path: "/c" })).toBe("insufficient_quota");
    expect(await tree(client)).toEqual(["folder /a", "file /a/f", "folder /b", "file /b/f"]);
  });
});

describe("batches", () => {
  test("move_batch_v2 tells each entry's outcome, in order, and is not atomic", async () => {
    const { client } = await startTestDropbox();
    const a = await client.put("/a", "1");
    await client.put("/c", "2");
    const results = await batch(client, "files/move_batch_v2", "files/move_batch/check_v2", {
      entries: [
        { from_path: "/a", to_path: "/b" },
        { from_path: "/none", to_path: "/x" },
        { from_path: "/b", to_path: "/c" },
        { from_path: "/c", to_path: "/d/c" },
      ],
      autorename: false,
    });
    expect(results[0]).toMatchObject({ ".tag": "success", success: { ".tag": "file", id: a.id, name: "b" } });
    expect(results[1]).toEqual({
      ".tag": "failure",
      failure: {
        ".tag": "relocation_error",
        relocation_error: { ".tag": "from_lookup", from_lookup: { ".tag": "not_found" } },
      },
    });
    expect(results[2].failure.relocation_error.to.conflict[".tag"]).toBe("file");
    expect(results[3].success.path_display).toBe("/d/c");
    expect(await tree(client)).toEqual(["file /b", "folder /d", "file /d/c"]);
  });

  test("copy_batch_v2 copies a thousand at once", async () => {
    const { client } = await startTestDropbox();
    await client.put("/one", "x");
    const entries = Array.from({ length: 1000 }, (_, index) => ({ from_path: "/one", to_path: `/copies/${index}` }));
    const results = await batch(client, "files/copy_batch_v2", "files/copy_batch/check_v2", { entries });
    expect(results.filter((result) => result[".tag"] === "success").length).toBe(1000);
    const many = await client.rpc("files/copy_batch_v2", { entries: [...entries, entries[0]] });
    expect(many.status).toBe(400);
  });

  test("delete_batch answers as was recorded", async () => {
    const { client } = await startTestDropbox();
    await client.put("/folder_to_delete_1/x", "1");
    const kept = await client.put("/kept", "1");
    await client.put("/folder_to_delete_2/file.docx", "2");
    const results = await batch(client, "files/delete_batch", "files/delete_batch/check", {
      entries: [
        { path: "/folder_to_delete_1" },
        { path: "/kept", parent_rev: "1c0576c68d6" },
        { path: "/folder_to_delete_2/file.docx" },
        { path: "/none" },
      ],
    });
    expect(results.map((result) => result[".tag"])).toEqual(["success", "failure", "success", "failure"]);
    expect(results[0].metadata[".tag"]).toBe("folder");
    expect(results[1].failure).toEqual({
      ".tag": "path_write",
      path_write: { ".tag": "conflict", conflict: { ".tag": "file" } },
    });
    expect(results[3].failure).toEqual({ ".tag": "path_lookup", path_lookup: { ".tag": "not_found" } });
    expect((await client.ok("files/get_metadata", { path: "/kept" })).id).toBe(kept.id);
  });

  test("create_folder_batch does a few at once and more as a job", async () => {
    const { client } = await startTestDropbox();
    await client.ok("files/create_folder_v2", { path: "/there" });
    const few = await client.ok("files/create_folder_batch", { paths: ["/a", "/there", "/b\\c"], autorename: false });
    expect(few[".tag"]).toBe("complete");
    expect(few.entries[0]).toMatchObject({ ".tag": "success", metadata: { name: "a", path_lower: "/a" } });
    expect(few.entries[1].failure).toEqual({
      ".tag": "path",
      path: { ".tag": "conflict", conflict: { ".tag": "folder" } },
    });
    expect(few.entries[2].failure.path[".tag"]).toBe("malformed_path");
    const paths = Array.from({ length: 100 }, (_, index) => `/Folder ${index}`);
    const many = await batch(client, "files/create_folder_batch", "files/create_folder_batch/check", { paths });
    expect(many.every((result) => result[".tag"] === "success")).toBe(true);
  });

  test("a job is known to its own route only", async () => {
    const { client } = await startTestDropbox();
    const { async_job_id } = await client.ok("files/delete_batch", { entries: [{ path: "/x" }] });
    expect(await client.refusal("files/move_batch/check_v2", { async_job_id })).toBe("invalid_async_job_id");
    expect(await client.refusal("files/delete_batch/check", { async_job_id: "dbjid:none" })).toBe(
      "invalid_async_job_id",
    );
  });
});

describe("create_folder_v2 and delete_v2", () => {
  test("an occupied path is a conflict, or gets a number", async () => {
    const { client } = await startTestDropbox();
    const { metadata } = await client.ok("files/create_folder_v2", { path: "/New Folder" });
    expect(Object.keys(metadata)).toEqual(["name", "path_lower", "path_display", "id"]);
    await client.put("/file", "x");
    expect(await client.refusal("files/create_folder_v2", { path: "/new folder" })).toBe("path/conflict/folder");
    expect(await client.refusal("files/create_folder_v2", { path: "/file" })).toBe("path/conflict/file");
    expect(await client.refusal("files/create_folder_v2", { path: "/file/x" })).toBe("path/conflict/file_ancestor");
    const numbered = await client.ok("files/create_folder_v2", { path: "/New Folder", autorename: true });
    expect(numbered.metadata.name).toBe("New Folder (1)");
  });

  test("deleting needs the current rev where one is given, and tells what was there", async () => {
    const { client } = await startTestDropbox();
    const first = await client.put("/a", "1");
    const second = await client.put("/a", "2", { mode: "overwrite" });
    await client.put("/d/x", "1");
    const refused = (path: string, parent_rev?: string) => client.refusal("files/delete_v2", { path, parent_rev });
    expect(await refused("/a", first.rev)).toBe("path_write/conflict/file");
    expect(await refused("/d", first.rev)).toBe("path_write/conflict/folder");
    expect(await refused("/none")).toBe("path_lookup/not_found");
    const { metadata } = await client.ok("files/delete_v2", { path: "/a", parent_rev: second.rev });
    expect(metadata).toMatchObject({ ".tag": "file", rev: second.rev });
    const again = await client.put("/a", "2");
    expect(again.id).not.toBe(first.id);
  });
});
