import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { LocalNode, RemoteNode, Store, SyncedNode } from "../ports/store.ts";
import type {
  ContentHash,
  Fingerprint,
  LocalIdentity,
  Name,
  NameKey,
  NodeId,
  RemoteId,
  Rev,
  Seconds,
} from "../ports/values.ts";

const ROOT = 1 as NodeId;

/** Nodes for tests: what is not given is of no account. */
export function localNode(id: number, parent: number | null, name: string, more: Partial<LocalNode> = {}): LocalNode {
  return {
    id: id as NodeId,
    parent: parent as NodeId | null,
    name: name as Name,
    key: name.toLowerCase() as NameKey,
    kind: "folder",
    identity: `identity ${id}` as LocalIdentity,
    fingerprint: `fingerprint ${id}` as Fingerprint,
    size: 0,
    mtime: 0 as Seconds,
    hash: null,
    special: null,
    ...more,
  };
}

export function remoteNodeFor(
  id: number,
  parent: number | null,
  name: string,
  more: Partial<RemoteNode> = {},
): RemoteNode {
  const { identity: _, fingerprint: __, special: ___, ...placed } = localNode(id, parent, name);
  const rev: Rev | null = null;
  return { ...placed, kind: "folder", remoteId: `id:${id}` as RemoteId, rev, downloadable: true, ...more };
}

export function syncedNode(
  id: number,
  parent: number | null,
  name: string,
  more: Partial<SyncedNode> = {},
): SyncedNode {
  const { identity, key } = localNode(id, parent, name);
  return {
    id: id as NodeId,
    parent: parent as NodeId | null,
    name: name as Name,
    key,
    kind: "folder",
    remoteName: name as Name,
    identity,
    remoteId: `id:${id}` as RemoteId,
    hash: null,
    since: 1_700_000_000 + id,
    ...more,
  };
}

function isBelow(store: Store, node: NodeId, ancestor: NodeId): boolean {
  for (let up: NodeId | null = node; up !== null; up = store.local.get(up)?.parent ?? null)
    if (up === ancestor) return true;
  return false;
}

/** What every store must do. `open` opens the same state again each time; each test begins with a new one. */
export function storeContract(title: string, create: () => { open(): Store }): void {
  describe(`${title} keeps the contract of a store`, () => {
    let file: { open(): Store };
    let store: Store;
    beforeEach(() => {
      file = create();
      store = file.open();
      store.transaction(() => {
        store.local.put(localNode(1, null, ""));
        store.remote.put(remoteNodeFor(1, null, ""));
        store.synced.put(syncedNode(1, null, ""));
      });
    });
    const id = (number: number) => number as NodeId;
    const key = (text: string) => text as NameKey;

    test("a node comes back as it was put, and is found in every way", () => {
      const file = localNode(2, 1, "A.txt", { kind: "file", size: 7, hash: "h" as ContentHash });
      store.local.put(file);
      expect(store.local.get(id(2))).toEqual(file);
      expect(store.local.children(ROOT)).toEqual([file]);
      expect(store.local.childrenByKey(ROOT, key("a.txt"))).toEqual([file]);
      expect(store.local.byIdentity(file.identity)).toEqual([file]);
      const there = remoteNodeFor(2, 1, "A.txt", { kind: "file", downloadable: false, rev: "1" as Rev });
      store.remote.put(there);
      expect(store.remote.byRemoteId(there.remoteId)).toEqual(there);
      const both = syncedNode(2, 1, "A.txt", { kind: "file" });
      store.synced.put(both);
      expect(store.synced.byRemoteId(both.remoteId)).toEqual(both);
      expect(store.synced.byIdentity(both.identity)).toEqual([both]);
      expect(store.local.countFiles()).toBe(1);
    });

    test("whatever was read before, a node is as it was written last", () => {
      const some = fc.integer({ min: 2, max: 9 }).map(id);
      const write = fc.record({
        kind: fc.constantFrom("put", "remove", "reidentify", "undo"),
        node: some,
        parent: fc.oneof(fc.constant(ROOT), some),
        name: fc.constantFrom("a", "b", "c", "d"),
      });
      fc.assert(
        fc.property(fc.array(write, { maxLength: 60 }), (writes) => {
          const file = create();
          const store = file.open();
          store.local.put(localNode(1, null, ""));
          const all = Array.from({ length: 9 }, (_, index) => id(index + 1));
          const read = (from: Store) => all.map((one) => from.local.get(one));
          for (const { kind, node, parent, name } of writes) {
            read(store);
            if (kind === "remove") store.local.remove(node);
            else if (kind === "reidentify") {
              if (store.local.get(node) !== undefined && store.local.get(parent) === undefined)
                store.reidentify("local", node, parent);
            } else if (store.local.get(parent) !== undefined && !isBelow(store, parent, node)) {
              store.transaction(() => store.local.put(localNode(node, parent, name)));
              if (kind === "put") continue;
              const written = read(store);
              expect(() =>
                store.transaction(() => {
                  store.local.remove(node);
                  read(store);
                  throw new Error("undone");
                }),
              ).toThrow("undone");
              expect(read(store)).toEqual(written);
            }
          }
          const seen = read(store);
          store.close();
          expect(seen).toEqual(read(file.open()));
        }),
        { numRuns: 60 },
      );
    });

    test("putting a node again moves it, and what is below it stays below it", () => {
      store.local.put(localNode(2, 1, "a"));
      store.local.put(localNode(3, 2, "b"));
      store.local.put(localNode(4, 1, "c"));
      store.local.put(localNode(2, 4, "renamed", { identity: "other" as LocalIdentity }));
      expect(store.local.children(ROOT).map((node) => node.id)).toEqual([4]);
      expect(store.local.children(id(4)).map((node) => node.name)).toEqual(["renamed"]);
      expect(store.local.children(id(2)).map((node) => node.id)).toEqual([3]);
      expect(store.local.byIdentity("identity 2" as LocalIdentity)).toEqual([]);
      expect(store.local.byIdentity("other" as LocalIdentity).map((node) => node.id)).toEqual([2]);
    });

    test("children come by key and then by name, namesakes by id", () => {
      store.local.put(localNode(5, 1, "b"));
      store.local.put(localNode(4, 1, "a"));
      store.local.put(localNode(3, 1, "A"));
      expect(store.local.children(ROOT).map((node) => node.name)).toEqual(["A", "a", "b"]);
      expect(store.local.childrenByKey(ROOT, key("a")).map((node) => node.id)).toEqual([3, 4]);
    });

    test("removing a node removes everything below it, and marks all of it", () => {
      store.local.put(localNode(2, 1, "a"));
      store.local.put(localNode(3, 2, "b"));
      store.local.put(localNode(4, 3, "c"));
      store.changed.clear();
      store.local.remove(id(2));
      for (const gone of [2, 3, 4]) expect(store.local.get(id(gone))).toBeUndefined();
      expect([...store.changed].sort()).toEqual([2, 3, 4]);
      expect(store.local.byIdentity("identity 4" as LocalIdentity)).toEqual([]);
    });

    test("at the remote no two nodes of one folder have one key; on disk they may", () => {
      store.remote.put(remoteNodeFor(2, 1, "a"));
      expect(() => store.remote.put(remoteNodeFor(3, 1, "A"))).toThrow(/UNIQUE/);
      expect(store.remote.get(id(3))).toBeUndefined();
      store.remote.put(remoteNodeFor(2, 1, "A"));
      store.local.put(localNode(2, 1, "a"));
      store.local.put(localNode(3, 1, "A"));
    });

    test("nodes of one transaction may come in any order, but none may be without its folder at its end", () => {
      store.transaction(() => {
        store.local.put(localNode(3, 2, "b"));
        store.local.put(localNode(2, 1, "a"));
      });
      expect(store.local.children(id(2)).map((node) => node.id)).toEqual([3]);
      expect(() => store.transaction(() => store.local.put(localNode(5, 4, "lost")))).toThrow(/FOREIGN KEY/);
      expect(store.local.get(id(5))).toBeUndefined();
    });

    test("a transaction that throws leaves nothing behind", () => {
      store.local.put(localNode(2, 1, "a"));
      store.local.put(localNode(3, 2, "b"));
      store.writeMeta("cursor", "one");
      expect(() =>
        store.transaction(() => {
          store.local.put(localNode(2, 1, "other"));
          store.local.put(localNode(4, 1, "new"));
          store.local.remove(id(3));
          store.writeMeta("cursor", null);
          store.transaction(() => store.writeMeta("more", "x"));
          throw new Error("no");
        }),
      ).toThrow("no");
      expect(store.local.get(id(2))?.name).toBe("a");
      expect(store.local.get(id(4))).toBeUndefined();
      expect(store.local.children(id(2)).map((node) => node.id)).toEqual([3]);
      expect([store.readMeta("cursor"), store.readMeta("more")]).toEqual(["one", null]);
    });

    test("a node that turns out to be another takes its children along", () => {
      store.remote.put(remoteNodeFor(2, 1, "a"));
      store.remote.put(remoteNodeFor(3, 2, "b"));
      store.changed.clear();
      store.reidentify("remote", id(2), id(9));
      expect(store.remote.get(id(2))).toBeUndefined();
      expect(store.remote.get(id(9))).toMatchObject({ parent: 1, name: "a" });
      expect(store.remote.get(id(3))?.parent).toBe(9);
      expect(store.remote.byRemoteId("id:2" as RemoteId)?.id).toBe(9);
      expect([...store.changed].sort()).toEqual([2, 3, 9]);
    });

    test("opened again, all is as it was, and what is not equal on all sides is changed", () => {
      for (const node of [2, 3]) {
        store.local.put(localNode(node, 1, `n${node}`));
        store.remote.put(remoteNodeFor(node, 1, `n${node}`));
        store.synced.put(syncedNode(node, 1, `n${node}`));
      }
      store.local.put(localNode(3, 1, "moved"));
      store.local.put(localNode(4, 1, "new here"));
      store.remote.put(remoteNodeFor(5, 1, "new there"));
      store.synced.put(syncedNode(6, 1, "gone"));
      store.writeMeta("cursor", "c");
      const given = store.newId();
      store.close();
      const again = file.open();
      expect(again.local.children(ROOT).map((node) => node.name)).toEqual(["moved", "n2", "new here"]);
      expect([...again.changed].sort()).toEqual([3, 4, 5, 6]);
      expect(again.readMeta("cursor")).toBe("c");
      expect(again.newId()).toBeGreaterThan(given);
      again.close();
    });
  });
}
