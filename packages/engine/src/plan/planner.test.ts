import { openStore } from "@twinfold/store";
import { beforeEach, describe, expect, test } from "vitest";
import { type Name, ROOT } from "../ports/values.ts";
import { ThreeTrees, testNames } from "../testing/three-trees.ts";
import { transientName } from "./names.ts";

let trees: ThreeTrees;
beforeEach(() => {
  trees = new ThreeTrees(openStore(":memory:"));
});

/** What is done, in all rounds. */
const done = () => trees.settle().flat();

/** Both sides are the same, and the merge base too; so what is planned next is nothing. */
function expectSame(tree: Record<string, string | null>): void {
  expect(trees.tree("local")).toEqual(tree);
  expect(trees.tree("remote")).toEqual(tree);
  expect(trees.tree("synced")).toEqual(tree);
  expect(trees.plan().ready).toEqual([]);
  expect([...trees.store.changed]).toEqual([]);
}

test("what Dropbox has under the name of a copy already keeps that name, while the disk still waits", () => {
  trees.both("a", "1");
  trees.move("local", "a", "b");
  trees.create("remote", "b", "2");
  const atRemote = trees.plan().ready.filter((operation) => operation.side === "remote");
  expect(atRemote.map((one) => trees.describe(one))).toEqual(["remote move a -> b (Ada's conflicted copy 2026-01-02)"]);
  for (const operation of atRemote) trees.carryOut(operation);
  expect(done()).toEqual(["local move b -> b (Ada's conflicted copy 2026-01-02)", "download b"]);
});

test("an edit on both sides is a conflict also where the two spell the name otherwise, and agree in that", () => {
  const id = trees.both("a", "1");
  const { remote, synced } = trees.store;
  const [there, base] = [remote.get(id), synced.get(id)];
  if (there === undefined || base === undefined) throw new Error("unreachable");
  remote.put({ ...there, name: "A" as Name });
  synced.put({ ...base, remoteName: "A" as Name });
  trees.edit("local", "a", "2");
  trees.edit("remote", "A", "3");
  expect(done()).toContain("upload a (Ada's conflicted copy 2026-01-02)");
  expect(Object.values(trees.tree("local")).sort()).toEqual(["2", "3"]);
});

describe("one side changed", () => {
  test("a new file on disk is uploaded", () => {
    trees.create("local", "a", "1");
    expect(done()).toEqual(["upload a"]);
    expectSame({ a: "1" });
  });
  test("a new folder with a file in Dropbox is made on disk, folder first", () => {
    trees.create("remote", "d");
    trees.create("remote", "d/a", "1");
    expect(trees.settle()).toEqual([["local create-folder d"], ["download d/a"]]);
    expectSame({ d: null, "d/a": "1" });
  });
  test("an edit on disk is uploaded, an edit in Dropbox downloaded", () => {
    trees.both("a", "1");
    trees.both("b", "1");
    trees.edit("local", "a", "2");
    trees.edit("remote", "b", "2");
    expect(done()).toEqual(["upload a", "download b"]);
    expectSame({ a: "2", b: "2" });
  });
  test("a folder moved on disk is one move in Dropbox, however much is in it", () => {
    trees.both("d");
    for (let i = 0; i < 50; i++) trees.both(`d/${i}`, `${i}`);
    trees.both("e");
    trees.move("local", "d", "e/f");
    expect(done()).toEqual(["remote move d -> e/f"]);
  });
  test("a folder deleted on disk is one deletion in Dropbox", () => {
    trees.both("d");
    trees.both("d/e");
    trees.both("d/e/a", "1");
    trees.both("d/b", "1");
    trees.remove("local", "d");
    expect(done()).toEqual(["remote delete d"]);
    expectSame({});
  });
  test("a folder deleted in Dropbox is emptied on disk, then removed", () => {
    trees.both("d");
    trees.both("d/e");
    trees.both("d/e/a", "1");
    trees.remove("remote", "d");
    expect(trees.settle()).toEqual([["local delete d/e/a"], ["local delete d/e"], ["local delete d"]]);
    expectSame({});
  });
});

describe("both sides changed", () => {
  test("the same file created on both sides with the same content is adopted", () => {
    trees.create("local", "a", "1");
    trees.create("remote", "a", "1");
    expect(done()).toEqual([]);
    expectSame({ a: "1" });
  });
  test("created on both sides with other content: Dropbox's keeps the name, the one on disk is kept beside it", () => {
    trees.create("local", "a.txt", "L");
    trees.create("remote", "a.txt", "R");
    done();
    expectSame({ "a.txt": "R", "a (Ada's conflicted copy 2026-01-02).txt": "L" });
  });
  test("edited on both sides: both versions are kept", () => {
    trees.both("a", "1");
    trees.edit("local", "a", "L");
    trees.edit("remote", "a", "R");
    done();
    expectSame({ a: "R", "a (Ada's conflicted copy 2026-01-02)": "L" });
  });
  test("edited on both sides to the same content: no conflict, no transfer", () => {
    trees.both("a", "1");
    trees.edit("local", "a", "2");
    trees.edit("remote", "a", "2");
    expect(done()).toEqual([]);
    expectSame({ a: "2" });
  });
  test("edited on one side, deleted on the other: the edit lives", () => {
    trees.both("a", "1");
    trees.both("b", "1");
    trees.edit("local", "a", "2");
    trees.remove("remote", "a");
    trees.edit("remote", "b", "2");
    trees.remove("local", "b");
    expect(done()).toEqual(["upload a", "download b"]);
    expectSame({ a: "2", b: "2" });
  });
  test("deleted on both sides is forgotten", () => {
    trees.both("a", "1");
    trees.remove("local", "a");
    trees.remove("remote", "a");
    expect(done()).toEqual([]);
    expectSame({});
  });
  test("moved on one side, edited on the other: the edit follows the file", () => {
    trees.both("a", "1");
    trees.both("x", "1");
    trees.move("local", "a", "b");
    trees.edit("remote", "a", "2");
    trees.move("remote", "x", "y");
    trees.edit("local", "x", "2");
    done();
    expectSame({ b: "2", y: "2" });
  });
  test("moved to two places: Dropbox's place wins", () => {
    trees.both("a", "1");
    trees.move("local", "a", "b");
    trees.move("remote", "a", "c");
    expect(done()).toEqual(["local move b -> c"]);
    expectSame({ c: "1" });
  });
  test("X moved into Y on disk, Y into X in Dropbox: Dropbox's side wins, nothing is lost", () => {
    trees.both("x");
    trees.both("y");
    trees.both("x/1", "1");
    trees.both("y/2", "2");
    trees.move("local", "x", "y/x");
    trees.move("remote", "y", "x/y");
    done();
    expectSame({ x: null, "x/1": "1", "x/y": null, "x/y/2": "2" });
  });
  test("a folder deleted on disk lives on with only what was created in it in Dropbox", () => {
    trees.both("d");
    trees.both("d/old", "1");
    trees.remove("local", "d");
    trees.create("remote", "d/new", "2");
    done();
    expectSame({ d: null, "d/new": "2" });
  });
  test("a folder deleted in Dropbox lives on with only what was edited in it on disk", () => {
    trees.both("d");
    trees.both("d/a", "1");
    trees.both("d/b", "1");
    trees.remove("remote", "d");
    trees.edit("local", "d/b", "2");
    done();
    expectSame({ d: null, "d/b": "2" });
  });
  test("a folder moved on disk and deleted in Dropbox is kept whole at its new place", () => {
    trees.both("d");
    trees.both("d/a", "1");
    trees.move("local", "d", "e");
    trees.remove("remote", "d");
    done();
    expectSame({ e: null, "e/a": "1" });
  });
  test("a folder moved in Dropbox and deleted on disk is kept whole at its new place", () => {
    trees.both("d");
    trees.both("d/a", "1");
    trees.move("remote", "d", "e");
    trees.remove("local", "d");
    done();
    expectSame({ e: null, "e/a": "1" });
  });
  test("a file became a folder on disk while it was edited in Dropbox: the folder keeps the name, the edit is kept", () => {
    trees.both("a", "1");
    trees.remove("local", "a");
    trees.create("local", "a");
    trees.create("local", "a/in", "2");
    trees.edit("remote", "a", "R");
    done();
    const tree = trees.tree("local");
    expect(Object.values(tree).sort()).toEqual(["2", "R", null]);
    expectSame(tree);
  });
});

describe("names that go round", () => {
  test("two files exchanged on disk are moves in Dropbox, never an upload", () => {
    const a = trees.both("a", "1");
    const b = trees.both("b", "2");
    const parent = trees.at("local", "");
    trees.place("local", a, parent, "b" as never);
    trees.place("local", b, parent, "a" as never);
    const operations = done();
    expect(operations.every((one) => one.startsWith("remote move"))).toBe(true);
    expectSame({ a: "2", b: "1" });
  });
  test("three folders rotated in Dropbox are moves on disk", () => {
    const ids = ["a", "b", "c"].map((name) => trees.both(name));
    for (const name of ["a", "b", "c"]) trees.both(`${name}/in`, name);
    const parent = trees.at("remote", "");
    // A remote tree never has two of one name, so the last steps aside first.
    trees.place("remote", ids[2] as never, parent, "aside" as never);
    trees.place("remote", ids[1] as never, parent, "c" as never);
    trees.place("remote", ids[0] as never, parent, "b" as never);
    trees.place("remote", ids[2] as never, parent, "a" as never);
    const operations = done();
    expect(operations.every((one) => one.startsWith("local move"))).toBe(true);
    expectSame({ a: null, "a/in": "c", b: null, "b/in": "a", c: null, "c/in": "b" });
  });
  test("a chain of renames needs no name but its own", () => {
    trees.both("a", "1");
    trees.both("b", "2");
    trees.move("local", "b", "c");
    trees.move("local", "a", "b");
    expect(trees.settle()).toEqual([["remote move b -> c"], ["remote move a -> b"]]);
    expectSame({ b: "1", c: "2" });
  });
  test("a folder and the folder in it exchange places", () => {
    const outer = trees.both("a");
    const inner = trees.both("a/b");
    trees.both("a/1", "1");
    trees.both("a/b/2", "2");
    trees.place("local", inner, trees.at("local", ""), "b" as never);
    trees.place("local", outer, inner, "a" as never);
    done();
    expectSame({ b: null, "b/2": "2", "b/a": null, "b/a/1": "1" });
  });
});

describe("names that Dropbox takes for one", () => {
  test("of two local names that differ in case only the second is renamed", () => {
    trees.both("Readme.md", "1");
    trees.create("local", "README.md", "2");
    done();
    expectSame({ "Readme.md": "1", "README (case conflict).md": "2" });
  });
  test("composed and decomposed twins: the second is renamed", () => {
    trees.create("local", "\u00e9", "1");
    trees.create("local", "e\u0301", "2");
    done();
    const tree = trees.tree("remote");
    expect(tree).toEqual({ "\u00e9": "1", "\u00e9 (unicode conflict)": "2" });
  });
  test("a decomposed name stays on disk as its user wrote it", () => {
    trees.create("local", "e\u0301", "1");
    done();
    expect(trees.tree("local")).toEqual({ "e\u0301": "1" });
    expect(trees.tree("remote")).toEqual({ "\u00e9": "1" });
    expect([...trees.store.changed]).toEqual([]);
  });
  test("a rename that only changes case is a rename", () => {
    trees.both("a", "1");
    trees.move("local", "a", "A");
    expect(done()).toEqual(["remote move a -> A"]);
    expectSame({ A: "1" });
  });
});

describe("what stays out", () => {
  test("ignored files stay where they are, on either side", () => {
    trees.ignored = (path) => path.endsWith(".log");
    trees.create("remote", "a.log", "1");
    trees.create("local", "b.log", "1");
    expect(trees.plan().ready).toEqual([]);
    expect(trees.plan().parked.map((one) => one.why.kind)).toEqual(["ignored", "ignored"]);
  });
  test("a folder deleted on disk stays in Dropbox with only the ignored files it holds", () => {
    trees.ignored = (path) => path.endsWith(".log");
    trees.both("d");
    trees.both("d/a", "1");
    trees.create("remote", "d/x.log", "1");
    trees.remove("local", "d");
    expect(done()).toEqual(["remote delete d/a"]);
    expect(trees.tree("remote")).toEqual({ d: null, "d/x.log": "1" });
    expect(trees.tree("local")).toEqual({});
  });
  test.each(["d", "d (Ada's conflicted copy 2026-01-02)"])(
    "a folder deleted on disk while it stands under a name of ours in Dropbox stays there as %s, for what is ignored in it",
    (name) => {
      trees.ignored = (path) => path.endsWith(".log");
      const folder = trees.both("d");
      trees.create("remote", "d/x.log", "1");
      trees.place("remote", folder, ROOT, transientName(folder, "d" as Name, ""));
      trees.store.local.remove(folder);
      if (name !== "d") trees.both("d", "2");
      done();
      expect(Object.keys(trees.tree("remote"))).toContain(`${name}/x.log`);
      expect(Object.keys(trees.tree("remote")).filter((path) => path.includes("~twinfold"))).toEqual([]);
    },
  );
  test("a folder deleted in Dropbox stays on disk with what was moved into it to an ignored name", () => {
    trees.ignored = (path) => path.endsWith(".log");
    trees.both("d");
    trees.create("local", "d/x.log", "1");
    trees.remove("remote", "d");
    expect(done()).toEqual([]);
    expect(trees.plan().waiting).toEqual([]);
    expect(trees.plan().parked.map(({ why }) => why.kind)).toEqual(["ignored", "kept folder"]);
  });
  test.each(["local", "remote"] as const)(
    "a rule begins to match what is synced: it stays on both sides, and what is done to it on the %s side goes nowhere",
    (side) => {
      for (const path of ["a.log", "b.log", "c"]) trees.both(path, "1");
      trees.ignored = (path) => path.endsWith(".log");
      trees.edit(side, "a.log", "2");
      trees.remove(side, "b.log");
      expect(done()).toEqual([]);
      // What it is on disk is seen anew, as of anything that is ignored.
      expect(trees.tree("synced")).toEqual({ c: "1" });
      const there = side === "local" ? { "a.log": "1", "b.log": "1" } : { "a.log": "2" };
      expect(trees.tree("remote")).toEqual({ ...there, c: "1" });
    },
  );
  test("a rule matches no longer: both sides are compared as if new", () => {
    trees.ignored = (path) => path.endsWith(".log");
    for (const side of ["local", "remote"] as const) {
      trees.create(side, "same.log", "1");
      trees.create(side, "other.log", side);
      trees.create(side, `${side}.log`, "1");
    }
    expect(done()).toEqual([]);
    trees.ignored = () => false;
    for (const { node } of trees.plan().parked) trees.store.changed.add(node);
    done();
    expectSame({
      "same.log": "1",
      "local.log": "1",
      "remote.log": "1",
      "other.log": "remote",
      "other (Ada's conflicted copy 2026-01-02).log": "local",
    });
  });
  test.each(["local", "remote"] as const)(
    "moved on the %s side from an ignored name to one that is synced: new",
    (side) => {
      trees.ignored = (path) => path.endsWith(".log");
      for (const one of ["local", "remote"] as const) trees.create(one, "a.log", one);
      expect(done()).toEqual([]);
      trees.move(side, "a.log", "a");
      expect(done()).toEqual([side === "local" ? "upload a" : "download a"]);
      const other = side === "local" ? "remote" : "local";
      expect(trees.tree(side)).toEqual({ a: side });
      expect(trees.tree(other)).toEqual({ a: side, "a.log": other });
    },
  );
  test("a file moved out of a folder that is ignored before the move is made is new at its new place", () => {
    trees.both("build");
    trees.both("build/a", "1");
    trees.move("local", "build/a", "a");
    trees.ignored = (path) => path === "build";
    trees.store.synced.remove(trees.at("remote", "build"));
    expect(done()).toEqual(["upload a"]);
    expect(trees.tree("remote")).toEqual({ build: null, "build/a": "1", a: "1" });
  });
  test("what a swap has left in Dropbox gets its own name back, though that is ignored by now", () => {
    trees.ignored = (path) => path.endsWith(".log");
    trees.create("remote", ".~twinfold-move-9~x.log", "1");
    expect(done()).toEqual(["remote move .~twinfold-move-9~x.log -> x.log"]);
    expect(trees.tree("local")).toEqual({});
  });
  test.each([
    ["", "x.log"],
    ["2", "x (Ada's conflicted copy 2026-01-02).log"],
  ])("so it does where the disk has it by its name, unless another has that in Dropbox: '%s'", (other, name) => {
    trees.ignored = (path) => path.endsWith(".log");
    trees.create("remote", ".~twinfold-move-9~x.log", "1");
    trees.create("local", "x.log", "1");
    if (other !== "") trees.create("remote", "x.log", other);
    expect(done()).toEqual([`remote move .~twinfold-move-9~x.log -> ${name}`]);
    expect(trees.plan().ready).toEqual([]);
  });
  test("moved in Dropbox to an ignored name that the disk has already, a file does not follow: both stay", () => {
    trees.ignored = (path) => path.endsWith(".log");
    trees.both("a", "1");
    trees.create("local", "a.log", "2");
    trees.move("remote", "a", "a.log");
    expect(done()).toEqual([]);
    // It is let go, and new on disk when that is looked at again.
    expect([trees.tree("local"), trees.tree("remote")]).toEqual([{ "a.log": "2" }, { "a.log": "1" }]);
  });
  test("a file moved to an ignored name moves along in Dropbox and is let go", () => {
    trees.ignored = (path) => path.endsWith(".log");
    trees.both("a", "1");
    trees.move("local", "a", "a.log");
    expect(done()).toEqual(["remote move a -> a.log"]);
    expect(trees.tree("remote")).toEqual({ "a.log": "1" });
    expect(trees.tree("synced")).toEqual({});
  });
  test("deleted on disk and moved in Dropbox, a folder comes with what is ignored no longer", () => {
    trees.ignored = (path) => path === "build/a";
    trees.both("build");
    trees.create("remote", "build/a");
    expect(done()).toEqual([]);
    trees.remove("local", "build");
    trees.move("remote", "build", "b");
    expect(done()).toEqual(["local create-folder b", "local create-folder b/a"]);
  });
  test("a folder that was to move to an ignored name, which is taken by then, is new on disk with all that is in it", () => {
    trees.ignored = (path) => path.startsWith("build");
    trees.both("a");
    trees.create("remote", "a/b");
    trees.move("local", "a", "build");
    expect(trees.plan().ready.map((one) => trees.describe(one))).toEqual(["remote move a -> build"]);
    trees.create("remote", "build", "1");
    expect(done()).toEqual(["local create-folder a", "local create-folder a/b"]);
  });
  test.each(["a", "c"])(
    "moved on to %s while the answer to its move is lost, a file goes where the disk has it",
    (to) => {
      const id = trees.both("a", "1");
      if (to !== "a") trees.move("local", "a", to);
      trees.move("remote", "a", "b");
      trees.unanswered.place(id, { parent: ROOT, name: "b" as Name });
      expect(done()).toEqual([`remote move b -> ${to}`]);
      expectSame({ [to]: "1" });
    },
  );
  test("a folder that becomes ignored amid a swap of names keeps none that stood for a moment", () => {
    trees.both("d");
    trees.both("d/a", "1");
    trees.both("b", "2");
    trees.move("remote", "d/a", "c");
    trees.move("remote", "b", "d/a");
    trees.move("remote", "c", "b");
    const [aside] = trees.plan().ready;
    if (aside === undefined) throw new Error("nothing steps aside");
    expect(trees.describe(aside)).toContain(".~twinfold-move-");
    trees.carryOut(aside);
    trees.ignore((path) => path === "d");
    const aloft = trees.pathOf("local", aside.node);
    expect(done()).toEqual([`local move b -> d/a`, `local move ${aloft} -> b`]);
  });
  test.each(["local", "remote"] as const)(
    "no name that stood for a moment stays when folders of a swap, begun on the %s side, are moved into each other",
    (side) => {
      const other = side === "local" ? "remote" : "local";
      trees.both("d");
      trees.both("b");
      trees.both("b/n");
      trees.move(other, "b/n", "aside");
      trees.move(other, "d", "b/n");
      trees.move(other, "aside", "d");
      const aside = trees.plan().ready.find(({ transient }) => transient === true);
      if (aside?.side !== side) throw new Error("nothing steps aside there");
      trees.carryOut(aside);
      const aloft = trees.pathOf(side, aside.node);
      trees.move(side, "b", `${aloft}/a`);
      trees.settle();
      expect(trees.tree("local")).toEqual(trees.tree("remote"));
      expect(Object.keys(trees.tree("local")).filter((path) => path.includes("~twinfold"))).toEqual([]);
    },
  );
  describe("what came in Dropbox into a folder that was to move to an ignored place", () => {
    beforeEach(() => {
      trees.ignored = (path) => path.startsWith("build");
      trees.both("d");
      trees.both("d/e");
      expectSame({ d: null, "d/e": null });
      trees.create("remote", "d/e/new", "1");
      trees.move("local", "d", "build");
      // The move is not made: Dropbox can't be reached.
      expect(trees.plan().parked.map((one) => one.why.kind)).toEqual(["ignored"]);
    });
    test("lives on with its folder, which was deleted on disk after all", () => {
      trees.remove("local", "build/e");
      trees.remove("local", "build");
      expect(trees.settle().flat()).toEqual(["local create-folder d", "local create-folder d/e", "download d/e/new"]);
      expectSame({ d: null, "d/e": null, "d/e/new": "1" });
    });
    test("comes to disk when the folder is back where it was", () => {
      trees.move("local", "build", "d");
      expect(done()).toEqual(["download d/e/new"]);
      expectSame({ d: null, "d/e": null, "d/e/new": "1" });
    });
  });
  test("moved to an ignored name on disk and elsewhere in Dropbox, a file stays on disk and is new from Dropbox", () => {
    trees.ignored = (path) => path.endsWith(".log");
    trees.both("a", "1");
    trees.both("d");
    trees.move("local", "a", "a.log");
    trees.move("remote", "a", "d/b");
    trees.edit("remote", "d/b", "2");
    expect(done()).toEqual(["download d/b"]);
    expectSame({ d: null, "d/b": "2" });
  });
  test("moved to an ignored name before it was known to be synced, a file stays there and is new from Dropbox", () => {
    trees.ignored = (path) => path.endsWith(".log");
    const id = trees.both("a", "1");
    trees.move("local", "a", "a.log");
    trees.store.synced.remove(id);
    expect(done()).toEqual(["download a"]);
    expectSame({ a: "1" });
  });
  test("a name that Dropbox refuses is listed, the rest goes on", () => {
    trees.create("local", "bad ", "1");
    trees.create("local", "good", "1");
    expect(done()).toEqual(["upload good"]);
    expect(trees.plan().parked.map((one) => one.why)).toEqual([
      { kind: "not synced", reason: "a name can't end in a space: rename it" },
    ]);
  });
  test("what is too large for Dropbox is listed unread, also beside another of its name, and the rest goes on", () => {
    const huge = (path: string) => {
      const node = trees.store.local.get(trees.at("local", path));
      if (node !== undefined) trees.store.local.put({ ...node, hash: null, size: testNames.maximumFileSize + 1 });
    };
    trees.both("grown", "1");
    for (const path of ["new", "both", "good"]) trees.create("local", path, "1");
    for (const path of ["grown", "new", "both"]) huge(path);
    trees.create("remote", "both", "2");
    const copy = "both (Ada's conflicted copy 2026-01-02)";
    expect(done()).toEqual(["upload good", `local move both -> ${copy}`, "download both"]);
    expect(trees.plan().unsettled).toEqual([]);
    const listed = trees.plan().parked.map(({ node, why }) => [trees.pathOf("local", node), why]);
    const why = { kind: "not synced", reason: "larger than Dropbox takes (1000000 bytes)" };
    expect(listed.sort()).toEqual([
      [copy, why],
      ["grown", why],
      ["new", why],
    ]);
    expect(trees.tree("remote")).toEqual({ both: "2", good: "1", grown: "1" });
  });
  test("nothing is done about what is not known", () => {
    const id = trees.both("a", "1");
    trees.remove("remote", "a");
    trees.unknown.add(id);
    expect(trees.plan().ready).toEqual([]);
    trees.unknown.delete(id);
    expect(done()).toEqual(["local delete a"]);
  });
  test("what was deleted with a folder of which too little is known yet lives on with that, if it does", () => {
    const folder = trees.both("d");
    trees.both("d/a", "1");
    trees.move("remote", "d", "e");
    trees.remove("local", "d");
    trees.unknown.add(folder);
    expect(trees.plan().ready).toEqual([]);
    trees.unknown.delete(folder);
    expect(done()).toEqual(["local create-folder e", "download e/a"]);
    expectSame({ e: null, "e/a": "1" });
  });
});

describe("after a run that was cut short, when the trees may be older than both sides", () => {
  beforeEach(() => {
    trees.rewritten.begin();
    trees.rewritten.begin();
  });
  test("what is back to its synced content in Dropbox, and another on disk, is edited on both sides", () => {
    trees.rewritten.note("remote", trees.both("a", "1"));
    trees.edit("local", "a", "2");
    done();
    expectSame({ a: "1", "a (Ada's conflicted copy 2026-01-02)": "2" });
  });
  test("what is back to its synced content on disk, and another in Dropbox, is edited on both sides", () => {
    trees.rewritten.note("local", trees.both("a", "1"));
    trees.edit("remote", "a", "2");
    done();
    expectSame({ a: "2", "a (Ada's conflicted copy 2026-01-02)": "1" });
  });
  test.each(["local", "remote"] as const)("a deletion does not take what was written on the %s side", (side) => {
    trees.rewritten.note(side, trees.both("a", "1"));
    trees.remove(side === "local" ? "remote" : "local", "a");
    done();
    expectSame({ a: "1" });
  });
  test("when all was seen, that is over", () => {
    const [a, b] = [trees.both("a", "1"), trees.both("b", "1")];
    trees.rewritten.note("remote", a);
    trees.rewritten.seenAll();
    trees.rewritten.note("remote", b);
    for (const path of ["a", "b"]) trees.edit("local", path, "2");
    expect(done()).toEqual(["upload a", "upload b"]);
  });
});

describe("what was moved on disk to an ignored place", () => {
  const leave = (path: string) => {
    trees.left.set(trees.at("local", path), { path: `build/${path}` as never, itself: true });
    trees.remove("local", path);
  };
  const listed = () => trees.plan().parked.flatMap(({ why }) => ("reason" in why ? [why.reason] : []));

  test("its copy in Dropbox stays, and that is said", () => {
    trees.both("a", "1");
    leave("a");
    expect(trees.settle()).toEqual([]);
    expect(trees.tree("remote")).toEqual({ a: "1" });
    expect(listed()).toEqual([
      "moved on disk to build/a, which is ignored: its copy in Dropbox stays until you delete it there, or move this one back",
    ]);
  });
  test("a folder that held it, and was deleted, stays for it in Dropbox", () => {
    trees.both("d");
    trees.both("d/a", "1");
    trees.both("d/b", "2");
    leave("d/a");
    trees.remove("local", "d");
    expect(done()).toEqual(["remote delete d/b"]);
    expect(trees.tree("remote")).toEqual({ d: null, "d/a": "1" });
  });
  test("edited in Dropbox, it comes; deleted there, it is forgotten; something new of its name is an edit", () => {
    for (const name of ["a", "b", "c"]) {
      trees.both(name, "1");
      leave(name);
    }
    trees.plan();
    trees.edit("remote", "a", "2");
    trees.remove("remote", "b");
    trees.create("local", "c", "3");
    expect(done()).toEqual(["download a", "upload c"]);
    expectSame({ a: "2", c: "3" });
  });
});

describe("folders that stay for ignored things in them", () => {
  const KEPT = "by a folder that stays for the ignored files in it: rename that";
  const reasons = (plan: ReturnType<ThreeTrees["plan"]>) => plan.parked.map(({ why }) => "reason" in why && why.reason);

  test("deleted in Dropbox: those above it stay too, and nothing waits for them", () => {
    trees.both("d");
    trees.both("d/e");
    trees.keptOnDisk.add(trees.at("local", "d/e"));
    trees.remove("remote", "d/e");
    trees.remove("remote", "d");
    const made = trees.plan();
    expect([made.ready, made.waiting]).toEqual([[], []]);
    expect(reasons(made)).toEqual(Array(2).fill("deleted in Dropbox, but it holds ignored files on disk"));
  });
  test("a file from Dropbox that is to have its name is listed, and so is what waits for that file's name", () => {
    trees.both("d");
    trees.both("a", "1");
    trees.both("b", "2");
    trees.keptOnDisk.add(trees.at("local", "d"));
    trees.remove("remote", "d");
    trees.move("remote", "a", "d");
    trees.move("remote", "b", "a");
    const made = trees.plan();
    expect([made.ready, made.waiting]).toEqual([[], []]);
    expect(reasons(made)).toContain(`its name is taken on disk ${KEPT}`);
    expect(reasons(made)).toContain("its name is taken on disk by what is not synced: rename that");
  });
  test("the same in Dropbox, where ignored files keep a folder that was deleted on disk", () => {
    trees.ignored = (path) => path === "d/ignored";
    trees.both("d");
    trees.create("remote", "d/ignored", "1");
    trees.remove("local", "d");
    trees.create("local", "d", "a file now");
    const made = trees.plan();
    expect([made.ready, made.waiting]).toEqual([[], []]);
    expect(reasons(made)).toContain(`its name is taken in Dropbox ${KEPT}`);
  });
  test("something new in it brings the folder back on the other side (seed 430)", () => {
    trees.both("d");
    trees.keptOnDisk.add(trees.at("local", "d"));
    trees.remove("remote", "d");
    trees.plan();
    trees.create("local", "d/a", "1");
    expect(trees.settle()).toEqual([["remote create-folder d"], ["upload d/a"]]);
    expectSame({ d: null, "d/a": "1" });
  });
  test("a folder of that name comes back on the other side: they are one", () => {
    trees.both("d");
    trees.keptOnDisk.add(trees.at("local", "d"));
    trees.remove("remote", "d");
    trees.plan();
    trees.create("remote", "d");
    trees.create("remote", "d/a", "1");
    expect(done()).toEqual(["download d/a"]);
    expectSame({ d: null, "d/a": "1" });
  });
});
