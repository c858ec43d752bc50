import { beforeEach, describe, expect, test } from "vitest";
import { FileSystemError } from "../../ports/file-system.ts";
import type { RemoteFile } from "../../ports/remote.ts";
import type { RemoteId } from "../../ports/values.ts";
import { at, bytesOf, type RemoteSpeech, refused, sourceOf } from "./speech.ts";

/** Large enough that any remote would rather copy it. */
const CONTENT = "the same again ".repeat(30_000);

export function copyContract(t: RemoteSpeech): void {
  describe("a content that is there already", () => {
    let first: RemoteFile;
    beforeEach(async () => {
      await t.remote.createRoot();
      first = await t.uploaded("a", CONTENT);
    });
    const copy = (path: string, of: RemoteId = first.id) => ({ ...t.upload(path, CONTENT), copyOf: of });

    test("comes to another path unread, as a file of its own", async () => {
      const unread = {
        ...sourceOf(new Uint8Array(0)),
        // biome-ignore lint/correctness/useYield: it is never to be read.
        async *read() {
          throw new Error("it is sent");
        },
      };
      const entry = await t.write({ ...copy("b"), open: async () => unread });
      expect(entry).toMatchObject({ kind: "file", path: "b", hash: first.hash, size: CONTENT.length });
      expect((entry as RemoteFile).id).not.toBe(first.id);
      expect(await t.contentOf(entry as RemoteFile)).toBe(CONTENT);
      expect(await t.lookup("a")).toEqual(first);
    });

    test("is what comes there, also where the file to be copied has another by now", async () => {
      await t.uploaded("a", "edited", first.rev, t.other);
      const entry = await t.write(copy("b"));
      expect(await t.contentOf(entry as RemoteFile)).toBe(CONTENT);
      expect(await t.lookup("a")).toMatchObject({ hash: t.hash("edited") });
    });

    test("leaves nothing there of another content, where the file on disk has changed too", async () => {
      await t.uploaded("a", "nobody's business there", first.rev, t.other);
      const changed = new FileSystemError("changed", at("b"), "it changed");
      let opened = 0;
      const open = async () => {
        if (++opened > 1) throw changed;
        return sourceOf(bytesOf(CONTENT));
      };
      await refused("source-changed", t.write({ ...copy("b"), open }));
      expect(await t.lookup("b")).toBeNull();
    });

    test("is sent where the file to be copied is gone", async () => {
      await t.write(t.remove("a", first.rev), t.other);
      expect(await t.contentOf((await t.write(copy("b"))) as RemoteFile)).toBe(CONTENT);
    });

    test("is copied from where the file is by now", async () => {
      await t.write(t.move("a", "elsewhere"), t.other);
      expect(await t.write(copy("b"))).toMatchObject({ hash: first.hash });
    });

    test("does not come over what is at the path", async () => {
      await t.uploaded("b", "theirs", null, t.other);
      await refused("conflict", t.write(copy("b")));
      expect(await t.lookup("b")).toMatchObject({ hash: t.hash("theirs") });
    });

    test("does not come where the file on disk has changed", async () => {
      const gone = new FileSystemError("changed", at("b"), "it changed");
      await refused("source-changed", t.write({ ...copy("b"), open: () => Promise.reject(gone) }));
      expect(await t.lookup("b")).toBeNull();
    });

    test("is copied before it is deleted, where both are wanted at once", async () => {
      const results = await t.writeAll([t.remove("a", first.rev), copy("b"), copy("c")]);
      expect([...results.values()].filter((one) => "error" in one)).toEqual([]);
      expect(await t.lookup("a")).toBeNull();
      for (const path of ["b", "c"]) expect(await t.lookup(path)).toMatchObject({ hash: first.hash });
    });
  });
}
