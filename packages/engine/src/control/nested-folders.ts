import type { Operation } from "../plan/operation.ts";
import type { NodeId } from "../ports/values.ts";

function makesFolderAtRemote({ side, kind }: Operation): boolean {
  return side === "remote" && kind === "create-folder";
}

/**
 * New folders at the remote that wait for nothing but the new folders around them: the remote is asked for them together, as
 * one level after the other would take as many commits, and as many looks at what came of them, as there are levels.
 * @returns those that can go with `ready`, each after the one it lies in; where that does not go after all, they can't be begun
 */
export function nestedFolders(ready: readonly Operation[], waiting: readonly Operation[]): readonly Operation[] {
  const folders = ready.filter(makesFolderAtRemote);
  const outer = folders.length;
  if (outer === 0) return [];
  const within = new Map<NodeId, Operation[]>();
  for (const operation of waiting) {
    if (!makesFolderAtRemote(operation)) continue;
    const siblings = within.get(operation.parent);
    if (siblings === undefined) within.set(operation.parent, [operation]);
    else siblings.push(operation);
  }
  // What is added on the way is walked through as well.
  for (const { node } of folders) for (const inner of within.get(node) ?? []) folders.push(inner);
  return folders.slice(outer);
}
