import { IGNORE_FILE } from "../ignore-file.ts";
import { isTransient } from "../plan/names.ts";
import type { Operation } from "../plan/operation.ts";
import type { LocalNode, RemoteNode, Store } from "../ports/store.ts";
import { type NodeId, ROOT } from "../ports/values.ts";
import type { EngineSettings } from "../settings.ts";
import { createNodesByFolder } from "./by-folder.ts";
import type { Situation } from "./situation.ts";

type Side = Operation["side"];
const SIDES = ["local", "remote"] as const;
/** Less than one part in so many of all is no room: each time that some files are let in, a plan is made for them. */
const PARTS = 4;

export interface BacklogParts {
  readonly store: Pick<Store, "local" | "remote" | "synced" | "changed">;
  readonly situation: Situation;
  readonly underWay: ReadonlyMap<NodeId, Operation>;
  readonly settings: Pick<EngineSettings, "transfersAtATime" | "agreedAtATime" | "oneWay">;
  /** Whether it was tried, and is to be tried again: it waits for that already. */
  readonly isTried: (id: NodeId) => boolean;
  /** It has changed, and waits from now on. */
  readonly putOff: (id: NodeId) => void;
  /** Whether nothing can be done about it for now: it takes nobody's room. */
  readonly isFailing: (id: NodeId) => boolean;
}

/** How many files wait, and how many bytes they have. */
export interface Waiting {
  readonly files: number;
  readonly bytes: number;
}

/**
 * New files that wait for their turn to be planned. What is planned and carried out costs kilobytes a file, what waits here
 * some bytes: so the first sync of a million files needs no more memory than that of some thousands. Only what is nothing
 * but new waits: neither on the other side nor in what was synced. All else is planned whenever it changes; for that, a
 * file that waits here is like one that is under way.
 */
export function createBacklog({ store, situation, underWay, settings, isTried, putOff, isFailing }: BacklogParts) {
  const { local, remote, synced, changed } = store;
  const most = settings.transfersAtATime;
  /** By the side that they go to. */
  const waiting = { local: createNodesByFolder(), remote: createNodesByFolder() };
  let bytes = 0;
  /** What was left to do after the last plan: it has its turn already. */
  let planned: ReadonlySet<NodeId> = new Set();

  const nodeOf = (id: NodeId): LocalNode | RemoteNode | undefined => local.get(id) ?? remote.get(id);
  const files = () => waiting.local.size + waiting.remote.size;

  /** A file that is nothing but new, and the side that it is new for; null for all else. */
  function newFile(id: NodeId): { readonly side: Side; readonly parent: NodeId; readonly size: number } | null {
    const [onDisk, there] = [local.get(id), remote.get(id)];
    const node = onDisk ?? there;
    if (node?.kind !== "file" || node.hash === null || (onDisk !== undefined && there !== undefined)) return null;
    const { parent, name, size } = node;
    if (parent === null || isTransient(name) || (parent === ROOT && name === IGNORE_FILE)) return null;
    if (synced.get(id) !== undefined || isTried(id)) return null;
    if (onDisk !== undefined) return { side: "remote", parent, size };
    // Where only Dropbox follows, what is new there stays there.
    return settings.oneWay ? null : { side: "local", parent, size };
  }

  /** How many more may be planned and under way, to each side. */
  function room(): Record<Side, number> {
    const left = { local: most, remote: most };
    const count = ({ side, kind, node }: Operation) => {
      if (kind === "transfer" && !isFailing(node)) left[side]--;
    };
    for (const operation of underWay.values()) count(operation);
    for (const operations of [situation.outlook.ready, situation.outlook.waiting])
      for (const operation of operations) if (!underWay.has(operation.node)) count(operation);
    return left;
  }

  /** How many of those that wait may go now. */
  function turns(): Record<Side, number> {
    if (files() === 0) return { local: 0, remote: 0 };
    const left = room();
    for (const side of SIDES) {
      const { size } = waiting[side];
      if (size === 0 || left[side] < Math.min(Math.ceil(most / PARTS), size)) left[side] = 0;
    }
    return left;
  }

  function take(id: NodeId): void {
    if (!waiting.local.remove(id) && !waiting.remote.remove(id)) return;
    // What it had when it came; where that has changed since, the sum is right again at the next end.
    bytes = files() === 0 ? 0 : Math.max(0, bytes - (nodeOf(id)?.size ?? 0));
  }

  return {
    /** Lets new files wait that are more than there is room for; between the parts of that, others may have their turn. */
    *hold(): Generator<void, void, void> {
      if (changed.size === 0) return;
      // Something is new about these: they are planned.
      if (files() > 0) for (const id of changed) take(id);
      const left = room();
      if (changed.size <= Math.min(left.local, left.remote)) return;
      let looked = 0;
      for (const id of [...changed].sort((a, b) => a - b)) {
        if (++looked % settings.agreedAtATime === 0) yield;
        const file = planned.has(id) || !changed.has(id) ? null : newFile(id);
        if (file === null || left[file.side]-- > 0) continue;
        waiting[file.side].add(id, file.parent);
        bytes += file.size;
        changed.delete(id);
        putOff(id);
      }
    },
    /** Puts those back whose turn it is. @returns whether there were any */
    letIn(): boolean {
      const left = turns();
      const some = SIDES.some((side) => left[side] > 0);
      for (const side of SIDES) {
        for (const ids of waiting[side].folders.values()) {
          if (left[side] <= 0) break;
          for (const id of [...ids]) {
            // Dropbox gives a folder at once that is wanted whole: one that was begun goes on for a while.
            if (left[side]-- <= -most) break;
            take(id);
            changed.add(id);
          }
        }
      }
      return some;
    },
    /** A plan was made of all that had changed. */
    planned(): void {
      planned = new Set(changed);
    },
    /** Whether there is room for some. */
    isDue(): boolean {
      const left = turns();
      return SIDES.some((side) => left[side] > 0);
    },
    has: (id: NodeId): boolean => waiting.local.has(id) || waiting.remote.has(id),
    count: (side: Side): number => waiting[side].size,
    total: (): Waiting => ({ files: files(), bytes }),
    /** In which folders some wait, and how many. */
    *folders(): Generator<readonly [folder: NodeId, count: number]> {
      for (const side of SIDES) for (const [folder, ids] of waiting[side].folders) yield [folder, ids.size];
    },
    /** What is to be done with those that wait, as a plan would have it. */
    *operations(): Generator<Operation> {
      for (const side of SIDES) {
        for (const ids of waiting[side].folders.values()) {
          for (const id of ids) {
            const node = nodeOf(id);
            if (node?.parent == null) continue;
            const reason = side === "remote" ? "new on disk" : "new in Dropbox";
            yield { side, kind: "transfer", node: id, parent: node.parent, name: node.name, reason };
          }
        }
      }
    },
  };
}

export type Backlog = ReturnType<typeof createBacklog>;
