import { knownId } from "../observe/remote-observer.ts";
import type { Operation } from "../plan/operation.ts";
import { compareFolders } from "../plan/same-folders.ts";
import type { IgnoreRules } from "../ports/ignore.ts";
import type { Remote, RemoteNames, RemoteWrite } from "../ports/remote.ts";
import { type LocalNode, pathOf, type Store } from "../ports/store.ts";
import { joinPath, type NodeId, ROOT, type Seconds } from "../ports/values.ts";
import { advanceContent } from "./adjust.ts";
import type { Done } from "./outcome.ts";
import type { Unanswered } from "./unanswered.ts";

/** Has folders copied at the remote, and takes what comes with them for what it is. */
export function createFolderCopier(parts: {
  readonly store: Store;
  readonly remote: Remote;
  readonly now: () => Seconds;
  readonly unanswered: Unanswered;
  readonly rules: () => IgnoreRules;
  readonly takeAlong: (folder: NodeId, ids: readonly NodeId[]) => void;
  readonly expect: (meet: () => void) => void;
  readonly readChanges: () => void;
  readonly done: Done;
}) {
  const { store, remote, unanswered } = parts;

  return {
    /**
     * The write that copies the folder, with what lies in it on disk, folders before what is in them; null where it is to be
     * made instead, since it is no copy, or not any more.
     */
    writeOf({
      node,
      parent,
      name,
      copyOf,
    }: Operation): { readonly write: RemoteWrite; readonly nodes: readonly LocalNode[] } | null {
      const model = copyOf === undefined ? undefined : store.remote.get(copyOf);
      const from = model?.kind === "folder" ? knownId(model) : null;
      if (model === undefined || from === null || store.local.get(node)?.kind !== "folder") return null;
      const compared = compareFolders({ trees: store, names: remote.names, rules: parts.rules() }, node, model.id);
      if (compared.kind !== "same") return null;
      for (const one of compared.nodes)
        if (one.parent !== null) unanswered.sendTo(one.id, one.hash, { parent: one.parent, name: one.name });
      parts.takeAlong(
        node,
        compared.nodes.map(({ id }) => id),
      );
      const path = joinPath(pathOf(store.remote, parent), name);
      return { write: { kind: "copy-folder", key: node, path, from }, nodes: compared.nodes };
    },
    /** It is there; what came with it the changes will tell. */
    copied({ reason }: Operation, nodes: readonly LocalNode[]): void {
      parts.expect(() => {
        for (const { id, kind, name, parent, size, hash } of adopt(store, remote.names, nodes, parts.now())) {
          if (store.synced.get(id) !== undefined) unanswered.answered(id, false);
          const place = { side: "remote", node: id, parent: parent ?? ROOT, name, reason } as const;
          const outcome = { path: pathOf(store.remote, id), was: null, now: hash };
          if (kind === "file") parts.done({ ...place, kind: "transfer" }, { ...outcome, kind, bytes: size });
          else parts.done({ ...place, kind: "create-folder" }, { ...outcome, kind: "folder" });
        }
      });
      parts.readChanges();
    },
  };
}

/**
 * What is as it was on disk when the copy was asked for is what both sides had last, whatever became of it on disk since.
 * All else is another's. @returns what was found of `nodes`
 */
function adopt(store: Store, names: RemoteNames, nodes: readonly LocalNode[], now: Seconds): readonly LocalNode[] {
  return nodes.filter((local) => {
    // The changes have told of it as what was sent there.
    const there = store.remote.get(local.id);
    if (there?.parent !== local.parent || there.key !== local.key) return false;
    if (there.kind !== local.kind || there.hash !== local.hash) return false;
    advanceContent(store, names, local, there, now);
    return true;
  });
}
