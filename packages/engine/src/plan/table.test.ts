import { openStore } from "@twinfold/store";
import { describe, expect, test } from "vitest";
import type { Name } from "../ports/values.ts";
import { ThreeTrees } from "../testing/three-trees.ts";

/** The table of what becomes of two sides, row by row: each once as it is told, and once the other way round. */
type Side = "local" | "remote";
type Step = (trees: ThreeTrees, side: Side) => void;
type Tree = Readonly<Record<string, string | null>>;

const create =
  (path: string, content: string | null = null): Step =>
  (trees, side) =>
    void trees.create(side, path, content);
const edit =
  (path: string, content: string): Step =>
  (trees, side) =>
    trees.edit(side, path, content);
const move =
  (from: string, to: string): Step =>
  (trees, side) =>
    trees.move(side, from, to);
const remove =
  (path: string): Step =>
  (trees, side) =>
    trees.remove(side, path);

interface Row {
  readonly given: Tree;
  readonly here: readonly Step[];
  readonly there?: readonly Step[];
  /** What the first plan says, and why: when *here* is the disk, and when it is Dropbox. */
  readonly plan: { readonly onDisk: readonly string[]; readonly inDropbox: readonly string[] };
  /** On both sides, in the end. */
  readonly outcome: Tree | { readonly onDisk: Tree; readonly inDropbox: Tree };
}

const COPY = "a (Ada's conflicted copy 2026-01-02)";
const KEEPS = "both sides have one of this name: Dropbox's keeps it, the one on disk is kept beside it";
const BESIDE = `local move a -> ${COPY}: ${KEEPS}`;
const CROSSED = "moved into each other on the two sides: Dropbox's place wins";
const ASIDE = "names were exchanged: it steps aside for a moment";
const STAYS = "deleted on one side, but something in it was created or edited on the other";
const BECAME = (kind: string) => `became a ${kind} on disk, which keeps the name: what Dropbox has is kept beside it`;

const ROWS: Readonly<Record<string, Row>> = {
  "changed, same": {
    given: { a: "1" },
    here: [edit("a", "2")],
    plan: { onDisk: ["upload a: edited on disk"], inDropbox: ["download a: edited in Dropbox"] },
    outcome: { a: "2" },
  },
  "created, nothing": {
    given: {},
    here: [create("d"), create("d/a", "1")],
    plan: {
      onDisk: ["remote create-folder d: new on disk", "upload a: new on disk"],
      inDropbox: ["local create-folder d: new in Dropbox", "download a: new in Dropbox"],
    },
    outcome: { d: null, "d/a": "1" },
  },
  "deleted, same": {
    given: { a: "1" },
    here: [remove("a")],
    plan: { onDisk: ["remote delete a: deleted on disk"], inDropbox: ["local delete a: deleted in Dropbox"] },
    outcome: {},
  },
  "created, created with the same content": {
    given: {},
    here: [create("a", "1")],
    there: [create("a", "1")],
    plan: { onDisk: [], inDropbox: [] },
    outcome: { a: "1" },
  },
  "edited, edited to the same content": {
    given: { a: "1" },
    here: [edit("a", "2")],
    there: [edit("a", "2")],
    plan: { onDisk: [], inDropbox: [] },
    outcome: { a: "2" },
  },
  "created, created with other content": {
    given: {},
    here: [create("a", "here")],
    there: [create("a", "there")],
    plan: {
      onDisk: [BESIDE, "download a: new in Dropbox"],
      inDropbox: [BESIDE, "download a: new in Dropbox"],
    },
    outcome: { onDisk: { a: "there", [COPY]: "here" }, inDropbox: { a: "here", [COPY]: "there" } },
  },
  "edited, edited to other content": {
    given: { a: "1" },
    here: [edit("a", "here")],
    there: [edit("a", "there")],
    plan: {
      onDisk: [BESIDE, "download a: changed on both sides: Dropbox's keeps the name"],
      inDropbox: [BESIDE, "download a: changed on both sides: Dropbox's keeps the name"],
    },
    outcome: { onDisk: { a: "there", [COPY]: "here" }, inDropbox: { a: "here", [COPY]: "there" } },
  },
  "edited, deleted": {
    given: { a: "1" },
    here: [edit("a", "2")],
    there: [remove("a")],
    plan: {
      onDisk: ["upload a: edited on disk, deleted in Dropbox: the edit lives"],
      inDropbox: ["download a: edited in Dropbox, deleted on disk: the edit lives"],
    },
    outcome: { a: "2" },
  },
  "deleted, deleted": {
    given: { a: "1" },
    here: [remove("a")],
    there: [remove("a")],
    plan: { onDisk: [], inDropbox: [] },
    outcome: {},
  },
  "moved, same": {
    given: { d: null, "d/a": "1", to: null },
    here: [move("d", "to/d")],
    plan: {
      onDisk: ["remote move d -> to/d: moved on disk"],
      inDropbox: ["local move d -> to/d: moved in Dropbox"],
    },
    outcome: { to: null, "to/d": null, "to/d/a": "1" },
  },
  "moved, edited": {
    given: { a: "1" },
    here: [move("a", "b")],
    there: [edit("a", "2")],
    plan: {
      onDisk: ["remote move a -> b: moved on disk"],
      inDropbox: ["local move a -> b: moved in Dropbox"],
    },
    outcome: { b: "2" },
  },
  "moved to one place, moved to another": {
    given: { a: "1" },
    here: [move("a", "here")],
    there: [move("a", "there")],
    plan: {
      onDisk: ["local move here -> there: moved on both sides: Dropbox's place wins"],
      inDropbox: ["local move there -> here: moved on both sides: Dropbox's place wins"],
    },
    outcome: { onDisk: { there: "1" }, inDropbox: { here: "1" } },
  },
  "moved, deleted": {
    given: { a: "1" },
    here: [move("a", "b")],
    there: [remove("a")],
    plan: {
      onDisk: ["upload b: new on disk"],
      inDropbox: ["download b: new in Dropbox"],
    },
    outcome: { b: "1" },
  },
  "x moved into y, y moved into x": {
    given: { x: null, "x/1": "1", y: null, "y/2": "2" },
    here: [move("x", "y/x")],
    there: [move("y", "x/y")],
    plan: {
      onDisk: ["local move y -> y/x/y: moved in Dropbox", `local move y/x -> x: ${CROSSED}`],
      inDropbox: ["local move x -> x/y/x: moved in Dropbox", `local move x/y -> y: ${CROSSED}`],
    },
    outcome: {
      onDisk: { x: null, "x/1": "1", "x/y": null, "x/y/2": "2" },
      inDropbox: { y: null, "y/2": "2", "y/x": null, "y/x/1": "1" },
    },
  },
  "a folder deleted, something in it created": {
    given: { d: null, "d/a": "1" },
    here: [remove("d/a"), remove("d")],
    there: [create("d/new", "2")],
    plan: {
      onDisk: [`local create-folder d: ${STAYS}`, "download new: new in Dropbox", "remote delete d/a: deleted on disk"],
      inDropbox: [
        `remote create-folder d: ${STAYS}`,
        "upload new: new on disk",
        "local delete d/a: deleted in Dropbox",
      ],
    },
    outcome: { d: null, "d/new": "2" },
  },
  "a folder deleted, something in it edited": {
    given: { d: null, "d/a": "1", "d/b": "1" },
    here: [remove("d/a"), remove("d/b"), remove("d")],
    there: [edit("d/b", "2")],
    plan: {
      onDisk: [
        `local create-folder d: ${STAYS}`,
        "download b: edited in Dropbox, deleted on disk: the edit lives",
        "remote delete d/a: deleted on disk",
      ],
      inDropbox: [
        `remote create-folder d: ${STAYS}`,
        "upload b: edited on disk, deleted in Dropbox: the edit lives",
        "local delete d/a: deleted in Dropbox",
      ],
    },
    outcome: { d: null, "d/b": "2" },
  },
  "a file became a folder, edited": {
    given: { a: "1" },
    here: [remove("a"), create("a"), create("a/in", "2")],
    there: [edit("a", "edited")],
    plan: {
      onDisk: [
        `remote move a -> ${COPY}: ${BECAME("folder")}`,
        "remote create-folder a: new on disk",
        "upload in: new on disk",
      ],
      inDropbox: [BESIDE, "local create-folder a: new in Dropbox", "download in: new in Dropbox"],
    },
    outcome: { a: null, "a/in": "2", [COPY]: "edited" },
  },
  "a folder became a file, something in it edited": {
    given: { a: null, "a/in": "1" },
    here: [remove("a/in"), remove("a"), create("a", "2")],
    there: [edit("a/in", "edited")],
    plan: {
      onDisk: [
        `remote move a -> ${COPY}: ${BECAME("file")}`,
        "upload a: new on disk",
        "download in: edited in Dropbox, deleted on disk: the edit lives",
      ],
      inDropbox: [
        BESIDE,
        "download a: new in Dropbox",
        "upload in: edited on disk, deleted in Dropbox: the edit lives",
      ],
    },
    outcome: { a: "2", [COPY]: null, [`${COPY}/in`]: "edited" },
  },
  "exchanged, same": {
    given: { a: "1", b: "2" },
    here: [
      (trees, side) => {
        const [a, b, root] = [trees.at(side, "a"), trees.at(side, "b"), trees.at(side, "")];
        trees.place(side, a, root, "aside" as Name);
        trees.place(side, b, root, "a" as Name);
        trees.place(side, a, root, "b" as Name);
      },
    ],
    plan: {
      onDisk: [
        `remote move a -> .~twinfold-move-2~a: ${ASIDE}`,
        "remote move a -> b: moved on disk",
        "remote move b -> a: moved on disk",
      ],
      inDropbox: [
        `local move a -> .~twinfold-move-2~a: ${ASIDE}`,
        "local move a -> b: moved in Dropbox",
        "local move b -> a: moved in Dropbox",
      ],
    },
    outcome: { a: "2", b: "1" },
  },
  "renamed in a chain, same": {
    given: { a: "1", b: "2", c: "3" },
    here: [move("c", "d"), move("b", "c"), move("a", "b")],
    plan: {
      onDisk: ["a -> b", "b -> c", "c -> d"].map((one) => `remote move ${one}: moved on disk`),
      inDropbox: ["a -> b", "b -> c", "c -> d"].map((one) => `local move ${one}: moved in Dropbox`),
    },
    outcome: { b: "1", c: "2", d: "3" },
  },
};

for (const hereIs of ["onDisk", "inDropbox"] as const) {
  const [here, there]: readonly [Side, Side] = hereIs === "onDisk" ? ["local", "remote"] : ["remote", "local"];
  describe(hereIs === "onDisk" ? "on disk, in Dropbox" : "in Dropbox, on disk", () => {
    test.each(Object.entries(ROWS))("%s", (_, row) => {
      const trees = new ThreeTrees(openStore(":memory:"));
      for (const [path, content] of Object.entries(row.given)) trees.both(path, content);
      for (const step of row.here) step(trees, here);
      for (const step of row.there ?? []) step(trees, there);
      const { ready, waiting } = trees.plan();
      const planned = [...ready, ...waiting].map((one) => `${trees.describe(one)}: ${one.reason}`);
      expect(planned.sort()).toEqual([...row.plan[hereIs]].sort());
      trees.settle();
      const { outcome } = row;
      const tree = "onDisk" in outcome && "inDropbox" in outcome ? outcome[hereIs] : outcome;
      for (const side of ["local", "remote", "synced"] as const) expect(trees.tree(side), side).toEqual(tree);
    });
  });
}
