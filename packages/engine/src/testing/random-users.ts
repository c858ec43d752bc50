import fc from "fast-check";
import type { Name, NodeId } from "../ports/values.ts";
import { ROOT } from "../ports/values.ts";
import { type ThreeTrees, testNames } from "./three-trees.ts";

/** What users do at random in three trees: few names, so that they meet. */
const NAMES = ["a", "b", "A", "c"];
export type Step =
  | { kind: "create-file"; side: "local" | "remote"; parent: number; name: number; content: number }
  | { kind: "create-folder"; side: "local" | "remote"; parent: number; name: number }
  | { kind: "edit"; side: "local" | "remote"; node: number; content: number }
  | { kind: "move"; side: "local" | "remote"; node: number; parent: number; name: number }
  | { kind: "exchange"; side: "local" | "remote"; node: number; other: number }
  | { kind: "remove"; side: "local" | "remote"; node: number };

const side = fc.constantFrom("local" as const, "remote" as const);
const pick = fc.nat({ max: 7 });
const name = fc.nat({ max: NAMES.length - 1 });
const content = fc.nat({ max: 5 });
export const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("create-file" as const), side, parent: pick, name, content }),
  fc.record({ kind: fc.constant("create-folder" as const), side, parent: pick, name }),
  fc.record({ kind: fc.constant("edit" as const), side, node: pick, content }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("move" as const), side, node: pick, parent: pick, name }) },
  fc.record({ kind: fc.constant("exchange" as const), side, node: pick, other: pick }),
  fc.record({ kind: fc.constant("remove" as const), side, node: pick }),
);

function nodesOf(trees: ThreeTrees, which: "local" | "remote") {
  const result: { id: NodeId; kind: string; parent: NodeId | null; name: Name }[] = [];
  const visit = (id: NodeId) => {
    for (const child of trees.store[which].children(id)) {
      result.push(child);
      visit(child.id);
    }
  };
  visit(ROOT);
  return result;
}

function isBelow(trees: ThreeTrees, which: "local" | "remote", id: NodeId, ancestor: NodeId): boolean {
  for (let up: NodeId | null = id; up !== null; up = trees.store[which].get(up)?.parent ?? null) {
    if (up === ancestor) return true;
  }
  return false;
}

/** Does what a user could do there; a step that could not be done does nothing. */
export function take(trees: ThreeTrees, one: Step, count: number): void {
  const nodes = nodesOf(trees, one.side);
  const folders = [{ id: ROOT }, ...nodes.filter((node) => node.kind === "folder")];
  const free = (parent: NodeId, wanted: string, except?: NodeId) =>
    trees.store[one.side]
      .childrenByKey(parent, testNames.key(wanted))
      .every((node) => node.id === except || (one.side === "local" && node.name !== wanted));
  const put = (parent: NodeId, wanted: Name, text: string | null) => {
    if (free(parent, wanted)) trees.createIn(one.side, parent, wanted, text);
  };
  switch (one.kind) {
    case "create-file":
    case "create-folder": {
      const parent = folders[one.parent % folders.length];
      if (parent === undefined) return;
      put(parent.id, NAMES[one.name] as Name, one.kind === "create-file" ? `${one.content}-${count}` : null);
      return;
    }
    case "edit": {
      const files = nodes.filter((node) => node.kind === "file");
      const file = files[one.node % files.length];
      if (file !== undefined) trees.editNode(one.side, file.id, `${one.content}-${count}`);
      return;
    }
    case "move": {
      const node = nodes[one.node % nodes.length];
      const parent = folders[one.parent % folders.length];
      const wanted = NAMES[one.name] as Name;
      if (node === undefined || parent === undefined || isBelow(trees, one.side, parent.id, node.id)) return;
      if (free(parent.id, wanted, node.id)) trees.place(one.side, node.id, parent.id, wanted);
      return;
    }
    case "exchange": {
      const node = nodes[one.node % nodes.length];
      const other = nodes[one.other % nodes.length];
      if (node === undefined || other === undefined || node.parent === null || other.parent === null) return;
      if (isBelow(trees, one.side, node.id, other.id) || isBelow(trees, one.side, other.id, node.id)) return;
      trees.place(one.side, node.id, node.parent, `aside ${count}` as Name);
      trees.place(one.side, other.id, node.parent, node.name);
      trees.place(one.side, node.id, other.parent, other.name);
      return;
    }
    case "remove": {
      const node = nodes[one.node % nodes.length];
      if (node !== undefined) trees.store[one.side].remove(node.id);
      return;
    }
    default:
      one satisfies never;
  }
}

/** The contents of all files. */
export const contentsOf = (tree: Record<string, string | null>) =>
  new Set(Object.values(tree).filter((one) => one !== null));

/** The steps are taken on disk, and synced: what both sides have when something random begins. @returns how many they were */
export function syncFirst(trees: ThreeTrees, steps: readonly Step[]): number {
  let count = 0;
  for (const one of steps) take(trees, { ...one, side: "local" }, ++count);
  trees.settle();
  return count;
}
