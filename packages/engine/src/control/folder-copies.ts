import { knownId } from "../observe/remote-observer.ts";
import type { Operation } from "../plan/operation.ts";
import { compareFolders } from "../plan/same-folders.ts";
import type { Clock } from "../ports/clock.ts";
import type { IgnoreRules } from "../ports/ignore.ts";
import type { RemoteNames } from "../ports/remote.ts";
import type { LocalNode, Store } from "../ports/store.ts";
import { type NameKey, type NodeId, ROOT } from "../ports/values.ts";
import { filesWithin } from "./recent-losses.ts";
import { soonest } from "./soonest.ts";

/** How long a new folder waits for the first of its contents to be known, in milliseconds. */
const FIRST_CONTENT = 250;
/**
 * How long one that may be a copy, though not all is there, waits after more of it was known than before, and how long it waits
 * at the most; milliseconds.
 */
const STILL = 500;
const LONGEST = 30_000;
/** The shortest pause between two looks at one folder, in milliseconds; and how many times as long as a cycle takes it is. */
const PAUSE = 100;
const CYCLES = 3;
/** Of the files that have one content at the remote, so many are looked at. */
const MOST_CANDIDATES = 16;
/** A content that is known is looked for among so many things that a folder holds. */
const MOST_SEARCHED = 500;

type Verdict = { readonly kind: "plain" | "wait" } | { readonly kind: "copy"; readonly of: NodeId };

/** Not all is there, or read: `known` says how much. */
interface Partly {
  readonly kind: "unread" | "incomplete";
  readonly known: number;
}

/** A file whose content is known, as the keys of the names that lead to it. */
interface Sample {
  readonly file: LocalNode;
  readonly keys: readonly NameKey[];
}

interface Look {
  readonly since: number;
  /** How much was known of what is in it, and when that was last more than before. */
  readonly known: number;
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
  /** How long the last cycle of the control loop took, in milliseconds. */
  readonly pace: { readonly cycleTook: number };
  /** With fewer files, copies of each cost no more. */
  readonly fewestFiles: number;
}) {
  const { store, clock } = parts;
  let looks = new Map<NodeId, Look>();
  /** What the remote would not copy. */
  const refused = new Set<NodeId>();

  function look(folder: NodeId, before: Look | undefined): Look {
    const now = clock.monotonic();
    if (before !== undefined && (before.verdict.kind === "plain" || now < before.due)) return before;
    const found = findModel(folder);
    const known = "known" in found ? found.known : 0;
    const since = before?.since ?? now;
    const grewAt = before?.known === known ? before.grewAt : now;
    const due = now + Math.max(PAUSE, CYCLES * parts.pace.cycleTook);
    return { since, known, grewAt, due, verdict: judge(found, now - since, now - grewAt) };
  }

  function judge(found: Verdict | Partly, waited: number, still: number): Verdict {
    if (!("known" in found)) return found;
    const isFirst = found.kind === "unread" && waited < FIRST_CONTENT;
    return { kind: isFirst || (still < STILL && waited < LONGEST && found.known > 0) ? "wait" : "plain" };
  }

  function findModel(folder: NodeId): Verdict | Partly {
    const first = firstContent(folder);
    if ("searched" in first) return { kind: "unread", known: first.searched };
    let result: Verdict | Partly = { kind: "plain" };
    for (const model of modelsOf(first)) {
      const compared = compareFolders({ trees: store, names: parts.names, rules: parts.rules() }, folder, model);
      if (compared.kind === "same") return { kind: "copy", of: model };
      if (compared.kind === "incomplete") result = compared;
    }
    return result;
  }

  /** Whether it holds so many files that it is worth waiting for. */
  function isLarge(model: NodeId): boolean {
    let files = 0;
    for (const _ of filesWithin(store.remote, model)) if (++files >= parts.fewestFiles) return true;
    return false;
  }

  /** Some file below the folder that has its hash; or how much was looked at for one. */
  function firstContent(folder: NodeId): Sample | { readonly searched: number } {
    let searched = 0;
    const search = (parent: NodeId, above: readonly NameKey[]): Sample | null => {
      for (const child of store.local.children(parent)) {
        if (++searched > MOST_SEARCHED) return null;
        const keys = [...above, child.key];
        if (child.kind === "file" && child.hash !== null && child.size > 0) return { file: child, keys };
        const below = child.kind === "folder" ? search(child.id, keys) : null;
        if (below !== null) return below;
      }
      return null;
    };
    return search(folder, []) ?? { searched };
  }

  /** Folders at the remote in which the same content lies by the same names. */
  function modelsOf({ file, keys }: Sample): NodeId[] {
    if (file.hash === null) return [];
    const found = store.remote.byHash(file.hash, MOST_CANDIDATES).flatMap((candidate) => {
      let node = store.remote.get(candidate.id);
      for (const key of keys.toReversed()) {
        if (node?.key !== key || node.parent === null) return [];
        node = store.remote.get(node.parent);
      }
      return node === undefined || node.id === ROOT || knownId(node) === null ? [] : [node.id];
    });
    return [...new Set(found)].filter(isLarge);
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
      const due = soonest(dues);
      return due === null ? null : Math.max(1, due - clock.monotonic());
    },
  };
}

export type FolderCopies = ReturnType<typeof createFolderCopies>;
