import { describe, expect, test } from "vitest";
import { brief, clientOf, type Json, readAll, startTestDropbox } from "./harness.ts";

describe("list_folder", () => {
  test("folders come first, then files, each in the order of making", async () => {
    const { client } = await startTestDropbox();
    await client.put("/b.txt", "1");
    await client.put("/z/inner.txt", "2");
    await client.put("/a.txt", "3");
    await client.ok("files/create_folder_v2", { path: "/c" });
    const listing = await client.ok("files/list_folder", { path: "" });
    expect(listing.entries.map(brief)).toEqual(["folder /z", "folder /c", "file /b.txt", "file /a.txt"]);
    expect(listing.has_more).toBe(false);
    expect(Object.keys(listing)).toEqual(["entries", "cursor", "has_more"]);
  });

  test("a recursive listing of a folder begins with the folder, parents before what is in them", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a/b/c.txt", "1");
    await client.put("/a b/d.txt", "1");
    const whole = await client.ok("files/list_folder", { path: "", recursive: true });
    expect(whole.entries.map(brief)).toEqual([
      "folder /a",
      "folder /a b",
      "file /a b/d.txt",
      "folder /a/b",
      "file /a/b/c.txt",
    ]);
    const part = await client.ok("files/list_folder", { path: "/A", recursive: true });
    expect(part.entries.map(brief)).toEqual(["folder /a", "folder /a/b", "file /a/b/c.txt"]);
  });

  test("pages are no longer than asked, and together complete", async () => {
    const { client } = await startTestDropbox();
    const paths = Array.from({ length: 25 }, (_, index) => `/f/${index}`);
    for (const path of paths) await client.put(path, path);
    for (const recursive of [true, false]) {
      const first = await client.ok("files/list_folder", { path: "/f", recursive, limit: 7 });
      expect(first.entries.length).toBe(7);
      const { entries, pages } = await readAll(client, first);
      expect(pages).toBe(recursive ? 4 : 4);
      const files = entries.filter((entry) => entry[".tag"] === "file").map((entry) => entry.path_display);
      expect(files.sort()).toEqual([...paths].sort());
    }
  });

  test.each([1, 2, 3, 4, 5, 6])("folders come before files, whatever falls on one page: %i entries", async (limit) => {
    const { client, dropbox, ready } = await startTestDropbox();
    const tree = { f1: "1", d1: {}, f2: "2", d2: {}, d3: {}, f3: "3" };
    await dropbox.seed(ready.accountId, { path: ready.appFolder, tree });
    await client.ok("files/delete_v2", { path: "/d2" });
    for (const include_deleted of [false, true]) {
      const first = await client.ok("files/list_folder", { path: "", limit, include_deleted });
      const { entries } = await readAll(client, first);
      expect(entries.map((entry) => entry.name)).toEqual(
        include_deleted ? ["d1", "d2", "d3", "f1", "f2", "f3"] : ["d1", "d3", "f1", "f2", "f3"],
      );
    }
  });

  test("what changes while a listing is read is told after it", async () => {
    const { client } = await startTestDropbox();
    for (let index = 0; index < 10; index++) await client.put(`/f${index}`, `${index}`);
    const first = await client.ok("files/list_folder", { path: "", recursive: true, limit: 4 });
    await client.put("/a-new", "x");
    await client.ok("files/delete_v2", { path: "/f1" });
    await client.put("/f9", "changed", { mode: "overwrite" });
    const { entries, cursor } = await readAll(client, first);
    const after = await client.ok("files/list_folder/continue", { cursor });
    expect(after.entries.map(brief)).toEqual(["file /a-new", "deleted /f1", "file /f9"]);
    const seen = new Map<string, Json>();
    for (const entry of [...entries, ...after.entries]) seen.set(entry.path_lower, entry);
    expect(seen.get("/f9").size).toBe(7);
    expect(seen.get("/f1")[".tag"]).toBe("deleted");
    expect(seen.size).toBe(11);
  });

  test("what is not there, or is a file, can't be listed", async () => {
    const { client } = await startTestDropbox();
    await client.put("/file", "x");
    expect(await client.refusal("files/list_folder", { path: "/nothing" })).toBe("path/not_found");
    expect(await client.refusal("files/list_folder", { path: "/file" })).toBe("path/not_folder");
    expect(await client.refusal("files/list_folder", { path: "/a//b" })).toBe("path/malformed_path");
    expect((await client.rpc("files/list_folder", { path: "/" })).status).toBe(400);
    expect((await client.rpc("files/list_folder", { path: "", limit: 2001 })).status).toBe(400);
  });

  test("deleted entries are listed where asked for", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a", "x");
    await client.put("/d/b", "x");
    await client.ok("files/delete_v2", { path: "/a" });
    await client.ok("files/delete_v2", { path: "/d" });
    const listing = await client.ok("files/list_folder", { path: "", recursive: true, include_deleted: true });
    expect(listing.entries.map(brief)).toEqual(["deleted /a", "deleted /d", "deleted /d/b"]);
    expect(Object.keys(listing.entries[0])).toEqual([".tag", "name", "path_lower", "path_display"]);
    expect((await client.ok("files/list_folder", { path: "" })).entries).toEqual([]);
    expect((await client.ok("files/get_metadata", { path: "/a", include_deleted: true }))[".tag"]).toBe("deleted");
  });

  test("folders can be named by their ids", async () => {
    const { client } = await startTestDropbox();
    const { metadata } = await client.ok("files/create_folder_v2", { path: "/x" });
    await client.put(`${metadata.id}/inside`, "1");
    expect((await client.ok("files/list_folder", { path: metadata.id })).entries.map(brief)).toEqual([
      "file /x/inside",
    ]);
    expect(await client.refusal("files/list_folder", { path: "id:AAAAAAAAAAAAAAAAAAAAAA" })).toBe("path/not_found");
  });
});

describe("list_folder/continue", () => {
  test("a move is a deletion and an entry with the same id; a deleted folder is one entry", async () => {
    const { client } = await startTestDropbox();
    const file = await client.put("/a/deep/file", "x");
    const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
    await client.ok("files/move_v2", { from_path: "/a", to_path: "/b" });
    const moved = await client.ok("files/list_folder/continue", { cursor });
    expect(moved.entries.map(brief)).toEqual(["deleted /a", "folder /b", "folder /b/deep", "file /b/deep/file"]);
    expect(moved.entries.at(-1).id).toBe(file.id);
    expect(moved.entries.at(-1).rev).not.toBe(file.rev);
    await client.ok("files/delete_v2", { path: "/b" });
    const deleted = await client.ok("files/list_folder/continue", { cursor: moved.cursor });
    expect(deleted.entries.map(brief)).toEqual(["deleted /b"]);
  });

  test("what changed several times is told once, with its last state", async () => {
    const { client } = await startTestDropbox();
    const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
    for (let index = 0; index < 5; index++) await client.put("/a", `${index}`, { mode: "overwrite" });
    await client.put("/b", "x");
    await client.ok("files/delete_v2", { path: "/b" });
    const { entries } = await client.ok("files/list_folder/continue", { cursor });
    expect(entries.map(brief)).toEqual(["file /a", "deleted /b"]);
  });

  test("a folder that was deleted and made anew is forgotten first, so that nothing of the old one is left", async () => {
    const { client } = await startTestDropbox();
    await client.put("/x/old", "1");
    const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
    await client.ok("files/delete_v2", { path: "/x" });
    await client.put("/x/new", "2");
    const { entries } = await client.ok("files/list_folder/continue", { cursor });
    expect(entries.map(brief)).toEqual(["deleted /x", "folder /x", "file /x/new"]);
  });

  test("a change of only case is not told, and the move that asks for it changes nothing", async () => {
    const { client, dropbox, ready } = await startTestDropbox();
    const file = await client.put("/Case.md", "x");
    const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
    const answer = await client.ok("files/move_v2", { from_path: "/Case.md", to_path: "/case.MD" });
    expect(answer.metadata).toMatchObject({ path_display: "/Case.md", rev: file.rev });
    // As a person does it on Dropbox's own page.
    await dropbox.accountFiles(ready.accountId).move("/Apps/Twinfold/Case.md", "/Apps/Twinfold/case.MD");
    expect((await client.ok("files/list_folder/continue", { cursor })).entries).toEqual([]);
    expect((await client.ok("files/get_metadata", { path: "/case.md" })).path_display).toBe("/case.MD");
  });

  test("a flat cursor tells of direct children only", async () => {
    const { client } = await startTestDropbox();
    await client.put("/d/x", "1");
    const { cursor } = await client.ok("files/list_folder", { path: "/d" });
    await client.put("/d/y", "1");
    await client.put("/d/sub/z", "1");
    await client.put("/elsewhere", "1");
    const { entries } = await client.ok("files/list_folder/continue", { cursor });
    expect(entries.map(brief)).toEqual(["file /d/y", "folder /d/sub"]);
  });

  test("a cursor of a folder that is gone is refused", async () => {
    const { client } = await startTestDropbox();
    await client.put("/d/x", "1");
    const { cursor } = await client.ok("files/list_folder", { path: "/d", recursive: true });
    await client.ok("files/delete_v2", { path: "/d" });
    expect(await client.refusal("files/list_folder/continue", { cursor })).toBe("path/not_found");
  });

  test("get_latest_cursor starts from now", async () => {
    const { client } = await startTestDropbox();
    await client.put("/before", "1");
    const { cursor } = await client.ok("files/list_folder/get_latest_cursor", { path: "", recursive: true });
    await client.put("/after", "1");
    const { entries } = await client.ok("files/list_folder/continue", { cursor });
    expect(entries.map(brief)).toEqual(["file /after"]);
  });

  test("cursors outlive a restart, also in the middle of a listing", async () => {
    const first = await startTestDropbox();
    for (let index = 0; index < 9; index++) await first.client.put(`/f${index}`, `${index}`);
    const page = await first.client.ok("files/list_folder", { path: "", recursive: true, limit: 4 });
    await first.dropbox.close();
    const second = await startTestDropbox({ dataFolder: first.folder });
    const { entries, cursor } = await readAll(second.client, page);
    expect(entries.length).toBe(9);
    await second.client.put("/later", "x");
    const after = await second.client.ok("files/list_folder/continue", { cursor });
    expect(after.entries.map(brief)).toEqual(["file /later"]);
  });

  test("a cursor that was reset says so, and one that was made up is malformed", async () => {
    const { client, control, ready } = await startTestDropbox();
    const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
    await control("POST", "reset-cursors", { accountId: ready.accountId });
    expect(await client.refusal("files/list_folder/continue", { cursor })).toBe("reset");
    expect(await client.refusal("files/list_folder/longpoll", { cursor })).toBe("reset");
    for (const made of ["AAnonsense", `${cursor.slice(0, -2)}xx`, "x"])
      expect((await client.rpc("files/list_folder/continue", { cursor: made })).status).toBe(400);
  });

  test("a cursor is only for the app that it was given to", async () => {
    const { client, dropbox, ready } = await startTestDropbox();
    const { cursor } = await client.ok("files/list_folder", { path: "" });
    const other = await dropbox.ensureApp({ name: "Other" });
    const { accessToken } = await dropbox.grant({ account: ready.accountId, app: other.appKey });
    const answer = await clientOf(dropbox.url, accessToken).rpc("files/list_folder/continue", { cursor });
    expect(answer.status).toBe(400);
  });
});

describe("list_folder/longpoll", () => {
  test("it needs no token, waits, and wakes as soon as something changes", async () => {
    const { client, dropbox } = await startTestDropbox();
    const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
    const poll = fetch(`${dropbox.url}/2/files/list_folder/longpoll`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ cursor, timeout: 480 }),
    });
    const early = await Promise.race([poll.then(() => "answered"), client.ok("check/user", { query: "x" })]);
    expect(early).toEqual({ result: "x" });
    await client.put("/a", "x");
    expect(await (await poll).json()).toEqual({ changes: true });
  });

  test("changes that came before it are told at once", async () => {
    const { client } = await startTestDropbox();
    const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
    await client.put("/a", "x");
    expect(await client.ok("files/list_folder/longpoll", { cursor, timeout: 480 })).toEqual({ changes: true });
  });

  test("changes elsewhere don't wake it, and it may ask to wait", async () => {
    const { client, control } = await startTestDropbox();
    await client.put("/d/x", "1");
    const { cursor } = await client.ok("files/list_folder", { path: "/d", recursive: true });
    await control("POST", "poll-backoff", { seconds: 60 });
    const poll = client.ok("files/list_folder/longpoll", { cursor, timeout: 480 });
    await client.put("/elsewhere", "x");
    await control("POST", "end-polls");
    // Whether the poll was there before it was ended or came after, only an ending or a change answers it.
    await client.put("/d/y", "1");
    const answer = await poll;
    expect(answer.backoff).toBe(60);
    expect(await client.ok("files/list_folder/longpoll", { cursor, timeout: 480 })).toEqual({
      changes: true,
      backoff: 60,
    });
  });

  test("its time has bounds", async () => {
    const { client } = await startTestDropbox();
    const { cursor } = await client.ok("files/list_folder", { path: "" });
    for (const timeout of [29, 481])
      expect((await client.rpc("files/list_folder/longpoll", { cursor, timeout })).status).toBe(400);
  });
});

test("a folder is listed also by a path that begins with two slashes, as rclone asks for it", async () => {
  const { client } = await startTestDropbox();
  await client.put("/a/b", "1");
  const listing = await client.ok("files/list_folder", { path: "//a" });
  expect(listing.entries.map(brief)).toEqual(["file /a/b"]);
});
