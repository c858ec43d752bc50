import { contentHash } from "@twinfold/dropbox-rules";
import { describe, expect, test } from "vitest";
import { someBytes, startTestDropbox, succeeded, tagsOf } from "./harness.ts";

describe("files/upload", () => {
  test("a new file is stored with its missing parents, and told in Dropbox's form", async () => {
    const { client } = await startTestDropbox();
    const metadata = await client.put("/Homework/Math/Prime.txt", "2 3 5 7");
    expect(Object.keys(metadata)).toEqual([
      "name",
      "path_lower",
      "path_display",
      "id",
      "client_modified",
      "server_modified",
      "rev",
      "size",
      "is_downloadable",
      "content_hash",
    ]);
    expect(metadata).toMatchObject({
      name: "Prime.txt",
      path_lower: "/homework/math/prime.txt",
      path_display: "/Homework/Math/Prime.txt",
      size: 7,
      content_hash: contentHash(Buffer.from("2 3 5 7")),
    });
    expect(metadata.id).toMatch(/^id:[\w-]{22}$/);
    expect(metadata.rev).toMatch(/^[0-9a-f]{9,}$/);
    expect(metadata.server_modified).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const { entries } = await client.ok("files/list_folder", { path: "", recursive: true });
    expect(entries.map((entry: { path_display: string }) => entry.path_display)).toEqual([
      "/Homework",
      "/Homework/Math",
      "/Homework/Math/Prime.txt",
    ]);
  });

  test("the same content at the same path is no conflict and changes nothing, not even the time", async () => {
    const { client } = await startTestDropbox();
    const first = await client.put("/a.txt", "same", { client_modified: "2020-01-02T03:04:05Z" });
    for (const mode of ["add", "overwrite", { ".tag": "update", update: "0123456789abc" }])
      expect(await client.put("/A.TXT", "same", { mode, client_modified: "2021-01-01T00:00:00Z" })).toEqual(first);
  });

  test("adding other content is a conflict, or gets a number where it may", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a.tar.gz", "one");
    const refused = await client.upload("files/upload", { path: "/a.tar.gz", mode: "add" }, "two");
    expect(tagsOf(refused)).toBe("path/conflict/file");
    expect(refused.json.error.upload_session_id).toMatch(/^pid_upload_session:/);
    expect((await client.put("/a.tar.gz", "two", { autorename: true })).name).toBe("a.tar (1).gz");
    expect((await client.put("/A.tar.gz", "three", { autorename: true })).name).toBe("A.tar (2).gz");
  });

  test("what was refused for its path can be finished at another without sending it again", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a.txt", "one");
    const refused = await client.upload("files/upload", { path: "/a.txt" }, "two");
    const cursor = { session_id: refused.json.error.upload_session_id, offset: 3 };
    const finish = { cursor, commit: { path: "/b.txt" } };
    expect(succeeded(await client.upload("files/upload_session/finish", finish, "")).content_hash).toBe(
      contentHash(Buffer.from("two")),
    );
  });

  test("overwriting keeps the id and the name's case, and makes a newer rev", async () => {
    const { client } = await startTestDropbox();
    const first = await client.put("/Notes.txt", "one");
    const second = await client.put("/NOTES.txt", "two", { mode: "overwrite" });
    expect(second).toMatchObject({ id: first.id, path_display: "/Notes.txt", size: 3 });
    expect(second.rev > first.rev).toBe(true);
  });

  test("an update needs the current rev; a late one is a conflict or a conflicted copy", async () => {
    const { client } = await startTestDropbox();
    const first = await client.put("/a.txt", "one");
    const second = await client.put("/a.txt", "two", { mode: { ".tag": "update", update: first.rev } });
    expect(second.id).toBe(first.id);
    const late = { path: "/a.txt", mode: { ".tag": "update", update: first.rev } };
    expect(tagsOf(await client.upload("files/upload", late, "three"))).toBe("path/conflict/file");
    const copy = await client.put("/a.txt", "three", { ...late, autorename: true });
    expect(copy.name).toBe("a (conflicted copy).txt");
    expect(copy.id).not.toBe(first.id);
  });

  test("an update of a file that is gone is written, unless strict", async () => {
    const { client } = await startTestDropbox();
    const first = await client.put("/a.txt", "one");
    await client.ok("files/delete_v2", { path: "/a.txt" });
    const update = { path: "/a.txt", mode: { ".tag": "update", update: first.rev } };
    const strict = await client.upload("files/upload", { ...update, strict_conflict: true }, "two");
    expect(tagsOf(strict)).toBe("path/conflict/file");
    const again = await client.put("/a.txt", "two", update);
    expect(again.id).not.toBe(first.id);
  });

  test("strict, equal content is a conflict too", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a.txt", "one");
    const strict = await client.upload("files/upload", { path: "/a.txt", strict_conflict: true }, "one");
    expect(tagsOf(strict)).toBe("path/conflict/file");
  });

  test("a folder in the way, and a file where a parent should be, are conflicts of their own", async () => {
    const { client } = await startTestDropbox();
    await client.put("/folder/file", "x");
    const onFolder = await client.upload("files/upload", { path: "/FOLDER", mode: "overwrite" }, "y");
    expect(tagsOf(onFolder)).toBe("path/conflict/folder");
    const below = await client.upload("files/upload", { path: "/folder/file/deep/x" }, "y");
    expect(tagsOf(below)).toBe("path/conflict/file_ancestor");
    expect(await client.refusal("files/get_metadata", { path: "/folder/file/deep" })).toBe("path/not_found");
  });

  test("names that Dropbox refuses are refused", async () => {
    const { client } = await startTestDropbox();
    const refused = async (path: string) => tagsOf(await client.upload("files/upload", { path }, "x"));
    for (const path of ["/", "/a//b", "/a/", "/a/../b", "/a\\b", "/a\0", "/a\x7f", "/a ", `/${"x".repeat(256)}`])
      expect(await refused(path), path).toBe("path/malformed_path");
    for (const path of ["/desktop.ini", "/x/Thumbs.db", "/.DS_Store", "/.dropbox"])
      expect(await refused(path), path).toBe("path/disallowed_name");
  });

  test("spaces at the end of folder names are dropped", async () => {
    const { client } = await startTestDropbox();
    expect((await client.put("/a /b.txt", "x")).path_display).toBe("/a/b.txt");
    expect((await client.ok("files/create_folder_v2", { path: "/c  " })).metadata.path_display).toBe("/c");
  });

  test("names are one by Dropbox's own key: composed, lower-cased as Python 2.5 did", async () => {
    const { client } = await startTestDropbox();
    const first = await client.put("/e\u0301t\u00e9 ΣΣ.txt", "x");
    expect(first.path_display).toBe("/\u00e9t\u00e9 ΣΣ.txt");
    expect(first.path_lower).toBe("/\u00e9t\u00e9 σσ.txt");
    expect((await client.ok("files/get_metadata", { path: "/\u00c9T\u00c9 σσ.TXT" })).id).toBe(first.id);
    await client.put("/Ꙋ", "one");
    expect((await client.put("/ꙋ", "two")).path_lower).toBe("/ꙋ");
  });

  test("the times are the client's, in whole seconds, and the server's", async () => {
    const { client } = await startTestDropbox();
    const metadata = await client.put("/a", "x", { client_modified: "1988-12-08T01:01:00Z" });
    expect(metadata.client_modified).toBe("1988-12-08T01:01:00Z");
    expect(Date.parse(metadata.server_modified)).toBeGreaterThan(Date.parse("2020-01-01T00:00:00Z"));
    const wrong = await client.upload("files/upload", { path: "/b", client_modified: "yesterday" }, "x");
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('Error in call to API function "files/upload": HTTP header "Dropbox-API-Arg"');
  });

  test("content that does not have the announced hash is not stored", async () => {
    const { client } = await startTestDropbox();
    const wrong = { path: "/a", content_hash: contentHash(Buffer.from("other")) };
    expect(tagsOf(await client.upload("files/upload", wrong, "x"))).toBe("content_hash_mismatch");
    expect(await client.refusal("files/get_metadata", { path: "/a" })).toBe("path/not_found");
    await client.put("/a", "x", { content_hash: contentHash(Buffer.from("x")) });
  });

  test("a large file arrives as it was sent, and a body beyond the limit is refused", async () => {
    const { client } = await startTestDropbox({ maximumRequestSize: 10_000_000 });
    const bytes = someBytes(9_000_001);
    const metadata = await client.put("/big.bin", bytes);
    expect(metadata).toMatchObject({ size: bytes.length, content_hash: contentHash(bytes) });
    expect((await client.download("files/download", { path: "/big.bin" })).bytes.equals(bytes)).toBe(true);
    const tooLarge = await client.upload("files/upload", { path: "/bigger" }, someBytes(10_000_001, 2));
    expect(tagsOf(tooLarge)).toBe("payload_too_large");
  });

  test("what does not fit into the account's space is refused, and what is deleted makes room", async () => {
    const { client } = await startTestDropbox({ quotaBytes: 1000 });
    await client.put("/a", someBytes(900));
    const full = await client.upload("files/upload", { path: "/b" }, someBytes(200, 2));
    expect(tagsOf(full)).toBe("path/insufficient_space");
    expect(await client.ok("users/get_space_usage", null)).toEqual({
      used: 900,
      allocation: { ".tag": "individual", allocated: 1000 },
    });
    await client.put("/a", someBytes(950, 3), { mode: "overwrite" });
    await client.ok("files/delete_v2", { path: "/a" });
    await client.put("/b", someBytes(200, 2));
    expect((await client.ok("users/get_space_usage", null)).used).toBe(200);
  });

  test("the argument may come in the address", async () => {
    const { client, dropbox } = await startTestDropbox();
    const argument = encodeURIComponent(JSON.stringify({ path: "/ümlaut.txt" }));
    const response = await fetch(
      `${dropbox.url}/2/files/upload?arg=${argument}&authorization=Bearer%20${client.token}`,
      {
        method: "POST",
        headers: { "content-type": "application/octet-stream" },
        body: "x",
      },
    );
    expect(await response.json()).toMatchObject({ name: "ümlaut.txt" });
  });
});
