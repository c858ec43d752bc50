import { FileSystemError, type OpenFile } from "@twinfold/engine";
import { describe, expect, test } from "vitest";
import {
  fileMetadata,
  type Json,
  refusal,
  type ScriptedAnswer,
  type ScriptedDropbox,
  startScriptedDropbox,
} from "./scripted-dropbox.ts";
import {
  accountAt,
  at,
  folderOf,
  hashOf,
  outcome,
  outcomes,
  sourceOf,
  type Upload,
  uploadOf,
  writeAll,
} from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

const THEIRS = { content_hash: hashOf("theirs") };
const OURS = { content_hash: hashOf("ours") };

/** A server on which this is at `a.txt`. */
async function dropboxWith(there: Json | null): Promise<ScriptedDropbox> {
  const dropbox = await startScriptedDropbox();
  dropbox.on("files/get_metadata", () =>
    there === null ? refusal("path/not_found") : { json: fileMetadata("/A/B/C/a.txt", there) },
  );
  return dropbox;
}

const folderAt = (dropbox: ScriptedDropbox) => folderOf(accountAt(dropbox.url, { clock: new TestClock("hasty") }));

/** The answer to the first request is lost; later ones are answered so. */
const lostOnce = (answer: ScriptedAnswer) => (_: unknown, nth: number) => (nth === 0 ? "cut" : answer);

describe("an upload in one request", () => {
  test("says what it is and what must be there, and that nobody is to be told", async () => {
    const dropbox = await dropboxWith(null);
    dropbox.on("files/upload", ({ argument }) => ({ json: fileMetadata(argument.path, OURS) }));
    const folder = folderAt(dropbox);
    expect(await outcomes(folder, [uploadOf("a.txt", "ours")])).toEqual(["file a.txt"]);
    expect(await outcomes(folder, [uploadOf("ü\u007f.txt", "ours", "0123456789" as never)])).toEqual([
      "file ü\u007f.txt",
    ]);
    const common = {
      autorename: false,
      client_modified: "2023-11-14T22:13:20Z",
      mute: true,
      content_hash: hashOf("ours"),
    };
    expect(dropbox.callsOf("files/upload").map(({ argument }) => argument)).toEqual([
      { path: "/A/B/C/a.txt", mode: { ".tag": "add" }, strict_conflict: true, ...common },
      {
        path: "/A/B/C/ü\u007f.txt",
        mode: { ".tag": "update", update: "0123456789" },
        strict_conflict: false,
        ...common,
      },
    ]);
    expect(dropbox.callsOf("files/upload")[1]?.headers["dropbox-api-arg"]).toContain("\\u00fc\\u007f");
  });

  test("that was committed though its answer was lost is not made again", async () => {
    const dropbox = await dropboxWith({ ...OURS, rev: "0fedcba987", id: "id:new" });
    dropbox.on("files/upload", () => "cut");
    const [result] = await writeAll(folderAt(dropbox), [uploadOf("a.txt", "ours", "0123456789" as never)]);
    expect(result).toMatchObject({ entry: { kind: "file", rev: "0fedcba987", id: "id:new" } });
    expect(dropbox.callsOf("files/upload")).toHaveLength(1);
  });

  test("that was committed behind a gateway's error is not made again either", async () => {
    const dropbox = await dropboxWith({ ...OURS, rev: "0fedcba987" });
    dropbox.on("files/upload", () => ({ status: 502, text: "<h1>Bad gateway</h1>" }));
    expect(await outcomes(folderAt(dropbox), [uploadOf("a.txt", "ours")])).toEqual(["file a.txt"]);
    expect(dropbox.callsOf("files/upload")).toHaveLength(1);
  });

  test("whose answer was lost before it was committed is made again", async () => {
    const before = await dropboxWith(null);
    before.on("files/upload", lostOnce({ json: fileMetadata("/A/B/C/a.txt", OURS) }));
    expect(await outcomes(folderAt(before), [uploadOf("a.txt", "ours")])).toEqual(["file a.txt"]);
    // The known rev is still the one with the same content: that is not ours landed.
    const same = await dropboxWith({ ...OURS, rev: "0123456789" });
    same.on("files/upload", lostOnce({ json: fileMetadata("/A/B/C/a.txt", OURS) }));
    expect(await outcomes(folderAt(same), [uploadOf("a.txt", "ours", "0123456789" as never)])).toEqual(["file a.txt"]);
    expect(same.callsOf("files/upload")).toHaveLength(2);
  });

  test("whose place someone else took meanwhile is a conflict", async () => {
    const dropbox = await dropboxWith(THEIRS);
    dropbox.on("files/upload", lostOnce(refusal("path/conflict/file")));
    expect(await outcomes(folderAt(dropbox), [uploadOf("a.txt", "ours")])).toEqual(["conflict"]);
  });

  test("is made again under a new token with its whole body", async () => {
    const dropbox = await dropboxWith(null);
    dropbox.on("files/upload", (_, nth) =>
      nth === 0 ? refusal("expired_access_token", 401) : { json: fileMetadata("/A/B/C/a.txt", OURS) },
    );
    expect(await outcomes(folderAt(dropbox), [uploadOf("a.txt", "ours")])).toEqual(["file a.txt"]);
    expect(dropbox.callsOf("files/upload").map(({ body }) => body.toString())).toEqual(["ours", "ours"]);
  });
});

describe("a source that is not what was announced", () => {
  const torn = (source: Partial<OpenFile>): Upload => ({
    ...uploadOf("a.txt", "ours"),
    open: async () => ({ ...sourceOf(Buffer.from("ours")), ...source }),
  });

  test.each<[string, Upload]>([
    ["has other bytes", { ...uploadOf("a.txt", "ours"), open: async () => sourceOf(Buffer.from("OURS")) }],
    ["has fewer bytes", { ...uploadOf("a.txt", "ours"), open: async () => sourceOf(Buffer.from("our")) }],
    ["changed after it was read", torn({ verify: async () => false })],
    [
      "changed before it was opened",
      {
        ...uploadOf("a.txt", "ours"),
        open: () => Promise.reject(new FileSystemError("changed", at("a.txt"), "it changed")),
      },
    ],
    [
      "can't be read to its end",
      torn({
        // biome-ignore lint/correctness/useYield: it fails before
        async *read() {
          throw new FileSystemError("unreadable", at("a.txt"), "a bad sector");
        },
      }),
    ],
  ])("and %s is not sent, and is closed", async (_, upload) => {
    const dropbox = await dropboxWith(null);
    let open = 0;
    const counted = async () => {
      const file = await upload.open();
      open++;
      return {
        ...file,
        close: async () => {
          open--;
        },
      };
    };
    const [result] = await writeAll(folderAt(dropbox), [{ ...upload, open: counted }]);
    expect(outcome(result)).toBe("source-changed");
    expect(dropbox.calls).toHaveLength(0);
    expect(open).toBe(0);
  });
});
