import { describe, expect, test } from "vitest";
import type { AccountFiles } from "../src/index.ts";
import { startTestDropbox } from "./harness.ts";

async function* streamOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function filesWith(...paths: string[]): Promise<AccountFiles> {
  const { dropbox, ready } = await startTestDropbox();
  const files = dropbox.accountFiles(ready.email);
  for (const path of paths) await files.upload(path, streamOf(path));
  return files;
}

async function listed(files: AccountFiles, path: string): Promise<string[]> {
  return (await files.list(path, { deleted: true })).map((entry) => `${entry.kind} ${entry.path}`);
}

describe("what was deleted", () => {
  test("comes back in its last version, as itself", async () => {
    const files = await filesWith("/a.txt");
    const last = await files.upload("/a.txt", streamOf("last"), { ifExists: "overwrite" });
    await files.delete("/A.txt");
    expect(await files.undelete("/a.txt")).toMatchObject({ kind: "file", path: "/a.txt", id: last.id, size: 4 });
    await expect(files.undelete("/a.txt")).rejects.toMatchObject({
      code: "not-found",
      message: "Nothing was deleted at /a.txt.",
    });
    await expect(files.undelete("/never")).rejects.toMatchObject({ code: "not-found" });
  });

  test("comes back with its folder, which can be looked into before; what was deleted earlier stays deleted", async () => {
    const files = await filesWith("/F/early.txt", "/F/in/a.txt", "/F/in-between.txt", "/F/b.txt");
    await files.delete("/F/early.txt");
    await files.delete("/F");
    expect(await listed(files, "/f")).toEqual([
      "deleted /F/in",
      "deleted /F/b.txt",
      "deleted /F/early.txt",
      "deleted /F/in-between.txt",
    ]);
    await expect(files.list("/F")).rejects.toMatchObject({ code: "not-found" });
    const { used } = await files.usage();
    expect(await files.undelete("/F")).toMatchObject({ kind: "folder", path: "/F" });
    expect(await listed(files, "/F")).toEqual([
      "folder /F/in",
      "file /F/b.txt",
      "deleted /F/early.txt",
      "file /F/in-between.txt",
    ]);
    expect((await files.list("/F/in")).map((entry) => entry.name)).toEqual(["a.txt"]);
    expect((await files.usage()).used - used).toBe(
      "/F/in/a.txt".length + "/F/in-between.txt".length + "/F/b.txt".length,
    );
  });

  test("is not what was moved away", async () => {
    const files = await filesWith("/a.txt", "/F/b.txt");
    await files.move("/a.txt", "/moved.txt");
    await files.move("/F", "/G");
    expect(await listed(files, "")).toEqual(["folder /Apps", "folder /G", "file /moved.txt"]);
  });

  test("does not take the place of what is there now", async () => {
    const files = await filesWith("/F/a.txt");
    await files.delete("/F");
    await files.upload("/F", streamOf("a file by the folder's name"));
    await expect(files.undelete("/F")).rejects.toMatchObject({ code: "not-found" });
    await expect(files.undelete("/F/a.txt")).rejects.toMatchObject({ code: "exists" });
  });
});
