import { openStore } from "@twinfold/store";
import { beforeEach, expect, test } from "vitest";
import { ThreeTrees } from "../testing/three-trees.ts";

/** A file was moved on disk, and what has its old name there now holds what Dropbox has at the old place. */
let trees: ThreeTrees;
beforeEach(() => {
  trees = new ThreeTrees(openStore(":memory:"));
});

/** Settles, after which both sides are one. @returns what they have, and what was done */
function settle() {
  const done = trees.settle().flat();
  expect(trees.tree("local")).toEqual(trees.tree("remote"));
  return { tree: trees.tree("local"), done };
}

test("moved on disk, and the new file there was sent before the state forgot it: the moved one keeps its content", () => {
  trees.both("a", "1");
  trees.move("local", "a", "b");
  trees.create("local", "a", "2");
  trees.edit("remote", "a", "2");
  expect(settle()).toEqual({ tree: { a: "2", b: "1" }, done: ["upload b"] });
});

test("until the new file on disk is read nothing is done with the moved one", () => {
  trees.both("a", "1");
  trees.move("local", "a", "b");
  const unread = trees.create("local", "a", "2");
  const node = trees.store.local.get(unread);
  if (node === undefined) throw new Error("it was just made");
  trees.store.local.put({ ...node, hash: null });
  trees.edit("remote", "a", "2");
  const { ready, waiting, unsettled } = trees.plan();
  expect([ready, waiting]).toEqual([[], []]);
  expect([...unsettled].sort()).toEqual([trees.at("local", "b"), unread].sort());

  trees.store.local.put(node);
  expect(settle().tree).toEqual({ a: "2", b: "1" });
});

test("an edit in Dropbox that the new file on disk does not have follows the one that moved", () => {
  trees.both("a", "1");
  trees.move("local", "a", "b");
  trees.create("local", "a", "new");
  trees.edit("remote", "a", "edited");
  expect(settle().tree).toEqual({ a: "new", b: "edited" });
});

test("what was sent just as the file was moved in Dropbox follows it, though it is at the old place there", () => {
  trees.both("a", "1");
  trees.edit("local", "a", "edited");
  trees.move("remote", "a", "b");
  trees.create("remote", "a", "edited");
  expect(settle().tree).toMatchObject({ b: "edited" });
});
