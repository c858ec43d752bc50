import { describe, expect, test } from "vitest";
import type { AccountFiles } from "../src/index.ts";
import { startTestDropbox } from "./harness.ts";

async function* streamOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function emptyFiles(): Promise<AccountFiles> {
  const { dropbox, ready } = await startTestDropbox();
  const files = dropbox.accountFiles(ready.email);
  await files.delete("/Apps");
  return files;
}

async function told(files: AccountFiles, limit = 100): Promise<string[]> {
  return (await files.recent(limit))
    .filter(({ path }) => path !== "/Apps")
    .map(({ what, kind, path, from }) => `${kind} ${path} ${what}${from === null ? "" : ` from ${from}`}`);
}

describe("the latest changes", () => {
  test("are told as a person would, newest first, and no more than are asked for", async () => {
    const files = await emptyFiles();
    for (const name of ["a", "b", "c", "d"]) await files.upload(`/${name}`, streamOf(name));
    await files.upload("/a", streamOf("edited"), { ifExists: "overwrite" });
    await files.move("/b", "/E/b2");
    await files.delete("/c");
    expect(await told(files)).toEqual([
      "file /c deleted",
      "file /E/b2 moved from /b",
      "folder /E added",
      "file /a changed",
      "file /d added",
    ]);
    expect(await told(files, 2)).toEqual(["file /c deleted", "file /E/b2 moved from /b"]);
    const [{ at } = { at: 0 }] = await files.recent(1);
    expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);
  });

  test("tell of a moved folder once, and of what happened in it since", async () => {
    const files = await emptyFiles();
    for (const path of ["/F/a", "/F/in/b", "/F/in/c"]) await files.upload(path, streamOf(path));
    await files.move("/F", "/new/G");
    await files.upload("/new/G/in/b", streamOf("edited"), { ifExists: "overwrite" });
    await files.upload("/new/G/d", streamOf("d"));
    expect(await told(files)).toEqual([
      "file /new/G/d added",
      "file /new/G/in/b changed",
      "folder /new/G moved from /F",
      "folder /new added",
    ]);
  });

  test("tell of a name that was spelled in another case, as long as it has that name", async () => {
    const files = await emptyFiles();
    await files.upload("/F/a.txt", streamOf("a"));
    await files.upload("/F/b.txt", streamOf("b"));
    await files.upload("/g.txt", streamOf("g"));
    await files.move("/F/a.txt", "/F/A.txt");
    await files.move("/F/A.txt", "/F/A.TXT");
    await files.move("/F", "/f");
    await files.upload("/f/b.txt", streamOf("edited"), { ifExists: "overwrite" });
    expect(await told(files)).toEqual([
      "file /f/b.txt changed",
      "folder /f moved from /F",
      "file /f/A.TXT moved from /f/A.txt",
      "file /g.txt added",
      "file /f/A.TXT added",
      "folder /f added",
    ]);
    expect(await told(files, 2)).toHaveLength(2);
    const [, { at } = { at: 0 }] = await files.recent(2);
    expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);

    await files.move("/f/A.TXT", "/f/other");
    await files.move("/g.txt", "/G.txt");
    await files.delete("/G.txt");
    const now = await told(files);
    expect(now.slice(0, 2)).toEqual(["file /G.txt deleted", "file /f/other moved from /f/A.TXT"]);
    expect(now.filter((line) => line.includes("g.txt") || line.includes("A.txt"))).toEqual([]);
    // Back to a spelling that it has had is one more change of it.
    await files.move("/f", "/F");
    expect((await told(files))[0]).toBe("folder /F moved from /f");
  });

  test("tell of what came back", async () => {
    const files = await emptyFiles();
    await files.upload("/F/a", streamOf("a"));
    await files.delete("/F");
    expect(await told(files)).toEqual(["folder /F deleted"]);
    await files.undelete("/F");
    expect(await told(files)).toEqual(["file /F/a changed", "folder /F added"]);
  });
});
