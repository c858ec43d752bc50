import { knownId } from "../observe/remote-observer.ts";
import type { Operation } from "../plan/operation.ts";
import { type Comparison, compareFolders } from "../plan/same-folders.ts";
import type { Clock } from "../ports/clock.ts";
import type { IgnoreRules } from "../ports/ignore.ts";
import type { RemoteNames } from "../ports/remote.ts";
import type { LocalNode, Store } from "../ports/store.ts";
import { type NameKey, type NodeId, ROOT } from "../ports/values.ts";

/** How long a new folder waits for the first of its contents to be known, in milliseconds. */
const FIRST_CONTENT = 250;
/** How long one that may be a copy, though not all is there, waits after something was seen last to come, in milliseconds. */
const STILL = 500;
/** The shortest pause between two looks at one folder, in milliseconds; and how many times as long as a cycle takes it is. */
const PAUSE = 100;
const CYCLES = 3;
/** Of the files that have one content at the remote, so many are looked at. */
const MOST_CANDIDATES = 16;
/** A content that is known is looked for among so many things that a folder holds. */
const MOST_SEARCHED = 500;

type Verdict = { readonly kind: "plain" | "wait" } | { readonly kind: "copy"; readonly of: NodeId };

interface Look {
  readonly since: number;
  /** What is known of the disk, in figures, and when that was last another than before. */
  readonly progress: string;
  readonly grewAt: number;
  readonly due: number;
  readonly verdict: Verdict;
}

/**
 * Finds new folders on disk that are copies of one that the remote has: those are copied there in one request. While one is
 * still being written it waits, as long as all that is in it is in the other too.
 */
export function createFolderCopies(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly names: RemoteNames;
  readonly rules: () => IgnoreRules;
  readonly hashing: { readonly backlog: () => number };
  /** How long the last cycle of the control loop took, in milliseconds. */
  readonly pace: { readonly cycleTook: number };
  /** With fewer files, copies of each cost no more. */
  readonly fewestFiles: number;
}) {
  const { store, clock } = parts;
  let looks = new Map<NodeId, Look>();
  /** What the remote would not copy. */
  const refused = new Set<NodeId>();

  function look(folder: NodeId, known: Look | undefined): Look {
    const now = clock.monotonic();
    if (known !== undefined && (known.verdict.kind === "plain" || now < known.due)) return known;
    const progress = `${store.local.countFiles()} ${parts.hashing.backlog()}`;
    const grewAt = known?.progress === progress ? known.grewAt : now;
    const since = known?.since ?? now;
    const verdict = judge(findModel(folder), { waited: now - since, still: now - grewAt });
    const due = now + Math.max(PAUSE, CYCLES * parts.pace.cycleTook);
    return { since, progress, grewAt, due, verdict };
  }

  function judge(
    found: Verdict | "unread" | "incomplete",
    { waited, still }: { readonly waited: number; readonly still: number },
  ): Verdict {
    const comes = still < STILL && (found === "incomplete" || parts.hashing.backlog() > 0);
    if (found === "unread") return { kind: waited < FIRST_CONTENT || comes ? "wait" : "plain" };
    if (found === "incomplete") return { kind: comes ? "wait" : "plain" };
    return found;
  }

  function findModel(folder: NodeId): Verdict | "unread" | "incomplete" {
    const first = firstContent(folder);
    if (first === null) return "unread";
    let result: Verdict | "incomplete" = { kind: "plain" };
    for (const model of modelsOf(first)) {
      const compared = compareFolders({ trees: store, names: parts.names, rules: parts.rules() }, folder, model);
      if (isWorth(compared)) return { kind: "copy", of: model };
      if (compared.kind === "incomplete") result = "incomplete";
    }
    return result;
  }

  function isWorth(compared: Comparison): boolean {
    return compared.kind === "same" && compared.files >= parts.fewestFiles;
  }

  /** A file below the folder whose content is known, as the keys of the names that lead to it. */
  function firstContent(folder: NodeId): { readonly file: LocalNode; readonly keys: readonly NameKey[] } | null {
    let searched = 0;
    const search = (parent: NodeId, above: readonly NameKey[]): ReturnType<typeof firstContent> => {
      for (const child of store.local.children(parent)) {
        if (++searched > MOST_SEARCHED) return null;
        const keys = [...above, child.key];
        if (child.kind === "file" && child.hash !== null && child.size > 0) return { file: child, keys };
        const below = child.kind === "folder" ? search(child.id, keys) : null;
        if (below !== null) return below;
      }
      return null;
    };
    return search(folder, []);
  }

  /** Folders at the remote in which the same content lies by the same names. */
  function modelsOf({ file, keys }: NonNullable<ReturnType<typeof firstContent>>): NodeId[] {
    if (file.hash === null) return [];
    const found = store.remote.byHash(file.hash, MOST_CANDIDATES).flatMap((candidate) => {
      let node = store.remote.get(candidate.id);
      for (const key of keys.toReversed()) {
        if (node?.key !== key || node.parent === null) return [];
        node = store.remote.get(node.parent);
      }
      return node === undefined || node.id === ROOT || knownId(node) === null ? [] : [node.id];
    });
    return [...new Set(found)];
  }

  return {
    /** What may go now of what is ready: folders that are copies with what they are copies of, and not those that wait. */
    recognized(ready: readonly Operation[]): readonly Operation[] {
      const before = looks;
      looks = new Map();
      const isCandidate = (one: Operation) =>
        one.side === "remote" && one.kind === "create-folder" && !refused.has(one.node);
      if (!ready.some(isCandidate)) return ready;
      return ready.flatMap((operation) => {
        if (!isCandidate(operation)) return [operation];
        const { node } = operation;
        const seen = look(node, before.get(node));
        looks.set(node, seen);
        const { verdict } = seen;
        if (verdict.kind === "wait") return [];
        return verdict.kind === "copy" ? [{ ...operation, copyOf: verdict.of }] : [operation];
      });
    },
    /** The remote does not copy this folder: it is made, and filled. */
    refuse: (node: NodeId): void => void refused.add(node),
    /** Milliseconds until a folder that waits is looked at again; null when none waits. */
    nextTry(): number | null {
      const dues = [...looks.values()].filter(({ verdict }) => verdict.kind === "wait").map(({ due }) => due);
      return dues.length > 0 ? Math.max(1, Math.min(...dues) - clock.monotonic()) : null;
    },
  };
}

export type FolderCopies = ReturnType<typeof createFolderCopies>;
