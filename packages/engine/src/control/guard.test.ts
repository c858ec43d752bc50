import { openStore } from "@twinfold/store";
import { expect, test } from "vitest";
import type { Operation } from "../plan/operation.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { type Name, type NameKey, type NodeId, ROOT } from "../ports/values.ts";
import { ThreeTrees } from "../testing/three-trees.ts";
import { createDeletionGuard, type DeletionGuard } from "./guard.ts";

const LIMITS = { files: 3, share: 0.2, emptied: 5 };

/** The id of the empty folder beside ten files. */
const FOLDER = 12;

/** Files 2, 3, … on both sides, and an empty folder. */
function storeOf(files: number): Store {
  const trees = new ThreeTrees(openStore(":memory:"));
  for (let number = 0; number < files; number++) trees.both(`f${number}`, "content");
  trees.both("folder");
  return trees.store;
}

/** A guard over a store with so many files on both sides, at a time that the test moves. */
function guardOf(files: number) {
  let now = 0;
  let looksDone = true;
  const clock: Clock = { now: () => now, monotonic: () => now, sleep: async () => undefined };
  const store = storeOf(files);
  const guard = createDeletionGuard({ store, clock, limits: LIMITS, looksDone: () => looksDone });
  return {
    guard,
    store,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    look: (done: boolean) => {
      looksDone = done;
    },
  };
}

const deletions = (...ids: readonly number[]): Operation[] =>
  ids.map((id) => ({
    side: "remote",
    kind: "delete",
    node: id as NodeId,
    parent: ROOT,
    name: `f${id}` as Name,
    reason: "deleted on disk",
  }));

/** Deletes in Dropbox what the guard lets pass. */
function carryOut(guard: DeletionGuard, store: Store, operations: readonly Operation[]): void {
  for (const operation of operations) {
    guard.begins(operation);
    store.remote.remove(operation.node);
  }
}

test("a few deletions pass, and many do that are a small share", () => {
  const small = guardOf(10);
  small.guard.review(deletions(2, 3, 4), []);
  expect(small.guard.held()).toEqual([]);
  const large = guardOf(100);
  large.guard.review(deletions(2, 3, 4, 5, 6), []);
  expect(large.guard.held()).toEqual([]);
});

test("more than the limit and more than the share are held, all of them", () => {
  const { guard } = guardOf(10);
  guard.review(deletions(2, 3, 4, 5), []);
  expect(guard.held()).toHaveLength(4);
});

test("what is being deleted just now counts along: many small plans are one large one", () => {
  const { guard } = guardOf(10);
  guard.review(deletions(5, 6), deletions(2, 3, 4));
  expect(guard.held().map(({ node }) => node)).toEqual([5, 6]);
});

test("what was deleted within the last minute counts along, and no longer", () => {
  const { guard, store, advance } = guardOf(10);
  guard.review(deletions(2, 3, 4), []);
  carryOut(guard, store, deletions(2, 3, 4));
  advance(30_000);
  guard.review(deletions(5), []);
  expect(guard.held()).toHaveLength(1);
  guard.review([], []);
  advance(61_000);
  guard.review(deletions(5), []);
  expect(guard.held()).toEqual([]);
});

test("what a person is asked about waits for the answer, though it is few by now, or was unclear for a moment", () => {
  const { guard, store, advance } = guardOf(10);
  for (const id of [2, 3, 4, 5, 6]) store.local.remove(id as NodeId);
  guard.review(deletions(2, 3, 4, 5), []);
  advance(50_000);
  guard.review(deletions(2, 6), []);
  advance(50_000);
  guard.review(deletions(2, 6), []);
  expect(guard.held().map(({ node }) => node)).toEqual([2]);
  guard.review([], []);
  advance(50_000);
  guard.review(deletions(2), []);
  expect(guard.held().map(({ node }) => node)).toEqual([2]);
  guard.resolve("bring back");
  guard.review(deletions(2), []);
  expect(store.synced.get(2 as NodeId)).toBeUndefined();
  guard.review(deletions(6), []);
  expect(guard.held()).toEqual([]);
});

test("files that come and go are no loss", () => {
  const { guard, store, advance } = guardOf(10);
  for (let round = 0; round < 5; round++) {
    guard.review(deletions(2, 3), []);
    expect(guard.held()).toEqual([]);
    const files = [2, 3].map((id) => store.remote.get(id as NodeId));
    carryOut(guard, store, deletions(2, 3));
    advance(1_000);
    for (const file of files) {
      if (file === undefined) continue;
      guard.begins({ side: "remote", kind: "transfer", node: file.id, parent: ROOT, name: file.name, reason: "new" });
      store.remote.put(file);
    }
    advance(1_000);
  }
});

test("nor are files that a user makes in Dropbox and deletes on disk, one after the other", () => {
  const { guard, store, advance } = guardOf(4);
  const like = store.remote.get(2 as NodeId);
  if (like === undefined) throw new Error("unreachable");
  for (let id = 100; id < 110; id++) {
    const [node, name] = [id as NodeId, `new${id}` as Name];
    store.remote.put({ ...like, id: node, name, key: `new${id}` as NameKey });
    guard.begins({ side: "local", kind: "transfer", node, parent: ROOT, name, reason: "new" });
    advance(1_000);
    guard.review(deletions(id), []);
    expect(guard.held()).toEqual([]);
    carryOut(guard, store, deletions(id));
    advance(1_000);
  }
});

test("files that come meanwhile hide no loss", () => {
  const { guard, store } = guardOf(10);
  guard.review(deletions(2, 3, 4), []);
  carryOut(guard, store, deletions(2, 3, 4));
  const like = store.remote.get(5 as NodeId);
  if (like === undefined) throw new Error("unreachable");
  for (let id = 100; id < 110; id++)
    store.remote.put({ ...like, id: id as NodeId, name: `new${id}` as Name, key: `new${id}` as NameKey });
  guard.review(deletions(5), []);
  expect(guard.held()).toHaveLength(1);
});

test("a deletion that failed is no loss, one that is heard of only later is one", () => {
  const { guard, store, advance } = guardOf(10);
  for (const one of deletions(2, 3, 4)) guard.begins(one);
  guard.review(deletions(5), []);
  expect(guard.held()).toEqual([]);
  for (const id of [2, 3, 4]) store.remote.remove(id as NodeId);
  advance(5_000);
  guard.review(deletions(5), []);
  expect(guard.held()).toHaveLength(1);
});

test("a side that would be empty is held, however few its files are for the limit", () => {
  const { guard } = guardOf(5);
  const many = createDeletionGuard({
    store: storeOf(5),
    clock: { now: () => 0, monotonic: () => 0, sleep: async () => undefined },
    limits: { files: 100, share: 0.2, emptied: 5 },
    looksDone: () => true,
  });
  many.review(deletions(2, 3, 4, 5, 6), []);
  expect(many.held()).toHaveLength(5);
  guard.review(deletions(2, 3), []);
  expect(guard.held()).toEqual([]);
});

test("a folder that holds no file any more is not held, whatever was lost before", () => {
  const { guard, store } = guardOf(10);
  guard.review(deletions(FOLDER), []);
  carryOut(guard, store, deletions(2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  guard.review(deletions(FOLDER), []);
  expect(guard.held()).toEqual([]);
});

test("what is on its way to the other side is not taken along with its folder", () => {
  const trees = new ThreeTrees(openStore(":memory:"));
  const [folder, edited, other] = ["d", "d/edited", "d/other"].map((path) =>
    trees.both(path, path === "d" ? null : "1"),
  );
  const guard = createDeletionGuard({
    store: trees.store,
    clock: { now: () => 0, monotonic: () => 0, sleep: async () => undefined },
    limits: { files: 100, share: 0.2, emptied: 2 },
    looksDone: () => true,
  });
  const planned = deletions(Number(folder), Number(other)).map((one) => ({ ...one, side: "local" as const }));
  const sending = deletions(Number(edited)).map((one) => ({ ...one, kind: "transfer" as const }));
  guard.review(planned, sending);
  expect(guard.held()).toEqual([]);
  guard.review(planned, []);
  expect(guard.held()).toHaveLength(2);
});

test("deletions wait for the looks that are under way, but not for ever", () => {
  const { guard, look, advance } = guardOf(10);
  const [one] = deletions(2);
  if (one === undefined) throw new Error("unreachable");
  look(false);
  expect(guard.mayBegin(one)).toBe(false);
  advance(1_000);
  expect(guard.mayBegin(one)).toBe(true);
});

test("a person's word takes effect once all has been seen, for all of it", () => {
  const { guard, store, look } = guardOf(10);
  for (let id = 2; id < 8; id++) store.local.remove(id as NodeId);
  look(false);
  guard.review(deletions(2, 3, 4, 5), []);
  guard.resolve("bring back");
  expect(guard.review(deletions(2, 3, 4, 5), [])).toBe(false);
  look(true);
  expect(guard.review(deletions(2, 3, 4, 5, 6, 7), [])).toBe(true);
  expect([2, 3, 4, 5, 6, 7].map((id) => store.synced.get(id as NodeId))).toEqual(Array(6).fill(undefined));
  expect(guard.held()).toEqual([]);
});

test("what was approved passes, and a word that nobody waits for is no word", () => {
  const { guard } = guardOf(10);
  guard.resolve("apply");
  guard.review(deletions(2, 3, 4, 5), []);
  expect(guard.held()).toHaveLength(4);
  guard.resolve("apply");
  expect(guard.review(deletions(2, 3, 4, 5), [])).toBe(true);
  guard.review(deletions(2, 3, 4, 5), []);
  expect(guard.held()).toEqual([]);
});

test("what a person gave up is no loss afterwards: the next few deletions pass", () => {
  const { guard, store } = guardOf(12);
  const given = [2, 3, 4, 5, 6, 7, 8, 9];
  guard.review(deletions(...given), []);
  guard.resolve("apply");
  guard.review(deletions(...given), []);
  carryOut(guard, store, deletions(2, 3, 4, 5));
  guard.review(deletions(6, 7), deletions(8, 9));
  expect(guard.held()).toEqual([]);
  carryOut(guard, store, deletions(6, 7, 8, 9));
  guard.review(deletions(10, 11, 12), []);
  expect(guard.held()).toEqual([]);
  guard.review(deletions(10, 11, 12, 13), []);
  expect(guard.held()).toHaveLength(4);
});

test("what was approved stays so while it is tried again, and is forgotten when it is no longer to be done", () => {
  const { guard } = guardOf(10);
  guard.review(deletions(2, 3, 4, 5), []);
  guard.resolve("apply");
  guard.review(deletions(2, 3, 4, 5), []);
  guard.review([], deletions(2, 3, 4, 5));
  guard.review(deletions(2, 3, 4, 5), []);
  expect(guard.held()).toEqual([]);
  guard.review([], []);
  guard.review(deletions(2, 3, 4, 5), []);
  expect(guard.held()).toHaveLength(4);
});
