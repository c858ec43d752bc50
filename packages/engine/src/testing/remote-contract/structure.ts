import { beforeEach, describe, expect, test } from "vitest";
import { RemoteError, type RemoteFile } from "../../ports/remote.ts";
import type { RemoteId } from "../../ports/values.ts";
import { type RemoteSpeech, refused, TIME } from "./speech.ts";

export function structureContract(t: RemoteSpeech): void {
  describe("folders, moves and deletions", () => {
    beforeEach(() => t.remote.createRoot());

    test("a folder is made once; then its name is taken", async () => {
      const entry = await t.write(t.folder("Folder"));
      expect(entry).toMatchObject({ kind: "folder", path: "Folder" });
      await refused("conflict", t.write(t.folder("FOLDER")));
      await t.uploaded("file", "x");
      await refused("conflict", t.write(t.folder("file")));
    });

    test("a moved file keeps its id and its content", async () => {
      const file = await t.uploaded("a", "one");
      await t.write(t.folder("to"));
      const moved = await t.write(t.move("a", "to/b"));
      expect(moved).toMatchObject({ kind: "file", path: "to/b", id: file.id, hash: file.hash, mtime: TIME });
      expect(await t.lookup("a")).toBeNull();
      expect(await t.contentOf(moved as RemoteFile)).toBe("one");
    });

    test("a folder moves whole, and all ids stay", async () => {
      const made = await t.write(t.folder("from"));
      const file = await t.uploaded("from/a", "one");
      const moved = await t.write(t.move("from", "to"));
      expect(moved).toMatchObject({ kind: "folder", path: "to", id: made?.kind === "folder" ? made.id : "" });
      expect(await t.lookup("to/a")).toMatchObject({ id: file.id });
      expect(await t.lookup("from")).toBeNull();
    });

    test("a folder is copied whole, wherever it is by now, and all in it is new", async () => {
      const made = await t.write(t.folder("from"));
      await t.write(t.folder("from/deep"));
      const file = await t.uploaded("from/deep/a", "one");
      await t.write(t.move("from", "elsewhere"), t.other);
      const copied = await t.write(t.copyOf(made?.id as RemoteId, "to"));
      expect(copied).toMatchObject({ kind: "folder", path: "to" });
      expect(copied?.id).not.toBe(made?.id);
      const inside = await t.lookup("to/deep/a");
      expect(inside).toMatchObject({ kind: "file", hash: file.hash, mtime: TIME });
      expect(inside?.id).not.toBe(file.id);
      expect(await t.lookup("elsewhere/deep/a")).toMatchObject({ id: file.id });
    });

    test("a copy of what is gone, onto something, or into itself does nothing and says so", async () => {
      const folder = await t.write(t.folder("folder"));
      const gone = await t.write(t.folder("gone"));
      await t.uploaded("a", "one");
      await t.write(t.remove("gone", null));
      await refused("not-found", t.write(t.copyOf(gone?.id as RemoteId, "to")));
      await refused("conflict", t.write(t.copyOf(folder?.id as RemoteId, "A")));
      await refused("conflict", t.write(t.copyOf(folder?.id as RemoteId, "FOLDER")));
      await refused(["conflict", "refused"], t.write(t.copyOf(folder?.id as RemoteId, "folder/inside")));
      expect(await t.lookup("folder/inside")).toBeNull();
    });

    test("a move of what is gone, onto something, or into itself does nothing and says so", async () => {
      await t.uploaded("a", "one");
      await t.uploaded("b", "two");
      await t.write(t.folder("folder"));
      await refused(["not-found", "conflict"], t.write(t.move("gone", "c")));
      await refused("conflict", t.write(t.move("a", "B")));
      await refused(["conflict", "refused"], t.write(t.move("folder", "folder/inside")));
      expect(await t.lookup("a")).not.toBeNull();
      expect(await t.lookup("folder")).not.toBeNull();
    });

    test("a move by id takes what has the id from wherever it is by now, and nothing that came to its place", async () => {
      const file = await t.uploaded("a", "one");
      await t.write(t.move("a", "elsewhere"), t.other);
      const newcomer = await t.uploaded("a", "two");
      const moved = await t.write(t.move("a", "b", file.id));
      expect(moved).toMatchObject({ path: "b", id: file.id });
      expect(await t.lookup("elsewhere")).toBeNull();
      expect(await t.lookup("a")).toMatchObject({ id: newcomer.id });
      await t.write(t.remove("b", moved?.kind === "file" ? moved.rev : null));
      await refused("not-found", t.write(t.move("b", "c", file.id)));
      expect(await t.lookup("a")).toMatchObject({ id: newcomer.id });
    });

    test("a move may change the case of a name only", async () => {
      const file = await t.uploaded("name", "one");
      const moved = await t.write(t.move("name", "NAME"));
      expect(moved).toMatchObject({ path: "NAME", id: file.id });
      expect(await t.lookup("name")).toMatchObject({ path: "NAME", id: file.id });
    });

    test("a file is deleted only if its rev is current", async () => {
      const first = await t.uploaded("a", "one");
      const second = await t.uploaded("a", "two", first.rev, t.other);
      await refused("conflict", t.write(t.remove("a", first.rev)));
      expect(await t.contentOf(second)).toBe("two");
      expect(await t.write(t.remove("a", second.rev))).toBeNull();
      expect(await t.lookup("a")).toBeNull();
    });

    test("a folder is deleted whole", async () => {
      await t.write(t.folder("folder"));
      await t.uploaded("folder/a", "one");
      expect(await t.write(t.remove("folder", null))).toBeNull();
      expect(await t.lookup("folder/a")).toBeNull();
      // Again: it is said that nothing was there, or that nothing is there now.
      expect(await t.write(t.remove("folder", null)).catch(() => null)).toBeNull();
    });

    test("a folder is deleted by its id, not another that has come to its path", async () => {
      const folder = await t.write(t.folder("folder"));
      await t.write(t.move("folder", "moved"), t.other);
      await t.write(t.folder("folder"), t.other);
      expect(await t.write(t.remove("folder", null, folder?.id))).toBeNull();
      expect(await t.lookup("folder")).not.toBeNull();
      expect(await t.lookup("moved")).toBeNull();
    });

    test("what is no longer wanted when its turn comes is not deleted, alone or among others", async () => {
      const file = await t.uploaded("a", "one");
      for (const name of ["b", "c"]) await t.write(t.folder(name));
      await refused("conflict", t.write(t.remove("a", file.rev, null, false)));
      const results = await t.writeAll([t.remove("b", null, null, false), t.remove("c", null)]);
      expect([...results.values()].filter((one) => "error" in one && one.error instanceof RemoteError)).toHaveLength(1);
      expect(await t.lookup("a")).not.toBeNull();
      expect(await t.lookup("b")).not.toBeNull();
      expect(await t.lookup("c")).toBeNull();
    });
  });
}
