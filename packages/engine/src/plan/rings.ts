import type { NodeId } from "../ports/values.ts";
import type { PlanContext } from "./context.ts";
import type { Merged } from "./merge.ts";

type Merge = (id: NodeId) => Merged;

/** Whether one side wants the node in another folder than the other does. */
function movesAcross({ wishes: { local, remote } }: Merged): boolean {
  return local !== undefined && remote !== undefined && local.parent !== remote.parent;
}

/**
 * X moved into Y on disk while Y moved into X in Dropbox: taken one by one, both moves would make a ring that hangs from
 * nothing. Neither tree has rings, so in each ring a node that was moved on disk goes where Dropbox has it; where only
 * Dropbox follows, and after a restore, one that was moved there goes where the disk has it.
 */
export function breakRings(
  nodes: readonly Merged[],
  merge: Merge,
  { names, oneWay, restored }: Pick<PlanContext, "names" | "oneWay" | "restored">,
): void {
  const [loses, wins] = oneWay || restored !== null ? (["remote", "local"] as const) : (["local", "remote"] as const);
  for (const start of nodes) {
    if (start.fate !== "live" || !movesAcross(start)) continue;
    for (;;) {
      const ring = ringThrough(start, merge);
      if (ring === null) break;
      const victim = ring.find((node) => node.placeOf === loses && movesAcross(node));
      const place = victim?.wishes[wins];
      if (victim === undefined || place === undefined) break;
      victim.parent = place.parent;
      victim.name = place.name;
      victim.remoteName = names.canonical(place.name);
      victim.placeOf = wins;
      victim.reason = `moved into each other on the two sides: ${wins === "local" ? "the disk" : "Dropbox"}'s place wins`;
    }
  }
}

function ringThrough(start: Merged, merge: Merge): Merged[] | null {
  const seen: Merged[] = [start];
  for (let parent = start.parent; parent !== null; ) {
    if (parent === start.id) return seen;
    const node = merge(parent);
    if (seen.includes(node)) return null;
    seen.push(node);
    parent = node.parent;
  }
  return null;
}
