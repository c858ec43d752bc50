import { openStore } from "@twinfold/store";
import { beforeEach, describe, expect, test } from "vitest";
import { ThreeTrees } from "../testing/three-trees.ts";

/** What one side has and the other can't, and what is planned around it. */
let trees: ThreeTrees;
beforeEach(() => {
  trees = new ThreeTrees(openStore(":memory:"));
});

const done = () => trees.settle().flat();
const reasons = () => trees.plan().parked.map(({ why }) => "reason" in why && why.reason);

describe.each(["symbolic link", "socket", "named pipe"])("a %s on disk", (what) => {
  const taken = `its name is taken on disk by ${what}, which is never synced: rename that`;

  test("is not sent, and it is said what it is", () => {
    trees.special("a", what);
    expect([done(), reasons()]).toEqual([[], [what]]);
  });
  test("in a folder that is new: the folder is made in Dropbox without it", () => {
    trees.create("local", "d");
    trees.special("d/a", what);
    trees.create("local", "d/b", "1");
    expect(done()).toEqual(["remote create-folder d", "upload d/b"]);
    expect(trees.tree("remote")).toEqual({ d: null, "d/b": "1" });
  });
  test("keeps its name: what has it in Dropbox waits, in whatever case, and comes when it is gone", () => {
    const link = trees.special("a", what);
    trees.create("remote", "A", "1");
    expect(done()).toEqual([]);
    expect(reasons().toSorted()).toEqual([what, taken].toSorted());
    expect(trees.tree("remote")).toEqual({ A: "1" });
    trees.store.local.remove(link);
    expect(done()).toEqual(["download A"]);
  });
  test("keeps its name: a folder of Dropbox that has it waits with all in it", () => {
    trees.special("d", what);
    trees.create("remote", "d");
    trees.create("remote", "d/e");
    trees.create("remote", "d/e/a", "1");
    expect(done()).toEqual([]);
    expect(trees.tree("local")).toEqual({ d: null });
    expect(trees.tree("remote")).toEqual({ d: null, "d/e": null, "d/e/a": "1" });
  });
  test("keeps its name: what is renamed to it in Dropbox keeps its own on disk", () => {
    trees.both("b", "1");
    trees.special("a", what);
    trees.move("remote", "b", "a");
    expect(done()).toEqual([]);
    expect(trees.tree("local")).toEqual({ a: null, b: "1" });
    expect(reasons()).toContain("its name is taken on disk by what is not synced: rename that");
    trees.edit("remote", "a", "2");
    done();
    expect([trees.tree("remote"), trees.at("remote", "a")]).toEqual([{ a: "2" }, trees.at("local", "b")]);
  });
  test("takes the place of a file that is in sync: the file is deleted in Dropbox, and nothing else", () => {
    trees.both("a", "1");
    trees.both("b", "2");
    trees.remove("local", "a");
    trees.special("a", what);
    expect(done()).toEqual(["remote delete a"]);
    expect(trees.tree("remote")).toEqual({ b: "2" });
  });
  test("takes the place of a file that was edited in Dropbox: that edit stays there", () => {
    trees.both("a", "1");
    trees.edit("remote", "a", "2");
    trees.remove("local", "a");
    trees.special("a", what);
    expect(done()).toEqual([]);
    expect(trees.tree("remote")).toEqual({ a: "2" });
    expect(reasons()).toContain(taken);
  });
  test("keeps a folder on disk that is deleted in Dropbox", () => {
    trees.both("d");
    trees.both("d/a", "1");
    trees.special("d/b", what);
    trees.remove("remote", "d/a");
    trees.remove("remote", "d");
    done();
    expect(trees.tree("local")).toEqual({ d: null, "d/b": null });
    expect(trees.tree("remote")).toEqual({});
  });
});

describe("a cloud document in Dropbox", () => {
  const reason = "a cloud document without a file of its own: open it in Dropbox";

  test("does not come, and it is said where to open it", () => {
    trees.cloudDocument("plan.paper");
    expect([done(), reasons()]).toEqual([[], [reason]]);
  });
  test("in a folder that is new: the folder comes without it", () => {
    trees.create("remote", "d");
    trees.cloudDocument("d/plan.paper");
    trees.create("remote", "d/a", "1");
    expect(done()).toEqual(["local create-folder d", "download d/a"]);
    expect(trees.tree("local")).toEqual({ d: null, "d/a": "1" });
  });
  test("moved, renamed and deleted there, nothing happens on disk", () => {
    trees.both("d");
    trees.cloudDocument("plan.paper");
    trees.move("remote", "plan.paper", "d/renamed.paper");
    expect(done()).toEqual([]);
    trees.remove("remote", "d/renamed.paper");
    expect([done(), reasons()]).toEqual([[], []]);
  });
  test("whose name a new file on disk has: both live", () => {
    trees.cloudDocument("plan.paper");
    trees.create("local", "plan.paper", "1");
    done();
    expect(Object.values(trees.tree("remote")).toSorted()).toEqual(["1", "plan.paper"]);
    expect(Object.values(trees.tree("local"))).toEqual(["1"]);
  });
  test("in a folder that is deleted on disk: it and its folder stay", () => {
    trees.both("d");
    trees.both("d/a", "1");
    trees.cloudDocument("d/plan.paper");
    trees.remove("local", "d/a");
    trees.remove("local", "d");
    done();
    expect(trees.tree("remote")).toMatchObject({ d: null, "d/plan.paper": "d/plan.paper" });
    expect(trees.tree("remote")).not.toHaveProperty(["d/a"]);
  });
});

describe("conflict copies", () => {
  test("the second of a day, and the third, have a number", () => {
    trees.both("a.txt", "0");
    for (const round of [1, 2, 3]) {
      trees.edit("local", "a.txt", `here ${round}`);
      trees.edit("remote", "a.txt", `there ${round}`);
      done();
    }
    const copy = "a (Ada's conflicted copy 2026-01-02";
    const all = {
      "a.txt": "there 3",
      [`${copy}).txt`]: "here 1",
      [`${copy} 2).txt`]: "here 2",
      [`${copy} 3).txt`]: "here 3",
    };
    expect([trees.tree("local"), trees.tree("remote")]).toEqual([all, all]);
  });
  test("the name of a copy that only Dropbox has is not given again", () => {
    trees.both("a.txt", "0");
    trees.create("remote", "a (Ada's conflicted copy 2026-01-02).txt", "another's");
    trees.edit("local", "a.txt", "here");
    trees.edit("remote", "a.txt", "there");
    done();
    expect(trees.tree("remote")).toEqual({
      "a.txt": "there",
      "a (Ada's conflicted copy 2026-01-02).txt": "another's",
      "a (Ada's conflicted copy 2026-01-02 2).txt": "here",
    });
  });
});

test("the base is lost: what is alike is agreed on at any depth, what is not is kept twice, and nothing is deleted", () => {
  const same = { x: null, "x/y": null, "x/y/1": "1", "x/2": "2", z: null, "z/3": "3" };
  for (const side of ["local", "remote"] as const)
    for (const [path, content] of Object.entries(same)) trees.create(side, path, content);
  trees.create("local", "x/y/only here", "4");
  trees.create("remote", "z/only there", "5");
  trees.create("local", "z/both", "here");
  trees.create("remote", "z/both", "there");
  const operations = done();
  expect(operations.filter((one) => /delete|move/.test(one))).toEqual(
    operations.filter((one) => one.startsWith("local move z/both")),
  );
  const all = {
    ...same,
    "x/y/only here": "4",
    "z/both": "there",
    "z/both (Ada's conflicted copy 2026-01-02)": "here",
    "z/only there": "5",
  };
  expect([trees.tree("local"), trees.tree("remote"), trees.tree("synced")]).toEqual([all, all, all]);
  expect(operations.filter((one) => /load/.test(one))).toHaveLength(4);
});
