import type { ChangePage } from "@twinfold/engine";
import { describe, expect, test } from "vitest";
import { fileMetadata, folderMetadata, type Json, refusal, startScriptedDropbox } from "./scripted-dropbox.ts";
import { accountAt, folderOf, never, refused, until } from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

const LIST = "files/list_folder";
const CONTINUE = "files/list_folder/continue";
const POLL = "files/list_folder/longpoll";
const page = (entries: Json[], cursor = "end", has_more = false) => ({ json: { entries, cursor, has_more } });
const deleted = (path: string) => ({
  ".tag": "deleted",
  name: "x",
  path_lower: path.toLowerCase(),
  path_display: path,
});

/** A listing of `/A/B/C` that has these entries. */
async function listing(entries: Json[]) {
  const dropbox = await startScriptedDropbox();
  dropbox.on(LIST, () => page(entries));
  const warnings: string[] = [];
  const folder = folderOf(accountAt(dropbox.url), "/A/B/C", (message) => warnings.push(message));
  return { dropbox, folder, warnings };
}

async function pagesOf(folder: ReturnType<typeof folderOf>, cursor: string | null): Promise<ChangePage[]> {
  const pages: ChangePage[] = [];
  for await (const one of folder.changes(cursor, never)) pages.push(one);
  return pages;
}

const pathsIn = (pages: readonly ChangePage[]) =>
  pages.flatMap(({ changes }) => changes.map(({ kind, path }) => `${kind} ${path}`));

describe("reading changes", () => {
  test("goes page by page, each with the cursor to go on from, and says which is the last", async () => {
    const { dropbox, folder } = await listing([]);
    dropbox.on(LIST, () => page([folderMetadata("/A/B/C"), fileMetadata("/A/B/C/1")], "one", true));
    dropbox.on(CONTINUE, ({ argument: { cursor } }) =>
      cursor === "one" ? page([], "two", true) : page([fileMetadata("/A/B/C/2")], "three"),
    );
    expect(
      (await pagesOf(folder, null)).map(({ changes, ...rest }) => ({
        ...rest,
        paths: changes.map(({ path }) => path),
      })),
    ).toEqual([
      { cursor: "one", hasMore: true, paths: ["1"] },
      { cursor: "two", hasMore: true, paths: [] },
      { cursor: "three", hasMore: false, paths: ["2"] },
    ]);
    expect(dropbox.callsOf(LIST)[0]?.argument).toMatchObject({ path: "/A/B/C", recursive: true });
  });

  test("the next page is asked for while one is taken in, and its failure is told in its turn", async () => {
    const { dropbox, folder } = await listing([]);
    dropbox.on(LIST, () => page([fileMetadata("/A/B/C/1")], "one", true));
    dropbox.on(CONTINUE, () => refusal("reset"));
    const pages = folder.changes(null, never)[Symbol.asyncIterator]();
    expect((await pages.next()).value.cursor).toBe("one");
    await until("the next is asked for", () => dropbox.callsOf(CONTINUE).length === 1);
    await refused("reset", pages.next());
  });

  test("a page that is cut is read again; those before it are not", async () => {
    const { dropbox } = await listing([]);
    dropbox.on(LIST, () => page([], "one", true));
    dropbox.on(CONTINUE, (_, nth) => (nth === 0 ? "cut" : page([])));
    const folder = folderOf(accountAt(dropbox.url, { clock: new TestClock("hasty") }));
    expect(await pagesOf(folder, null)).toHaveLength(2);
    expect(dropbox.callsOf(LIST)).toHaveLength(1);
  });

  test("a page that half arrives is not taken for a short one", async () => {
    const { dropbox } = await listing([]);
    const whole = JSON.stringify(page([fileMetadata("/A/B/C/1"), fileMetadata("/A/B/C/2")]).json);
    dropbox.on(LIST, (_, nth) => (nth === 0 ? { text: whole, cutAfter: whole.length - 60 } : { text: whole }));
    const folder = folderOf(accountAt(dropbox.url, { clock: new TestClock("hasty") }));
    expect(pathsIn(await pagesOf(folder, null))).toEqual(["file 1", "file 2"]);
  });

  test("gives a move as it comes: a deletion and the same id at another path, in this order or the other", async () => {
    const moved = fileMetadata("/A/B/C/to", { id: "id:moved" });
    for (const entries of [
      [deleted("/A/B/C/from"), moved],
      [moved, deleted("/A/B/C/from")],
    ]) {
      const { dropbox, folder } = await listing([]);
      dropbox.on(CONTINUE, () => page(entries));
      const [one] = await pagesOf(folder, "cursor");
      expect(one?.changes).toHaveLength(2);
      expect(one?.changes).toContainEqual({ kind: "deleted", path: "from" });
      expect(one?.changes).toContainEqual(expect.objectContaining({ kind: "file", path: "to", id: "id:moved" }));
    }
  });

  test("a cursor that is no longer good is said to be so, and so is a folder that is gone", async () => {
    const { dropbox, folder } = await listing([]);
    dropbox.on(CONTINUE, () => refusal("reset"));
    await refused("reset", pagesOf(folder, "old"));
    for (const tags of ["path/not_found", "path/not_folder"]) {
      dropbox.on(LIST, () => refusal(tags));
      await refused("no-root", pagesOf(folder, null));
    }
  });

  test.each([
    ["deleted", deleted("/A/B/C")],
    ["replaced by a file", fileMetadata("/A/B/C")],
  ])("a folder that was %s is not taken for one that has been emptied", async (_, entry) => {
    const { dropbox, folder } = await listing([]);
    dropbox.on(CONTINUE, () => page([entry]));
    await refused("no-root", pagesOf(folder, "cursor"));
  });
});

describe("what a listing says is not trusted", () => {
  test.each([
    ["leads up", fileMetadata("/A/B/C/../../etc/passwd")],
    ["leads nowhere", fileMetadata("/A/B/C/./x")],
    ["has an empty name", fileMetadata("/A/B/C//x")],
    ["has a NUL in it", fileMetadata("/A/B/C/x\0.txt")],
    ["has a name longer than any", fileMetadata(`/A/B/C/${"x".repeat(2000)}`)],
    ["lies in another folder", fileMetadata("/A/B/D/x")],
    ["lies in one whose name only begins alike", fileMetadata("/A/B/CC/x")],
    ["lies above", folderMetadata("/A/B")],
    ["is not absolute", fileMetadata("A/B/C/x")],
    ["is missing", { ...fileMetadata("/A/B/C/x"), path_display: undefined, path_lower: undefined }],
    ["is a number", { ...fileMetadata("/A/B/C/x"), path_display: 7 }],
  ])("a path that %s is left out with a warning; the rest is read", async (_, entry) => {
    for (const bad of [entry, { ...deleted("/"), path_display: entry.path_display, path_lower: entry.path_lower }]) {
      const { folder, warnings } = await listing([fileMetadata("/A/B/C/before"), bad, fileMetadata("/A/B/C/after")]);
      expect(pathsIn(await pagesOf(folder, null))).toEqual(["file before", "file after"]);
      expect(warnings).toHaveLength(1);
    }
  });

  test.each([
    ["a string", "surprise"],
    ["null", null],
    ["of a kind of tomorrow", { ".tag": "hologram", path_display: "/A/B/C/x" }],
    ["a file without a rev", { ...fileMetadata("/A/B/C/x"), rev: undefined }],
    ["a file with a negative size", fileMetadata("/A/B/C/x", { size: -1 })],
    ["a folder without an id", { ...folderMetadata("/A/B/C/x"), id: "" }],
  ])("an entry that is %s is left out with a warning, and where it is said; the rest is read", async (_, bad) => {
    const { folder, warnings } = await listing([bad, fileMetadata("/A/B/C/after")]);
    const pages = await pagesOf(folder, null);
    expect(pathsIn(pages)).toEqual(["file after"]);
    expect(pages.flatMap(({ leftOut }) => leftOut)).toEqual([typeof bad === "string" || bad === null ? "" : "x"]);
    expect(warnings).toHaveLength(1);
  });

  test("the folder's own path may come in any case, and unknown fields are no harm", async () => {
    const { folder } = await listing([fileMetadata("/a/B/c/Name", { tomorrow: { ".tag": "x" } })]);
    expect(pathsIn(await pagesOf(folder, null))).toEqual(["file Name"]);
  });

  test("a file without a hash, or one that says so, is a document that can't be fetched", async () => {
    const { folder } = await listing([
      fileMetadata("/A/B/C/paper", { is_downloadable: false }),
      { ...fileMetadata("/A/B/C/sheet"), content_hash: undefined },
      fileMetadata("/A/B/C/text", { client_modified: "in the evening" }),
    ]);
    const [one] = await pagesOf(folder, null);
    expect(one?.changes).toMatchObject([
      { downloadable: false },
      { downloadable: false },
      { downloadable: true, mtime: 0 },
    ]);
  });
});

describe("waiting for a change", () => {
  test("asks again until there is one, without an access token", async () => {
    const { dropbox, folder } = await listing([]);
    dropbox.on(POLL, (_, nth) => ({ json: { changes: nth === 2 } }));
    await folder.waitForChange("cursor", never);
    expect(dropbox.callsOf(POLL).map(({ argument }) => argument.cursor)).toEqual(["cursor", "cursor", "cursor"]);
    expect(dropbox.callsOf(POLL)[0]?.headers.authorization).toBeUndefined();
  });

  test("keeps the pause that Dropbox asks for, whatever else it says", async () => {
    const clock = new TestClock("patient");
    const dropbox = await startScriptedDropbox();
    dropbox.on(POLL, (_, nth) => ({ json: { changes: nth === 1, backoff: 60 } }));
    const waiting = folderOf(accountAt(dropbox.url, { clock })).waitForChange("cursor", never);
    for (const asked of [1, 2]) {
      await until("it pauses", () => clock.sleeping === 1);
      expect(dropbox.callsOf(POLL)).toHaveLength(asked);
      clock.advance(59_999);
      expect(clock.sleeping).toBe(1);
      clock.advance(1);
    }
    await waiting;
  });

  test("ends with the cursor: reset, or refused in any other way", async () => {
    const { dropbox, folder } = await listing([]);
    dropbox.on(POLL, () => refusal("reset"));
    await refused("reset", folder.waitForChange("old", never));
    dropbox.on(POLL, () => ({ status: 400, text: "Invalid cursor" }));
    await folder.waitForChange("strange", never);
  });

  test("ends at once when it is no longer wanted", async () => {
    const { dropbox, folder } = await listing([]);
    dropbox.on(POLL, () => new Promise(() => undefined));
    const ending = new AbortController();
    const waiting = folder.waitForChange("cursor", ending.signal);
    await until("it asks", () => dropbox.callsOf(POLL).length === 1);
    ending.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });
});
