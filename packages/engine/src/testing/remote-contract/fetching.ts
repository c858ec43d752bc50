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

    test("folders full of files are fetched, each file with its own content, or the reason why not", async () => {
      for (const folder of ["Folder", "Folder/Übung", "other"]) await t.write(t.folder(folder));
      const names = ["Folder/A", "Folder/Übung/naïve 文件.txt", "Folder/Übung/PK\u0003\u0004", "empty"];
      for (let index = 0; index < 20; index++) names.push(`${index % 2 === 0 ? "Folder/Übung" : "other"}/f${index}`);
      const contentOf = (name: string) => (name === "empty" ? "" : `PK\u0003\u0004 ${name} `.repeat(name.length * 20));
      const files = await Promise.all(names.map((name) => t.uploaded(name, contentOf(name))));
      const at = (name: string) => files[names.indexOf(name)] as (typeof files)[number];
      await t.write(t.remove("other/f1", at("other/f1").rev), t.other);
      await t.write(t.upload("Folder/A", "another", at("Folder/A").rev), t.other);
      const taken = new Map<number, string>();
      const reads = files.map((file, index) => {
        const read = t.readOf(file, async (content) => {
          if (names[index] === "other/f3") throw new FileSystemError("full", file.path, "the disk is full");
          const text = await collect(content);
          if (t.hash(text) !== file.hash) throw new RemoteError("mismatch", "not what was announced");
          taken.set(read.key, text);
        });
        return read;
      });
      const reported = await t.readAll(reads);
      const outcomes = reads.map(({ key }, index) => {
        const error = reported.get(key);
        return [names[index], error === undefined ? taken.get(key) : error.code];
      });
      const failures = new Map([
        ["other/f1", expect.stringMatching(/not-found|mismatch/)],
        ["other/f3", "mismatch"],
        ["Folder/A", "mismatch"],
      ]);
      expect(outcomes).toEqual(names.map((name) => [name, failures.get(name) ?? contentOf(name)]));
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
      await expect(
        t.remote.read(
          [read],
          () => null,
          () => undefined,
          end.signal,
        ),
      ).rejects.toBeDefined();
    });
  });
}
