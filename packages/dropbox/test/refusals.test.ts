import type { RemoteErrorCode } from "@twinfold/engine";
import { describe, expect, test } from "vitest";
import { refusal, type ScriptedAnswer, startScriptedDropbox } from "./scripted-dropbox.ts";
import { accountAt, at, folderOf, moveOf, never, outcomes, refused, uploadOf } from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

/** What becomes of an upload that is answered so. */
async function uploadAnswered(answer: ScriptedAnswer): Promise<string | undefined> {
  const dropbox = await startScriptedDropbox();
  dropbox.on("files/upload", () => answer);
  dropbox.on("files/get_metadata", () => refusal("path/not_found"));
  const folder = folderOf(accountAt(dropbox.url, { clock: new TestClock("hasty") }));
  return (await outcomes(folder, [uploadOf("a.txt", "abc")]))[0];
}

describe("what Dropbox refuses, by its tags", () => {
  test.each<[string, RemoteErrorCode]>([
    ["path/conflict/file", "conflict"],
    ["path/conflict/folder", "conflict"],
    ["path/conflict/file_ancestor", "conflict"],
    ["path/insufficient_space", "full"],
    ["path/disallowed_name", "refused"],
    ["path/malformed_path", "refused"],
    ["path/no_write_permission", "refused"],
    ["path/team_folder", "refused"],
    ["path/too_many_write_operations", "offline"],
    ["content_hash_mismatch", "mismatch"],
    ["payload_too_large", "refused"],
    ["path/a_tag_of_tomorrow", "refused"],
  ])("an upload: %s is %s", async (tags, code) => {
    expect(await uploadAnswered(refusal(tags))).toBe(code);
  });

  test.each<[string, RemoteErrorCode]>([
    ["from_lookup/not_found", "not-found"],
    ["to/conflict/folder", "conflict"],
    ["duplicated_or_nested_paths", "conflict"],
    ["cant_move_folder_into_itself", "conflict"],
    ["insufficient_quota", "full"],
    ["too_many_files", "refused"],
    ["internal_error", "conflict"],
  ])("a move: %s is %s", async (tags, code) => {
    const dropbox = await startScriptedDropbox();
    dropbox.on("files/move_v2", () => refusal(tags));
    expect(await outcomes(folderOf(accountAt(dropbox.url)), [moveOf("a", "b")])).toEqual([code]);
  });

  test("by tags only: the summary is for people, and a struct's fields stand beside its tag", async () => {
    expect(
      await uploadAnswered({
        status: 409,
        json: {
          error_summary: "path/insufficient_space/...",
          error: {
            ".tag": "path",
            reason: { ".tag": "conflict", conflict: { ".tag": "file" } },
            upload_session_id: "x",
          },
        },
      }),
    ).toBe("conflict");
  });

  test("403 is refused, 400 is refused: neither is asked again", async () => {
    expect(await uploadAnswered(refusal("access_error", 403))).toBe("refused");
    expect(await uploadAnswered({ status: 400, text: 'Error in call to API function "files/upload"' })).toBe("refused");
  });
});

describe("what is not Dropbox's answer", () => {
  test.each<[string, ScriptedAnswer]>([
    ["a page instead of JSON", { text: "<html>Welcome to our network</html>" }],
    ["a redirect to a login page", { status: 302, headers: { location: "http://login.example/" }, text: "" }],
    ["a proxy that wants a password", { status: 407, text: "" }],
    ["a conflict without a reason", { status: 409, text: "<html>conflict</html>" }],
  ])("%s is offline: nothing is decided by it", async (_, answer) => {
    expect(await uploadAnswered(answer)).toBe("offline");
  });

  test("JSON that is not understood is offline, and never a program's error", async () => {
    const dropbox = await startScriptedDropbox();
    for (const route of ["list_folder", "upload_session/start_batch", "list_folder/longpoll", "upload_session/start"]) {
      dropbox.on(`files/${route}`, () => ({ json: { surprise: true } }));
    }
    dropbox.on("users/get_space_usage", () => ({ json: [] }));
    const account = accountAt(dropbox.url);
    const folder = folderOf(account);
    await refused("offline", account.spaceUsage());
    await refused("offline", folder.waitForChange("cursor", never));
    await refused("offline", folder.changes(null, never)[Symbol.asyncIterator]().next());
    const many = ["1", "2", "3", "4", "5", "6"].map((name) => uploadOf(name, name));
    expect(new Set(await outcomes(folder, many))).toEqual(new Set(["offline"]));
    expect(await outcomes(folder, [uploadOf("large", Buffer.alloc(9 * 1024 * 1024))])).toEqual(["offline"]);
  });

  test("an upload answered with other content than was sent is a mismatch, one answered with another place too", async () => {
    const entry = { id: "id:1", rev: "0123456789", size: 3, client_modified: "2024-01-01T00:00:00Z" };
    const where = { name: "a.txt", path_lower: "/a/b/c/a.txt", path_display: "/A/B/C/a.txt" };
    expect(await uploadAnswered({ json: { ...entry, ...where, content_hash: "0".repeat(64) } })).toBe("mismatch");
    expect(await uploadAnswered({ json: { ...entry, name: "a.txt", path_display: "/X/a.txt" } })).toBe("mismatch");
  });

  test("a look-up that answers with a deletion finds nothing; one that is not understood says nothing", async () => {
    const dropbox = await startScriptedDropbox();
    dropbox.on("files/get_metadata", (_, nth) => ({
      json: nth === 0 ? { ".tag": "deleted", name: "a", path_display: "/A/B/C/a" } : { ".tag": "hologram" },
    }));
    const folder = folderOf(accountAt(dropbox.url));
    expect(await folder.lookup(at("a"), never)).toBeNull();
    await refused("offline", folder.lookup(at("a"), never));
  });
});
