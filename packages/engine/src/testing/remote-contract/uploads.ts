import { beforeEach, describe, expect, test } from "vitest";
import { FileSystemError } from "../../ports/file-system.ts";
import { at, bytesOf, type RemoteSpeech, refused, sourceOf, TIME } from "./speech.ts";

export function uploadContract(t: RemoteSpeech): void {
  describe("uploading", () => {
    beforeEach(() => t.remote.createRoot());

    test("an upload makes a file with what was said of it", async () => {
      const entry = await t.uploaded("a.txt", "one");
      expect(entry).toMatchObject({
        path: "a.txt",
        size: 3,
        mtime: TIME,
        hash: t.hash("one"),
        downloadable: true,
      });
      expect(entry.id).not.toBe("");
      expect(entry.rev).not.toBe("");
      expect(await t.contentOf(entry)).toBe("one");
    });

    test("an empty file can be uploaded", async () => {
      const entry = await t.uploaded("empty", "");
      expect(entry.size).toBe(0);
      expect(await t.contentOf(entry)).toBe("");
    });

    test("an upload over the current rev keeps the id and gives a new rev", async () => {
      const first = await t.uploaded("a.txt", "one");
      const second = await t.uploaded("a.txt", "two", first.rev);
      expect(second.id).toBe(first.id);
      expect(second.rev).not.toBe(first.rev);
      expect(await t.contentOf(second)).toBe("two");
    });

    test("an upload over a rev that is not current is a conflict, and changes nothing", async () => {
      const first = await t.uploaded("a.txt", "one");
      const second = await t.uploaded("a.txt", "theirs", first.rev, t.other);
      await refused("conflict", t.write(t.upload("a.txt", "ours", first.rev)));
      expect(await t.contentOf(second)).toBe("theirs");
    });

    test("an upload where nothing may be is a conflict if a file or folder is there, in whatever case", async () => {
      await t.uploaded("a.txt", "one");
      await t.write(t.folder("folder"));
      await refused("conflict", t.write(t.upload("A.TXT", "other")));
      await refused("conflict", t.write(t.upload("Folder", "other")));
    });

    test("an upload over a rev of a file that is gone is refused, or is the file from then on: never half of it", async () => {
      const first = await t.uploaded("a.txt", "one");
      await t.write(t.remove("a.txt", first.rev), t.other);
      const entry = await t.write(t.upload("a.txt", "two", first.rev)).catch(() => null);
      const there = await t.lookup("a.txt");
      if (entry === null) expect(there).toBeNull();
      else expect(there).toMatchObject({ hash: t.hash("two") });
    });

    test("a source that changes while it is read commits nothing", async () => {
      const bytes = bytesOf("torn");
      await refused("source-changed", t.write({ ...t.upload("a", bytes), open: async () => sourceOf(bytes, false) }));
      const gone = new FileSystemError("changed", at("a"), "it changed");
      await refused("source-changed", t.write({ ...t.upload("b", bytes), open: () => Promise.reject(gone) }));
      expect(await t.lookup("a")).toBeNull();
      expect(await t.lookup("b")).toBeNull();
    });

    test("bytes that are not those announced commit nothing", async () => {
      const wrong = { ...t.upload("a", "said"), open: async () => sourceOf(bytesOf("sent")) };
      await refused(["mismatch", "source-changed"], t.write(wrong));
      expect(await t.lookup("a")).toBeNull();
    });

    test("a name that the remote refuses is refused, with a sentence", async () => {
      const name = "a\\b";
      expect(t.remote.names.refusal(name)).toBeTypeOf("string");
      await refused("refused", t.write(t.upload(name, "x")));
      await refused("refused", t.write(t.folder(name)));
    });

    test("names are stored composed, and found in either spelling", async () => {
      const decomposed = "cafe\u0301";
      const entry = await t.uploaded(decomposed, "x");
      expect(entry.path).toBe(t.remote.names.canonical(decomposed));
      expect(entry.path).toBe("caf\u00e9");
      expect(await t.lookup(decomposed)).toMatchObject({ id: entry.id });
      await refused("conflict", t.write(t.upload("CAF\u00c9", "y")));
    });
  });
}
