import type { IgnoreRules } from "../ports/ignore.ts";
import type { RemoteNames } from "../ports/remote.ts";
import { type LocalNode, pathOf, type Trees } from "../ports/store.ts";
import { joinPath, type NodeId, type RelativePath } from "../ports/values.ts";

/**
 * `incomplete`: all that the folder on disk holds is in the other, and more; or its contents are not known yet: `known` grows
 * with both. `same`: with `nodes`, what lies below the folder on disk, folders before what is in them.
 */
export type Comparison =
  | { readonly kind: "same"; readonly nodes: readonly LocalNode[] }
  | { readonly kind: "incomplete"; readonly known: number }
  | { readonly kind: "differs" };

/** Whether a folder on disk holds what one at the remote does, by the same names, but for what is not synced there. */
export function compareFolders(
  { trees, names, rules }: { readonly trees: Trees; readonly names: RemoteNames; readonly rules: IgnoreRules },
  folder: NodeId,
  model: NodeId,
): Comparison {
  const nodes: LocalNode[] = [];
  let files = 0;
  let read = 0;
  let isComplete = true;

  /** @returns false when they differ for good */
  function compare(onDisk: NodeId, path: RelativePath, there: NodeId): boolean {
    const missing = new Set(trees.remote.children(there).map(({ id }) => id));
    for (const local of trees.local.children(onDisk)) {
      const at = joinPath(path, local.name);
      if (local.kind === "special" || rules.match(at, local.kind) !== null) continue;
      // Moved here, it is moved there, too.
      if (trees.remote.get(local.id) !== undefined) return false;
      const [remote, another] = trees.remote.childrenByKey(there, local.key);
      if (remote === undefined || another !== undefined || !missing.delete(remote.id)) return false;
      if (remote.kind !== local.kind || remote.name !== names.canonical(local.name)) return false;
      nodes.push(local);
      if (local.kind === "folder") {
        if (!compare(local.id, at, remote.id)) return false;
        continue;
      }
      if (!remote.downloadable || (local.hash !== null && local.hash !== remote.hash)) return false;
      files++;
      if (local.hash !== null) read++;
    }
    isComplete &&= missing.size === 0;
    return true;
  }

  // No folder is copied into itself.
  const parent = trees.local.get(folder)?.parent ?? null;
  if (liesIn(trees.local, parent, model) || liesIn(trees.remote, parent, model)) return { kind: "differs" };
  if (!compare(folder, pathOf(trees.local, folder), model)) return { kind: "differs" };
  return isComplete && read === files ? { kind: "same", nodes } : { kind: "incomplete", known: nodes.length + read };
}

function liesIn(tree: Trees["local"] | Trees["remote"], start: NodeId | null, folder: NodeId): boolean {
  for (let up = start; up !== null; up = tree.get(up)?.parent ?? null) if (up === folder) return true;
  return false;
}
