import { beforeEach, describe, expect, test } from "vitest";
import { ObservedTree } from "../observed-tree.ts";
import { never, type RemoteSpeech, refused, TIME } from "./speech.ts";

export function changesContract(t: RemoteSpeech): void {
  describe("reading changes", () => {
    beforeEach(() => t.remote.createRoot());

    test("the first reading gives the whole tree, whatever its depth", async () => {
      await t.write(t.folder("Folder"));
      await t.write(t.folder("Folder/inner"));
      const file = await t.uploaded("Folder/inner/a.txt", "one");
      await t.tree.read();
      expect(t.tree.keys()).toEqual(["folder", "folder/inner", "folder/inner/a.txt"]);
      expect(t.tree.get("folder/inner/a.txt")).toMatchObject({
        kind: "file",
        id: file.id,
        rev: file.rev,
        hash: file.hash,
        size: 3,
        mtime: TIME,
      });
      expect(t.tree.get("folder")?.path).toBe("Folder");
    });

    test("from a cursor on, only what changed since is given; then nothing", async () => {
      await t.uploaded("old", "x");
      await t.tree.read();
      const file = await t.uploaded("new", "y", null, t.other);
      const changes = await t.tree.read();
      expect(changes.filter((change) => change.path !== "new")).toEqual([]);
      expect(t.tree.get("new")).toMatchObject({ id: file.id });
      expect(await t.tree.read()).toEqual([]);
    });

    test("what changed several times is seen in its last state", async () => {
      await t.tree.read();
      const first = await t.uploaded("a", "1");
      const second = await t.uploaded("a", "2", first.rev);
      await t.write(t.remove("a", second.rev));
      const last = await t.uploaded("a", "3");
      await t.tree.read();
      expect(t.tree.get("a")).toMatchObject({ rev: last.rev, id: last.id });
    });

    test("a move is a deletion and an entry with the same id", async () => {
      await t.write(t.folder("from"));
      const file = await t.uploaded("from/a", "one");
      await t.tree.read();
      await t.write(t.move("from", "to"), t.other);
      const changes = await t.tree.read();
      expect(changes).toContainEqual({ kind: "deleted", path: "from" });
      expect(t.tree.keys()).toEqual(["to", "to/a"]);
      expect(t.tree.get("to/a")).toMatchObject({ id: file.id });
    });

    test("a folder that is deleted takes everything below along", async () => {
      await t.write(t.folder("folder"));
      await t.uploaded("folder/a", "one");
      await t.uploaded("b", "two");
      await t.tree.read();
      await t.write(t.remove("folder", null), t.other);
      await t.tree.read();
      expect(t.tree.keys()).toEqual(["b"]);
    });

    test("a folder that is deleted and made again is empty", async () => {
      await t.write(t.folder("folder"));
      await t.uploaded("folder/a", "one");
      await t.tree.read();
      await t.write(t.remove("folder", null), t.other);
      await t.write(t.folder("folder"), t.other);
      await t.uploaded("folder/b", "two", null, t.other);
      await t.tree.read();
      expect(t.tree.keys()).toEqual(["folder", "folder/b"]);
    });

    test("a file that became a folder, and the reverse, is seen as that", async () => {
      const file = await t.uploaded("a", "one");
      await t.write(t.folder("b"));
      await t.uploaded("b/inner", "x");
      await t.tree.read();
      await t.write(t.remove("a", file.rev), t.other);
      await t.write(t.folder("a"), t.other);
      await t.write(t.remove("b", null), t.other);
      await t.uploaded("b", "now a file", null, t.other);
      await t.tree.read();
      expect(t.tree.keys()).toEqual(["a", "b"]);
      expect(t.tree.get("a")?.kind).toBe("folder");
      expect(t.tree.get("b")?.kind).toBe("file");
    });

    test("an old cursor still leads to the present", async () => {
      await t.uploaded("a", "1");
      await t.tree.read();
      const old = t.tree.cursor;
      await t.uploaded("b", "2", null, t.other);
      await t.tree.read();
      const again = new ObservedTree(t.remote);
      again.cursor = old;
      await again.read();
      expect(again.keys()).toEqual(["b"]);
    });

    test("a cursor from nowhere is answered with reset", async () => {
      await refused(
        ["reset", "refused"],
        (async () => {
          for await (const _ of t.remote.changes("no cursor of this remote", never)) break;
        })(),
      );
    });

    test("waiting ends when another connection changes something", async () => {
      await t.tree.read();
      const end = new AbortController();
      const waiting = t.remote.waitForChange(t.tree.cursor ?? "", end.signal);
      await t.uploaded("a", "1", null, t.other);
      await waiting;
      await t.tree.read();
      expect(t.tree.keys()).toEqual(["a"]);
    });

    test("waiting ends at once for a cursor that is behind", async () => {
      await t.tree.read();
      await t.uploaded("a", "1", null, t.other);
      await t.remote.waitForChange(t.tree.cursor ?? "", never);
    });

    test("waiting ends when it is called off", async () => {
      await t.tree.read();
      const end = new AbortController();
      const waiting = t.remote.waitForChange(t.tree.cursor ?? "", end.signal).catch(() => undefined);
      end.abort();
      await waiting;
    });
  });
}
