import { openStore } from "@twinfold/store";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ContentHash, ROOT } from "../ports/values.ts";
import { type Step, step, syncFirst, take } from "../testing/random-users.ts";
import { ThreeTrees } from "../testing/three-trees.ts";

/** What is left for the planner when all that is alike was agreed on, and what is agreed on by then. */
function afterAgreeing(prepare: (trees: ThreeTrees) => void): { readonly left: string[]; readonly synced: string[] } {
  const store = openStore(":memory:");
  const trees = new ThreeTrees(store, { agreedAtATime: 1 });
  prepare(trees);
  trees.agree();
  const left = [...store.changed]
    .filter((id) => id !== ROOT)
    .flatMap((id) =>
      (["local", "remote"] as const).flatMap((side) =>
        store[side].get(id) === undefined ? [] : [`${side} ${trees.pathOf(side, id)}`],
      ),
    );
  const synced = Object.keys(trees.tree("synced"));
  store.close();
  return { left: left.sort(), synced };
}

describe("agreed on without a plan", () => {
  test("folders and files that are new on both sides, from the root down", () => {
    const { left, synced } = afterAgreeing((trees) => {
      for (const side of ["local", "remote"] as const) {
        trees.create(side, "a");
        trees.create(side, "a/b");
        trees.create(side, "a/b/one", "1");
        trees.create(side, "two", "2");
      }
    });
    expect(left).toEqual([]);
    expect(synced).toEqual(["a", "a/b", "a/b/one", "two"]);
  });
  test("what was edited on both sides to the same, and what was moved on both to one place", () => {
    const { left, synced } = afterAgreeing((trees) => {
      trees.both("a", "1");
      trees.both("b", "2");
      for (const side of ["local", "remote"] as const) {
        trees.edit(side, "a", "3");
        trees.move(side, "b", "c");
      }
    });
    expect(left).toEqual([]);
    expect(synced).toEqual(["a", "c"]);
  });
});

describe("left to the planner", () => {
  const both = (trees: ThreeTrees, path: string, content: string | null = null) => {
    trees.create("local", path, content);
    trees.create("remote", path, content);
  };
  test.each<[what: string, prepare: (trees: ThreeTrees) => void, left: string[]]>([
    [
      "what holds something else",
      (trees) => {
        trees.create("local", "a", "1");
        trees.create("remote", "a", "2");
        both(trees, "b", "1");
      },
      ["local a", "remote a"],
    ],
    [
      "a file and a folder of one name",
      (trees) => {
        trees.create("local", "a", "1");
        trees.create("remote", "a");
        both(trees, "b", "1");
      },
      ["local a", "remote a"],
    ],
    [
      "a name in another case",
      (trees) => {
        trees.create("local", "A", "1");
        trees.create("remote", "a", "1");
        both(trees, "b", "1");
      },
      ["local A", "remote a"],
    ],
    [
      "a name that two on disk have for Dropbox",
      (trees) => {
        trees.create("local", "A", "1");
        both(trees, "a", "1");
      },
      ["local A", "local a", "remote a"],
    ],
    [
      "what is ignored, and what is in it: that is no longer known on disk",
      (trees) => {
        both(trees, "ignored");
        both(trees, "ignored/a", "1");
        both(trees, "b", "1");
        trees.ignore((path) => path === "ignored");
      },
      ["remote ignored", "remote ignored/a"],
    ],
    [
      "what is in a folder that was moved on one side",
      (trees) => {
        trees.both("a");
        both(trees, "a/one", "1");
        trees.move("local", "a", "b");
      },
      ["local b", "local b/one", "remote a", "remote a/one"],
    ],
    [
      "what both sides have moved to a place that is ignored",
      (trees) => {
        trees.both("a", "1");
        trees.both("b", "1");
        for (const side of ["local", "remote"] as const)
          for (const name of ["a", "b"]) trees.move(side, name, `${name}.moved`);
        trees.ignored = (path) => path === "a.moved";
      },
      ["local a.moved", "remote a.moved"],
    ],
    [
      "what something is under way with, on either side",
      (trees) => {
        for (const name of ["a", "b", "c"]) both(trees, name, "1");
        trees.unknown.add(trees.at("local", "a")).add(trees.at("remote", "b"));
      },
      ["local a", "local b", "remote a", "remote b"],
    ],
    [
      "a name that Dropbox does not take",
      (trees) => {
        trees.create("local", "a ", "1");
        both(trees, "b", "1");
      },
      ["local a "],
    ],
  ])("%s", (_, prepare, left) => {
    expect(afterAgreeing(prepare).left).toEqual(left);
  });
});

test("a file that was not read yet waits for that, and what Dropbox has by its name with it", () => {
  const store = openStore(":memory:");
  const trees = new ThreeTrees(store, { agreedAtATime: 1 });
  const file = trees.create("local", "a", "1");
  trees.create("remote", "a", "1");
  trees.create("local", "alone", "2");
  for (const id of [file, trees.at("local", "alone")]) {
    const node = store.local.get(id);
    if (node !== undefined) store.local.put({ ...node, hash: null });
  }
  trees.agree();
  expect([...store.changed]).toEqual([ROOT]);
  expect(trees.plan().unsettled).toEqual([file, trees.at("local", "alone")]);

  const read = store.local.get(file);
  if (read !== undefined) store.local.put({ ...read, hash: "1" as ContentHash });
  trees.agree();
  expect(Object.keys(trees.tree("synced"))).toEqual(["a"]);
  store.close();
});

/** Two users' steps from one base, settled in the one way or the other. @returns what was done, and what came of it */
function settled(before: readonly Step[], after: readonly Step[], oneWay: boolean, agreedAtATime: number) {
  const store = openStore(":memory:");
  try {
    let count = syncFirst(new ThreeTrees(store), before);
    const trees = new ThreeTrees(store, { oneWay, agreedAtATime });
    for (const one of after) take(trees, one, ++count);
    const done = trees.settle().flat().sort();
    return { done, local: trees.tree("local"), remote: trees.tree("remote"), synced: trees.tree("synced") };
  } finally {
    store.close();
  }
}

test("whatever two users do, what is done is what the planner alone would do", () => {
  const steps = fc.array(step, { maxLength: 12 });
  fc.assert(
    fc.property(steps, steps, fc.boolean(), fc.constantFrom(1, 2, 5), (before, after, oneWay, agreedAtATime) => {
      expect(settled(before, after, oneWay, agreedAtATime)).toEqual(
        settled(before, after, oneWay, Number.POSITIVE_INFINITY),
      );
    }),
    { numRuns: Number(process.env.TWINFOLD_RUNS ?? 400) },
  );
});
