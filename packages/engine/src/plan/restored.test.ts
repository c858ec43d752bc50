import { openStore } from "@twinfold/store";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { contentsOf, type Step, step, syncFirst, take } from "../testing/random-users.ts";
import { ThreeTrees } from "../testing/three-trees.ts";

/** Files were restored on disk, and both sides were not one since: the disk's go first. */
let trees: ThreeTrees;
beforeEach(() => {
  trees = new ThreeTrees(openStore(":memory:"));
});

const COPY = "a (Ada's conflicted copy 2026-01-02)";

/** Settles, after which both sides are one. @returns what they have, and what was done */
function restore(how: "heard" | "unheard" = "heard") {
  trees.restored = how;
  const done = trees.settle().flat();
  expect(trees.tree("local")).toEqual(trees.tree("remote"));
  return { tree: trees.tree("local"), done };
}

describe.each(["heard", "unheard"] as const)("%s, where both sides changed since the last sync", (how) => {
  test("the restored file keeps its name, and Dropbox's is kept beside it", () => {
    trees.both("a", "1");
    trees.edit("local", "a", "restored");
    trees.edit("remote", "a", "theirs");
    const { tree, done } = restore(how);
    expect(tree).toEqual({ a: "restored", [COPY]: "theirs" });
    expect(done.sort()).toEqual([`download ${COPY}`, `remote move a -> ${COPY}`, "upload a"]);
  });
  test("so it is with two new files of one name, as after the loss of what was remembered; equal ones are adopted", () => {
    trees.create("local", "a", "restored");
    trees.create("remote", "a", "theirs");
    trees.create("local", "b", "same");
    trees.create("remote", "b", "same");
    expect(restore(how).tree).toEqual({ a: "restored", [COPY]: "theirs", b: "same" });
  });
  test("a name in another case is the restored one's too", () => {
    trees.create("local", "A", "restored");
    trees.create("remote", "a", "theirs");
    expect(restore(how).tree).toEqual({ A: "restored", "a (case conflict)": "theirs" });
  });
  test("moved on both, the restored place holds", () => {
    trees.both("a", "1");
    trees.move("local", "a", "b");
    trees.move("remote", "a", "c");
    expect(restore(how)).toEqual({ tree: { b: "1" }, done: ["remote move c -> b"] });
  });
  test("edited and moved in Dropbox, the restored one has its name again, and the edit is beside it", () => {
    trees.both("a", "1");
    trees.edit("local", "a", "restored");
    trees.edit("remote", "a", "theirs");
    trees.move("remote", "a", "b");
    expect(restore(how).tree).toEqual({ a: "restored", [COPY]: "theirs" });
  });
  test("a restored file that was moved in Dropbox goes back to its name", () => {
    trees.both("a", "1");
    trees.edit("local", "a", "restored");
    trees.move("remote", "a", "b");
    expect(restore(how).tree).toEqual({ a: "restored" });
  });
  test("moved into each other, the restored place holds", () => {
    trees.both("x");
    trees.both("y");
    trees.move("local", "x", "y/x");
    trees.move("remote", "y", "x/y");
    expect(restore(how).tree).toEqual({ y: null, "y/x": null });
  });
  test("a restored file has the name of what was moved there in Dropbox", () => {
    trees.both("b", "1");
    trees.create("local", "a", "restored");
    trees.move("remote", "b", "a");
    const { tree } = restore(how);
    expect(tree.a).toBe("restored");
    expect(Object.values(tree).sort()).toEqual(["1", "restored"]);
  });
  test("a restored move has the name of what is new there in Dropbox", () => {
    trees.both("b", "1");
    trees.move("local", "b", "a");
    trees.create("remote", "a", "theirs");
    expect(restore(how).tree).toEqual({ a: "1", [COPY]: "theirs" });
  });
  test("what the restore took away and Dropbox edited is kept at its name", () => {
    trees.both("d");
    trees.both("d/a", "1");
    trees.both("d/b", "1");
    trees.remove("local", "d/a");
    trees.remove("local", "d/b");
    trees.remove("local", "d");
    trees.edit("remote", "d/a", "theirs");
    expect(restore(how)).toMatchObject({ tree: { d: null, "d/a": "theirs" } });
  });
  test("a restored file that is a folder in Dropbox by now, and the reverse, keep the name", () => {
    trees.both("a", "1");
    trees.edit("local", "a", "restored");
    trees.remove("remote", "a");
    trees.create("remote", "a");
    trees.create("remote", "a/in", "theirs");
    expect(restore(how).tree).toEqual({ a: "restored", [COPY]: null, [`${COPY}/in`]: "theirs" });
  });
  test("a restored folder keeps the name of a file that was edited in Dropbox", () => {
    trees.both("a", "1");
    trees.remove("local", "a");
    trees.create("local", "a");
    trees.create("local", "a/in", "restored");
    trees.edit("remote", "a", "theirs");
    expect(restore(how).tree).toEqual({ a: null, "a/in": "restored", [COPY]: "theirs" });
  });
});

describe("heard out before, what only Dropbox changed is a change as any other", () => {
  test("an edit, a move and a deletion come to disk", () => {
    for (const name of ["a", "b", "c"]) trees.both(name, name);
    trees.edit("remote", "a", "theirs");
    trees.move("remote", "b", "moved");
    trees.remove("remote", "c");
    expect(restore().tree).toEqual({ a: "theirs", moved: "b" });
  });
});

describe("unheard, Dropbox may have changed before the restore what this left as it was", () => {
  test("an edit is kept beside it, a move goes back, and what was deleted is there again", () => {
    trees.both("a", "1");
    trees.both("d");
    trees.both("d/b", "2");
    trees.both("e");
    trees.both("e/c", "3");
    trees.edit("remote", "a", "theirs");
    trees.move("remote", "d", "moved");
    trees.remove("remote", "e/c");
    trees.remove("remote", "e");
    const { tree, done } = restore("unheard");
    expect(tree).toEqual({ a: "1", [COPY]: "theirs", d: null, "d/b": "2", e: null, "e/c": "3" });
    expect(done).toContain("remote move moved -> d");
    expect(done).not.toContain("upload d/b");
  });
  test("what is new in Dropbox comes, and nothing is done where both are one", () => {
    trees.both("a", "1");
    trees.create("remote", "b", "theirs");
    expect(restore("unheard")).toEqual({ tree: { a: "1", b: "theirs" }, done: ["download b"] });
  });
});

type Steps = readonly Step[];

function winByItself(how: "heard" | "unheard", before: Steps, restores: Steps, meanwhile: Steps): void {
  const store = openStore(":memory:");
  try {
    const both = new ThreeTrees(store);
    let count = syncFirst(both, before);
    const base = contentsOf(both.tree("synced"));
    const all = new ThreeTrees(store);
    for (const one of restores) take(all, { ...one, side: "local" }, ++count);
    for (const one of meanwhile) take(all, { ...one, side: "remote" }, ++count);
    const restored = all.tree("local");
    const written = (side: "local" | "remote") => [...contentsOf(all.tree(side))].filter((one) => !base.has(one));
    const news = [...written("local"), ...written("remote")];
    all.restored = how;
    all.settle();
    const rest = all.tree("local");
    expect(all.tree("remote")).toEqual(rest);
    const there = contentsOf(rest);
    for (const text of news) expect(there, `${text} was written`).toContain(text);
    expect(all.plan().ready).toEqual([]);
    // Where two restored names are one for Dropbox, the second gets another, and a new folder is one with Dropbox's.
    const byKey = (tree: typeof rest) =>
      new Map(Object.entries(tree).map(([path, text]) => [path.toLowerCase(), text]));
    const expected = byKey(restored);
    const isClear = expected.size === Object.keys(restored).length;
    if (isClear && (how === "unheard" || before.length === 0))
      expect(Object.fromEntries(byKey(rest))).toMatchObject(Object.fromEntries(expected));
  } finally {
    store.close();
  }
}

const steps = fc.array(step, { maxLength: 12 });
const numRuns = Number(process.env.TWINFOLD_RUNS ?? 300);

test("two folders that are each to move into the other's, for a moment, go one after the other", () => {
  const folder = (side: "local" | "remote", parent: number, name: number): Step => ({
    kind: "create-folder",
    side,
    parent,
    name,
  });
  const before = [
    folder("local", 0, 3),
    folder("local", 1, 0),
    folder("local", 0, 0),
    { kind: "move", side: "local", node: 1, parent: 5, name: 0 },
    folder("local", 3, 0),
  ] as const satisfies readonly Step[];
  const meanwhile = [
    { kind: "exchange", side: "remote", node: 7, other: 7 },
    { kind: "move", side: "remote", node: 5, parent: 0, name: 2 },
    { kind: "exchange", side: "remote", node: 7, other: 0 },
    { kind: "move", side: "remote", node: 5, parent: 0, name: 1 },
    { kind: "move", side: "local", node: 5, parent: 7, name: 1 },
    { kind: "exchange", side: "local", node: 4, other: 7 },
    folder("remote", 1, 1),
    { kind: "move", side: "remote", node: 3, parent: 2, name: 1 },
    { kind: "edit", side: "local", node: 2, content: 5 },
  ] as const satisfies readonly Step[];
  winByItself("unheard", before, [], meanwhile);
});

test("whatever Dropbox did unheard, all that was restored has its name on both sides, and nothing that was there is lost", () => {
  fc.assert(fc.property(fc.constant("unheard" as const), steps, steps, steps, winByItself), { numRuns });
});

test("heard out, both sides become one and nothing is lost; where nothing is remembered, all has its name, too", () => {
  const before = fc.oneof(fc.constant([]), steps);
  fc.assert(fc.property(fc.constant("heard" as const), before, steps, steps, winByItself), { numRuns });
});
