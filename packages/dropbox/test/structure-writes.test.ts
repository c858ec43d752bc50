import type { RemoteId, RemoteWrite } from "@twinfold/engine";
import { describe, expect, test } from "vitest";
import {
  fileMetadata,
  folderMetadata,
  type Json,
  nestedTags,
  refusal,
  type ScriptedAnswer,
  type ScriptedDropbox,
  startScriptedDropbox,
} from "./scripted-dropbox.ts";
import { ASIDE, accountAt, at, deletionOf, folderAt, folderOf, moveOf, outcomes } from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

const GONE = refusal("path/not_found");
const inFolder = (path: string) => `/A/B/C/${path}`;

const BY_ID: RemoteWrite = {
  kind: "move",
  key: 1,
  from: at("from"),
  id: "id:moved" as RemoteId,
  path: at("to"),
  aside: ASIDE,
};

/** What a folder of this server makes of these writes, with sleeps that take no time. */
async function written(dropbox: ScriptedDropbox, writes: readonly RemoteWrite[], clock = new TestClock("hasty")) {
  return outcomes(folderOf(accountAt(dropbox.url, { clock })), writes);
}

/** A server on which these paths are; what it is asked for one by one is told. */
async function dropboxWith(there: readonly Json[]): Promise<ScriptedDropbox> {
  const dropbox = await startScriptedDropbox();
  dropbox.on("files/get_metadata", ({ argument }) => {
    const found = there.find(({ path_display }) => path_display === argument.path);
    return found === undefined ? GONE : { json: found };
  });
  return dropbox;
}

/** The connection is cut at the first request; the next ones are answered so. */
const cutOnce = (answer: ScriptedAnswer) => (_: unknown, nth: number) => (nth === 0 ? "cut" : answer);
const complete = (...entries: Json[]): ScriptedAnswer => ({ json: { ".tag": "complete", entries } });
const success = (metadata: Json) => ({ ".tag": "success", metadata });
const failed = (tags: string) => ({ ".tag": "failure", failure: nestedTags(tags) });

describe("one write whose answer was lost", () => {
  test("a folder that is there is the one that was made", async () => {
    const dropbox = await dropboxWith([folderMetadata(inFolder("new"))]);
    dropbox.on("files/create_folder_v2", cutOnce(refusal("path/conflict/folder")));
    expect(await written(dropbox, [folderAt("new")])).toEqual(["folder new"]);
  });

  test("a file where the folder was to be is a conflict", async () => {
    const dropbox = await dropboxWith([fileMetadata(inFolder("new"))]);
    dropbox.on("files/create_folder_v2", cutOnce(refusal("path/conflict/file")));
    expect(await written(dropbox, [folderAt("new")])).toEqual(["conflict"]);
  });

  test("a move by id is done when that id is where it was to go", async () => {
    const dropbox = await dropboxWith([fileMetadata(inFolder("to"), { id: "id:moved" })]);
    dropbox.on("files/move_v2", cutOnce(refusal("to/conflict/file")));
    expect(await written(dropbox, [BY_ID])).toEqual(["file to"]);
    expect(dropbox.callsOf("files/move_v2").map(({ argument }) => argument.from_path)).toEqual([
      "id:moved",
      "id:moved",
    ]);
  });

  test("a move whose place is taken by another is a conflict", async () => {
    const dropbox = await dropboxWith([fileMetadata(inFolder("to"), { id: "id:theirs" })]);
    dropbox.on("files/move_v2", cutOnce(refusal("to/conflict/file")));
    expect(await written(dropbox, [BY_ID])).toEqual(["conflict"]);
  });

  test("a file's deletion is made again under its rev, and is done when nothing is there", async () => {
    const dropbox = await dropboxWith([]);
    dropbox.on("files/delete_v2", cutOnce(refusal("path_lookup/not_found")));
    expect(await written(dropbox, [deletionOf("a", "0123456789")])).toEqual(["deleted"]);
    expect(dropbox.callsOf("files/delete_v2").map(({ argument }) => argument)).toEqual([
      { path: inFolder("a"), parent_rev: "0123456789" },
      { path: inFolder("a"), parent_rev: "0123456789" },
    ]);
  });

  test("a folder's deletion is not made again: what is there by now may be another's", async () => {
    const dropbox = await dropboxWith([folderMetadata(inFolder("back again"))]);
    dropbox.on("files/delete_v2", () => "cut");
    expect(await written(dropbox, [deletionOf("gone")])).toEqual(["deleted"]);
    expect(await written(dropbox, [deletionOf("back again")])).toEqual(["conflict"]);
    expect(dropbox.callsOf("files/delete_v2")).toHaveLength(2);
  });

  test("without a lost answer a folder that is there already is a conflict, and nobody looks", async () => {
    const dropbox = await dropboxWith([folderMetadata(inFolder("new"))]);
    dropbox.on("files/create_folder_v2", () => refusal("path/conflict/folder"));
    expect(await written(dropbox, [folderAt("new")])).toEqual(["conflict"]);
    expect(dropbox.callsOf("files/get_metadata")).toHaveLength(0);
  });
});

describe("several writes as one batch", () => {
  test("in the background are asked about until they are done, less and less often", async () => {
    const clock = new TestClock("hasty");
    const dropbox = await dropboxWith([]);
    dropbox.on("files/delete_batch", () => ({ json: { ".tag": "async_job_id", async_job_id: "job" } }));
    dropbox.on("files/delete_batch/check", (_, nth) => {
      if (nth === 3) return "cut";
      return nth < 8 ? { json: { ".tag": "in_progress" } } : complete(success({}), failed("path_lookup/not_found"));
    });
    expect(await written(dropbox, [deletionOf("a"), deletionOf("b")], clock)).toEqual(["deleted", "deleted"]);
    expect(dropbox.callsOf("files/delete_batch")).toHaveLength(1);
    expect(dropbox.callsOf("files/delete_batch/check").map(({ argument }) => argument.async_job_id)).toEqual(
      Array(9).fill("job"),
    );
    expect(clock.slept).toEqual([50, 100, 200, 400, 125, 800, 1600, 2000, 2000]);
  });

  test("each has its own result", async () => {
    const dropbox = await dropboxWith([]);
    dropbox.on("files/move_batch_v2", () =>
      complete(
        { ".tag": "success", success: fileMetadata(inFolder("to 1")) },
        {
          ".tag": "failure",
          failure: { ".tag": "relocation_error", relocation_error: nestedTags("from_lookup/not_found") },
        },
        failed("to/conflict/file"),
        { ".tag": "a tag of tomorrow" },
      ),
    );
    const writes = ["1", "2", "3", "4"].map((number) => moveOf(`from ${number}`, `to ${number}`));
    expect(await written(dropbox, writes)).toEqual(["file to 1", "not-found", "conflict", "refused"]);
  });

  test("those that Dropbox was too busy for are asked again, and only those", async () => {
    const dropbox = await dropboxWith([]);
    dropbox.on("files/create_folder_batch", ({ argument }, nth) =>
      complete(
        ...argument.paths.map((path: string) =>
          nth < 2 && path !== inFolder("1") ? failed("too_many_write_operations") : success(folderMetadata(path)),
        ),
      ),
    );
    const made = await written(dropbox, ["1", "2", "3"].map(folderAt));
    expect(made).toEqual(["folder 1", "folder 2", "folder 3"]);
    expect(dropbox.callsOf("files/create_folder_batch").map(({ argument }) => argument.paths)).toEqual([
      [inFolder("1"), inFolder("2"), inFolder("3")],
      [inFolder("2"), inFolder("3")],
      [inFolder("2"), inFolder("3")],
    ]);
  });

  test("a job that failed as a whole because Dropbox was busy is started again", async () => {
    const dropbox = await dropboxWith([]);
    dropbox.on("files/delete_batch", (_, nth) =>
      nth === 0 ? { json: { ".tag": "async_job_id", async_job_id: "job" } } : complete(success({}), success({})),
    );
    dropbox.on("files/delete_batch/check", () => ({
      json: { ".tag": "failed", failed: nestedTags("too_many_write_operations") },
    }));
    const files = ["a", "b"].map((name) => deletionOf(name, "0123456789"));
    expect(await written(dropbox, files)).toEqual(["deleted", "deleted"]);
  });

  test.each([
    ["busy", () => refusal("path_write/too_many_write_operations")],
    ["asking for a pause", () => ({ status: 429, headers: { "retry-after": "1" }, json: {} })],
  ])(
    "what is deleted with whatever is in it is asked for once, Dropbox being %s: meanwhile nobody could see what comes there",
    async (_, no) => {
      const dropbox = await dropboxWith([]);
      let asked = 0;
      for (const route of ["files/delete_v2", "files/delete_batch"])
        dropbox.on(route, (_request, nth) => {
          asked++;
          return nth === 0 ? no() : complete(success({}));
        });
      expect(await written(dropbox, [deletionOf("folder")])).toEqual(["conflict"]);
      expect(await written(dropbox, [deletionOf("one"), deletionOf("other")])).toEqual(["conflict", "conflict"]);
      // What asks for a pause does so for the account: the second was not even tried.
      expect(asked).toBeLessThanOrEqual(2);
      expect(await written(dropbox, [deletionOf("file", "0123456789"), deletionOf("other")])).toContain("deleted");
    },
  );

  test("a job of which Dropbox knows nothing any more is looked into, not reported as done or refused", async () => {
    const dropbox = await dropboxWith([]);
    dropbox.on("files/delete_batch", () => ({ json: { ".tag": "async_job_id", async_job_id: "job" } }));
    dropbox.on("files/delete_batch/check", () => refusal("invalid_async_job_id"));
    expect(await written(dropbox, [deletionOf("a"), deletionOf("b")])).toEqual(["conflict", "conflict"]);
  });

  test("after a lost answer it is made again without the folders to delete; what is as wanted counts as done", async () => {
    const dropbox = await dropboxWith([folderMetadata(inFolder("folder, back again"))]);
    dropbox.on(
      "files/delete_batch",
      cutOnce(complete(failed("path_lookup/not_found"), failed("path_write/conflict/file"))),
    );
    const results = await written(dropbox, [
      deletionOf("folder, gone"),
      deletionOf("file, gone", "0123456789"),
      deletionOf("folder, back again"),
      deletionOf("folder, back again", "0123456789"),
    ]);
    expect(results).toEqual(["deleted", "deleted", "conflict", "conflict"]);
    expect(dropbox.callsOf("files/delete_batch")[1]?.argument.entries).toEqual([
      { path: inFolder("file, gone"), parent_rev: "0123456789" },
      { path: inFolder("folder, back again"), parent_rev: "0123456789" },
    ]);
  });
});

test("a name whose case alone changes goes by way of another name", async () => {
  const dropbox = await dropboxWith([]);
  dropbox.on("files/move_v2", ({ argument }) => ({ json: { metadata: fileMetadata(argument.to_path) } }));
  expect(await written(dropbox, [moveOf("name", "Name")])).toEqual(["file Name"]);
  const moves = dropbox.callsOf("files/move_v2").map(({ argument }) => argument);
  expect(moves).toMatchObject([{ from_path: inFolder("name") }, { to_path: inFolder("Name") }]);
  expect(moves[0].to_path).toBe(moves[1].from_path);
});
