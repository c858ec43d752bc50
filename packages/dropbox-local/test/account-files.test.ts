import { describe, expect, test } from "vitest";
import type { AccountChange, AccountFiles } from "../src/index.ts";
import { brief, someBytes, startTestDropbox } from "./harness.ts";

async function* streamOf(...pieces: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}

async function textOf(files: AccountFiles, path: string, options = {}): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await files.read(path, options)).content) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

async function setUp() {
  const test = await startTestDropbox();
  return { ...test, files: test.dropbox.accountFiles(test.ready.email) };
}

describe("an account's files", () => {
  test("a person sees the whole Dropbox, with the apps' folders in it, by name", async () => {
    const { files, client } = await setUp();
    await client.put("/from app.txt", "x");
    for (const name of ["b10.txt", "b9.txt", "a.txt"]) await files.upload(`/${name}`, streamOf(name));
    expect((await files.list("")).map((entry) => entry.name)).toEqual(["Apps", "a.txt", "b9.txt", "b10.txt"]);
    expect((await files.list("/apps/TWINFOLD")).map((entry) => entry.path)).toEqual(["/Apps/Twinfold/from app.txt"]);
    expect(await files.get("/nothing")).toBeNull();
    expect(await files.get("")).toMatchObject({ kind: "folder" });
    await expect(files.list("/nothing")).rejects.toMatchObject({ code: "not-found" });
    await expect(files.list("/a.txt")).rejects.toMatchObject({ code: "not-a-folder" });
  });

  test("what is done here is seen by the app at once, and the other way round", async () => {
    const { files, client } = await setUp();
    const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
    const poll = client.ok("files/list_folder/longpoll", { cursor, timeout: 480 });
    await files.upload("/Apps/Twinfold/Org/Space/file.txt", streamOf("hello"));
    expect(await poll).toEqual({ changes: true });
    const { entries } = await client.ok("files/list_folder/continue", { cursor });
    expect(entries.map(brief)).toEqual(["folder /Org", "folder /Org/Space", "file /Org/Space/file.txt"]);
    await client.put("/Org/Space/file.txt", "changed", { mode: "overwrite" });
    expect(await textOf(files, "/Apps/Twinfold/Org/Space/file.txt")).toBe("changed");
  });

  test("uploading refuses, renames or overwrites as told, and saves an edit only over what was read", async () => {
    const { files } = await setUp();
    const first = await files.upload("/a.txt", streamOf("one"), { modified: 1_500_000_000_999 });
    expect(first).toMatchObject({ size: 3, clientModified: 1_500_000_000_000 });
    await expect(files.upload("/a.txt", streamOf("one"))).rejects.toMatchObject({
      code: "exists",
      message: "There is a file at /a.txt already.",
    });
    expect((await files.upload("/a.txt", streamOf("two"), { ifExists: "rename" })).name).toBe("a (1).txt");
    const second = await files.upload("/a.txt", streamOf("three"), { ifExists: { rev: first.rev } });
    expect(second.id).toBe(first.id);
    await expect(files.upload("/a.txt", streamOf("four"), { ifExists: { rev: first.rev } })).rejects.toMatchObject({
      code: "changed",
    });
    await files.upload("/a.txt", streamOf("five"), { ifExists: "overwrite" });
    expect(await textOf(files, "/a.txt")).toBe("five");
    await expect(files.upload("/Apps", streamOf("x"), { ifExists: "overwrite" })).rejects.toMatchObject({
      code: "exists",
    });
    await expect(files.upload("/a.txt/b", streamOf("x"))).rejects.toMatchObject({
      message: "A part of /a.txt/b is a file, not a folder.",
    });
    await expect(files.upload("/x\\y", streamOf("x"))).rejects.toMatchObject({
      code: "bad-name",
      message: "Dropbox can't store a name with a backslash: rename it without.",
    });
  });

  test("large content streams in and out, in parts where asked", async () => {
    const { files } = await setUp();
    const bytes = someBytes(400_000);
    await files.upload("/big", streamOf(bytes.subarray(0, 100_000), bytes.subarray(100_000)));
    const part = await files.read("/big", { start: 150_000, end: 150_010 });
    const pieces: Uint8Array[] = [];
    for await (const piece of part.content) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(bytes.subarray(150_000, 150_010))).toBe(true);
    expect(part.file.size).toBe(400_000);
  });

  test("moving, also by case only, copying and deleting", async () => {
    const { files } = await setUp();
    await files.upload("/d/x.txt", streamOf("x"));
    expect((await files.move("/d", "/D")).path).toBe("/D");
    expect((await files.list("/d"))[0]?.path).toBe("/D/x.txt");
    await files.move("/D/x.txt", "/E/y.txt");
    await files.copy("/E", "/F");
    expect(await textOf(files, "/f/Y.txt")).toBe("x");
    await expect(files.move("/E", "/F")).rejects.toMatchObject({ code: "exists" });
    await expect(files.move("/E", "/E/inside")).rejects.toMatchObject({ code: "into-itself" });
    await expect(files.move("/none", "/x")).rejects.toMatchObject({ code: "not-found" });
    await expect(files.delete("")).rejects.toMatchObject({ code: "bad-name" });
    await files.delete("/E");
    expect(await files.get("/E/y.txt")).toBeNull();
    expect((await files.list("", { deleted: true })).map((entry) => `${entry.kind} ${entry.path}`)).toEqual([
      "folder /Apps",
      "folder /D",
      "deleted /E",
      "folder /F",
    ]);
    await expect(files.delete("/E")).rejects.toMatchObject({ code: "not-found" });
  });

  test("a rename by case only leaves the folders above as they are spelled", async () => {
    const { files } = await setUp();
    await files.upload("/Photos/Summer/beach.txt", streamOf("x"));
    expect((await files.move("/photos/SUMMER/beach.txt", "/PHOTOS/summer/Beach.txt")).path).toBe(
      "/Photos/Summer/Beach.txt",
    );
    expect((await files.move("/Photos/Summer", "/photos/SUMMER")).path).toBe("/Photos/SUMMER");
    expect((await files.list("/Photos/Summer")).map((entry) => entry.path)).toEqual(["/Photos/SUMMER/Beach.txt"]);
  });

  test("history shows the versions of a path, and any of them comes back", async () => {
    const { files } = await setUp();
    const first = await files.upload("/a", streamOf("one"));
    await files.upload("/a", streamOf("second"), { ifExists: "overwrite" });
    const history = await files.history("/A");
    expect(history.map((version) => [version.size, version.current])).toEqual([
      [6, true],
      [3, false],
    ]);
    expect(await textOf(files, "/a", { rev: first.rev })).toBe("one");
    await files.delete("/a");
    expect((await files.history("/a")).every((version) => !version.current)).toBe(true);
    expect((await files.restore("/a", first.rev)).id).toBe(first.id);
    expect(await textOf(files, "/a")).toBe("one");
    await expect(files.restore("/a", "0123456789abcdef01234")).rejects.toMatchObject({ code: "bad-revision" });
    await expect(files.history("/never")).rejects.toMatchObject({ code: "not-found" });
    await expect(files.read("")).rejects.toMatchObject({ code: "not-a-file" });
  });

  test("whoever subscribes is told of every change, until they stop", async () => {
    const { files, client } = await setUp();
    const told: AccountChange[] = [];
    const stop = files.subscribe((changes) => told.push(...changes));
    await client.put("/a", "x");
    await files.move("/Apps/Twinfold/a", "/b");
    stop();
    await client.put("/c", "x");
    expect(told.map((change) => `${change.kind} ${change.kind === "put" ? change.entry.path : change.path}`)).toEqual([
      "put /Apps/Twinfold/a",
      "deleted /Apps/Twinfold/a",
      "put /b",
    ]);
  });

  test("the space used is the sum of the files", async () => {
    const { files } = await setUp();
    await files.upload("/a", streamOf("12345"));
    expect((await files.usage()).used).toBe(5);
  });
});
