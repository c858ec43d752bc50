import { openStore } from "@twinfold/store";
import { beforeEach, expect, test } from "vitest";
import type { Operation } from "../plan/operation.ts";
import { NOTHING } from "../plan/planning-round.ts";
import type { ContentHash, NodeId } from "../ports/values.ts";
import { ThreeTrees } from "../testing/three-trees.ts";
import { type Backlog, createBacklog } from "./backlog.ts";
import { newSituation } from "./situation.ts";

const AT_A_TIME = 4;
let trees: ThreeTrees;
let backlog: Backlog;
const situation = newSituation();
const underWay = new Map<NodeId, Operation>();
const failing = new Set<NodeId>();

beforeEach(() => {
  trees = new ThreeTrees(openStore(":memory:"));
  situation.outlook = NOTHING;
  underWay.clear();
  failing.clear();
  backlog = createWith({});
});

function createWith(settings: { readonly oneWay?: boolean }): Backlog {
  return createBacklog({
    store: trees.store,
    situation,
    underWay,
    settings: { transfersAtATime: AT_A_TIME, agreedAtATime: 1000, oneWay: false, ...settings },
    isTried: () => false,
    putOff: trees.putOff,
    isFailing: (id) => failing.has(id),
  });
}

function hold(): void {
  for (const _ of backlog.hold()) throw new Error("so few are looked at in one go");
}

/** What a cycle does. @returns the paths that are planned */
function plan(): string[] {
  hold();
  situation.outlook = trees.plan();
  if (backlog.letIn()) situation.outlook = trees.plan();
  backlog.planned();
  return situation.outlook.ready.map((one) => trees.describe(one));
}

/** All that is planned is done, as the control loop does it. */
function carryOut(): void {
  for (const operation of situation.outlook.ready) {
    trees.carryOut(operation);
    trees.store.changed.add(operation.node);
  }
}

test("new files are planned some at a time, in order, until all are there", () => {
  const names = Array.from({ length: 18 }, (_, count) => `f${String(count).padStart(2, "0")}`);
  for (const name of names) trees.create("local", name, "1");
  const uploads = names.map((name) => `upload ${name}`);
  expect(plan()).toEqual(uploads.slice(0, 4));
  expect(backlog.total()).toEqual({ files: 14, bytes: 14 });
  expect([...backlog.operations()].map((one) => trees.describe(one))).toEqual(uploads.slice(4));
  carryOut();
  // Those of one folder: once as many again come along.
  expect(plan()).toEqual(uploads.slice(4, 12));
  carryOut();
  expect(plan()).toEqual(uploads.slice(12));
  carryOut();
  expect(plan()).toEqual([]);
  expect(backlog.total()).toEqual({ files: 0, bytes: 0 });
  expect(trees.tree("remote")).toEqual(trees.tree("local"));
});

test("each side has its own turn, and all that is not just a new file is planned at once", () => {
  trees.both("moved", "1");
  trees.both("edited", "1");
  for (let count = 0; count < 6; count++) trees.create("local", `l${count}`, "1");
  for (let count = 0; count < 6; count++) trees.create("remote", `r${count}`, "1");
  trees.create("local", "folder");
  trees.move("local", "moved", "folder/moved");
  trees.edit("remote", "edited", "2");
  const planned = plan();
  expect(planned).toContain("remote create-folder folder");
  expect(planned).toContain("download edited");
  expect(planned.filter((one) => /upload l/.test(one))).toHaveLength(4);
  expect(planned.filter((one) => /download r/.test(one))).toHaveLength(4);
  expect([backlog.count("local"), backlog.count("remote")]).toEqual([2, 2]);
});

test("what is left of a folder goes with its first, up to as many again", () => {
  trees.both("d");
  trees.create("local", "a", "1");
  for (const name of ["b", "c", "e"]) trees.create("local", name, "1");
  for (let count = 0; count < 6; count++) trees.create("local", `d/${count}`, "1");
  plan();
  carryOut();
  expect(plan()).toHaveLength(6);
});

test("what is under way takes room, and what fails takes none", () => {
  const ids = ["a", "b", "c", "d", "e", "f"].map((name) => trees.create("local", name, "1"));
  expect(plan()).toHaveLength(4);
  for (const operation of situation.outlook.ready) {
    underWay.set(operation.node, operation);
    trees.store.changed.delete(operation.node);
  }
  expect(plan()).toEqual([]);
  expect(backlog.isDue()).toBe(false);
  for (const id of ids.slice(0, 2)) failing.add(id);
  expect(backlog.isDue()).toBe(true);
  expect(plan()).toEqual(["upload e", "upload f"]);
});

test("a file that waits and is deleted, edited or found in Dropbox is planned at once", () => {
  for (let count = 0; count < 8; count++) trees.create("local", `f${count}`, "1");
  plan();
  const edited = trees.at("local", "f6");
  trees.remove("local", "f5");
  const before = trees.store.local.get(edited);
  if (before === undefined) throw new Error("unreachable");
  trees.store.local.put({ ...before, hash: "2" as ContentHash });
  trees.create("remote", "f7", "1");
  expect(backlog.has(edited)).toBe(true);
  hold();
  trees.plan();
  expect(backlog.count("remote")).toBeLessThan(4);
  carryOut();
  for (let round = 0; round < 4; round++) {
    plan();
    carryOut();
  }
  expect(trees.tree("remote")).toEqual(trees.tree("local"));
  expect(trees.tree("remote")).toMatchObject({ f6: "2", f7: "1" });
  expect(Object.keys(trees.tree("local"))).not.toContain("f5");
});

test("what was not read yet when it was planned last waits as all others do", () => {
  const ids = Array.from({ length: 12 }, (_, count) =>
    trees.create("local", `f${String(count).padStart(2, "0")}`, "1"),
  );
  const nodes = ids.flatMap((id) => trees.store.local.get(id) ?? []);
  for (const node of nodes) trees.store.local.put({ ...node, hash: null });
  expect(plan()).toEqual([]);
  expect(situation.outlook.unsettled).toHaveLength(12);
  for (const node of nodes) trees.store.local.put(node);
  expect(plan()).toHaveLength(4);
  expect(backlog.count("remote")).toBe(8);
  expect(situation.outlook.unsettled).toEqual([]);
});

test("where only Dropbox follows, what is new there does not wait: it is listed as not synced", () => {
  backlog = createWith({ oneWay: true });
  for (let count = 0; count < 8; count++) trees.create("remote", `r${count}`, "1");
  hold();
  expect(backlog.total().files).toBe(0);
});
