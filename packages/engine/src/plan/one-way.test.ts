import { openStore } from "@twinfold/store";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { contentsOf, type Step, step, syncFirst, take } from "../testing/random-users.ts";
import { ThreeTrees } from "../testing/three-trees.ts";

/** Of those who may see the files and not change them, only Dropbox follows. */
let trees: ThreeTrees;
beforeEach(() => {
  trees = new ThreeTrees(openStore(":memory:"), { oneWay: true });
});

const done = () => trees.settle().flat();
const STAYS = "what changes there does not come here";
const COPY = "a (Ada's conflicted copy 2026-01-02)";

/** What is said of each path that is not synced. */
function notSynced(): Record<string, string> {
  const said = trees.plan().parked.map(({ node, side, why }) => {
    if (why.kind !== "not synced") throw new Error(`parked otherwise: ${why.kind}`);
    return [trees.pathOf(side, node), why.reason];
  });
  return Object.fromEntries(said);
}

test("what changes on disk comes to Dropbox as ever", () => {
  trees.both("d");
  trees.both("d/a", "1");
  trees.both("b", "1");
  trees.both("c", "1");
  expect(done()).toEqual([]);
  trees.move("local", "d", "e");
  trees.edit("local", "b", "2");
  trees.remove("local", "c");
  trees.create("local", "new", "1");
  expect(done().sort()).toEqual(["remote delete c", "remote move d -> e", "upload b", "upload new"]);
  expect(trees.tree("remote")).toEqual({ b: "2", e: null, "e/a": "1", new: "1" });
});

describe("what its user does in Dropbox stays there, and is said", () => {
  beforeEach(() => {
    trees.both("d");
    trees.both("d/a", "1");
    trees.both("a", "1");
    expect(done()).toEqual([]);
  });
  test("a new file and a new folder", () => {
    trees.create("remote", "mine");
    trees.create("remote", "mine/b", "2");
    expect(done()).toEqual([]);
    const reason = `new in Dropbox: ${STAYS}`;
    expect(notSynced()).toEqual({ mine: reason, "mine/b": reason });
  });
  test("an edit", () => {
    trees.edit("remote", "a", "2");
    expect(done()).toEqual([]);
    expect(notSynced()).toEqual({ a: `edited in Dropbox: ${STAYS}` });
  });
  test("a deletion", () => {
    trees.remove("remote", "a");
    expect(done()).toEqual([]);
    expect(notSynced()).toEqual({ a: `deleted in Dropbox: ${STAYS}` });
  });
  test("a move, where the file is followed with what is edited on disk", () => {
    trees.move("remote", "d/a", "elsewhere");
    expect(done()).toEqual([]);
    expect(notSynced()).toEqual({ "d/a": `moved in Dropbox to elsewhere: ${STAYS}` });
    trees.edit("local", "d/a", "2");
    expect(done()).toEqual(["upload elsewhere"]);
  });
});

test("what is new on disk goes into a folder where its user has moved that", () => {
  trees.both("d");
  trees.move("remote", "d", "mine");
  trees.create("local", "d/new", "1");
  expect(done()).toEqual(["upload mine/new"]);
});

test("edited on both sides, the disk's version has the name, and Dropbox's is kept beside it", () => {
  trees.both("a", "1");
  trees.edit("local", "a", "2");
  trees.edit("remote", "a", "3");
  expect(done()).toEqual([`remote move a -> ${COPY}`, "upload a"]);
  expect(trees.tree("remote")).toEqual({ a: "2", [COPY]: "3" });
  expect(trees.tree("local")).toEqual({ a: "2" });
  expect(Object.keys(notSynced())).toEqual([COPY]);
});

test("edited on both sides and moved in Dropbox, hers stays where she has put it", () => {
  trees.both("a", "1");
  trees.edit("local", "a", "2");
  trees.edit("remote", "a", "3");
  trees.move("remote", "a", "b");
  expect(done()).toEqual(["upload a"]);
  expect(trees.tree("remote")).toEqual({ a: "2", b: "3" });
});

test("so it is with two new files of one name", () => {
  trees.create("local", "a", "2");
  trees.create("remote", "a", "3");
  expect(done()).toEqual([`remote move a -> ${COPY}`, "upload a"]);
  expect(trees.tree("local")).toEqual({ a: "2" });
});

test("moved on both sides, the disk's place wins", () => {
  trees.both("a", "1");
  trees.move("local", "a", "b");
  trees.move("remote", "a", "c");
  expect(done()).toEqual(["remote move c -> b"]);
});

test("moved into each other, the disk's place wins", () => {
  trees.both("x");
  trees.both("y");
  trees.move("local", "x", "y/x");
  trees.move("remote", "y", "x/y");
  trees.settle();
  expect(trees.tree("remote")).toEqual({ y: null, "y/x": null });
});

test("deleted on disk, what was edited in Dropbox stays there", () => {
  trees.both("d");
  trees.both("d/a", "1");
  trees.both("d/b", "1");
  expect(done()).toEqual([]);
  trees.remove("local", "d");
  trees.edit("remote", "d/a", "2");
  expect(done()).toEqual(["remote delete d/b"]);
  expect(trees.tree("remote")).toEqual({ d: null, "d/a": "2" });
});

test("a folder that became a file on disk is kept beside it for what was made in it in Dropbox", () => {
  trees.both("a");
  trees.create("remote", "a/mine", "1");
  expect(done()).toEqual([]);
  trees.remove("local", "a");
  trees.create("local", "a", "2");
  expect(done()).toEqual([`remote move a -> ${COPY}`, "upload a"]);
  expect(trees.tree("remote")).toEqual({ a: "2", [COPY]: null, [`${COPY}/mine`]: "1" });
});

test("of two names that Dropbox takes for one, the second waits for a person: nothing is renamed on disk", () => {
  trees.create("local", "a", "1");
  trees.create("local", "A", "2");
  expect(done()).toEqual(["upload a"]);
  expect(notSynced()).toEqual({ A: "Dropbox takes its name and a beside it for one: rename one of them" });
});

function follow(before: readonly Step[], after: readonly Step[]): void {
  const store = openStore(":memory:");
  try {
    const both = new ThreeTrees(store);
    let count = syncFirst(both, before);
    const base = contentsOf(both.tree("synced"));
    const oneWay = new ThreeTrees(store, { oneWay: true });
    for (const one of after) take(oneWay, one, ++count);
    const written = (side: "local" | "remote") => [...contentsOf(oneWay.tree(side))].filter((one) => !base.has(one));
    const [fresh, hers] = [written("local"), written("remote")];
    const local = oneWay.tree("local");
    oneWay.settle();
    expect(oneWay.tree("local")).toEqual(local);
    const there = contentsOf(oneWay.tree("remote"));
    for (const text of hers) expect(there, `${text} was written in Dropbox`).toContain(text);
    const waits = oneWay.plan().parked.flatMap(({ why }) => ("reason" in why ? [why.reason] : []));
    if (!waits.some((reason) => reason.includes("rename one of them")))
      for (const text of fresh) expect(there, `${text} was written on disk`).toContain(text);
    expect(oneWay.plan().ready).toEqual([]);
  } finally {
    store.close();
  }
}

test("whatever both do, the disk stays as it is, all that is new there is in Dropbox, and so is what was written there", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), fc.array(step, { maxLength: 12 }), follow), {
    numRuns: Number(process.env.TWINFOLD_RUNS ?? 400),
  });
});
