import { beforeEach, describe, expect, test } from "vitest";
import { FileSystemError } from "../../ports/file-system.ts";
import { RemoteError } from "../../ports/remote.ts";
import { at, collect, type RemoteSpeech } from "./speech.ts";

export function fetchingContract(t: RemoteSpeech): void {
  describe("looking up and fetching", () => {
    beforeEach(() => t.remote.createRoot());

    test("a path is looked up in whatever case, and answered with its own", async () => {
      await t.write(t.folder("Folder"));
      const file = await t.uploaded("Folder/A", "one");
      const found = await t.lookup("folder/a");
      expect(found).toMatchObject({ kind: "file", id: file.id, rev: file.rev });
      expect(found?.path.split("/").at(-1)).toBe("A");
      expect(await t.lookup("folder/b")).toBeNull();
      expect(await t.lookup("nowhere/b")).toBeNull();
    });

    test("many files are fetched, each reported once after its content was taken", async () => {
      const files = await Promise.all(
        Array.from({ length: 12 }, (_, index) => t.uploaded(`f${index}`, `content ${index}`.repeat(index * 50))),
      );
      const taken = new Map<number, string>();
      const reads = files.map((file) => {
        const read = t.readOf(file, async (content) => {
          taken.set(read.key, await collect(content));
        });
        return read;
      });
      const reported = await t.readAll(reads);
      expect([...reported.values()].filter((error) => error !== undefined)).toEqual([]);
      expect(reads.map((read) => taken.get(read.key))).toEqual(
        files.map((_, index) => `content ${index}`.repeat(index * 50)),
      );
    });

    test("a file that is gone is reported so, and the others come", async () => {
      const gone = await t.uploaded("gone", "x");
      const there = await t.uploaded("there", "y");
      await t.write(t.remove("gone", gone.rev), t.other);
      const accept = async (content: AsyncIterable<Uint8Array>) => void (await collect(content));
      const reads = [t.readOf(gone, accept), t.readOf(there, accept)] as const;
      const reported = await t.readAll(reads);
      expect(["not-found", "mismatch"]).toContain(reported.get(reads[0].key)?.code);
      expect(reported.get(reads[1].key)).toBeUndefined();
    });

    test("what the receiver refuses is reported with the receiver's reason", async () => {
      const file = await t.uploaded("a", "x");
      const mismatch = t.readOf(file, async (content) => {
        await collect(content);
        throw new RemoteError("mismatch", "not what was announced");
      });
      expect((await t.readAll([mismatch])).get(mismatch.key)?.code).toBe("mismatch");
      const full = t.readOf(file, () => Promise.reject(new FileSystemError("full", at("a"), "the disk is full")));
      expect((await t.readAll([full])).get(full.key)?.cause).toMatchObject({ code: "full" });
    });

    test("an aborted reading ends by rejecting", async () => {
      const file = await t.uploaded("a", "x");
      const end = new AbortController();
      const read = t.readOf(file, async (content) => {
        end.abort();
        await collect(content);
      });
      await expect(t.remote.read([read], () => undefined, end.signal)).rejects.toBeDefined();
    });
  });
}
