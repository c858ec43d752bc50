import type { SharedGate } from "../gate.ts";
import { type Remote, RemoteError } from "../ports/remote.ts";
import { pathOf, type Store } from "../ports/store.ts";
import { type NodeId, ROOT } from "../ports/values.ts";
import { createRemoteObserver, type Sent } from "./remote-observer.ts";
import type { Rewritten } from "./rewritten.ts";
import { createUnconfirmed } from "./unconfirmed.ts";

const CURSOR = "cursor";
/** Set while only some pages of what changed are in the tree: things may look deleted that have only moved. */
const HALF_READ = "half-read";
/** More doubtful things than this are not asked for one by one. */
const MOST_LOOKUPS = 50;

/** Brings the remote tree up to date, and keeps its place in the remote's history. */
export function createChangesReader(
  store: Store,
  remote: Remote,
  gate: SharedGate,
  known: { readonly rewritten: Rewritten; readonly sent: Sent },
) {
  const unconfirmed = createUnconfirmed(store);
  /** What is to be done as soon as the tree shows one moment of the remote again. */
  const expectations: (() => void)[] = [];
  const observer = createRemoteObserver(store, remote.names, { unconfirmed, ...known });
  if (unconfirmed.leftOpen()) store.writeMeta(CURSOR, null);

  const isWhole = () => store.readMeta(HALF_READ) === null;

  /**
   * @param seen what a listing from scratch has shown so far, if this belongs to one
   * @returns where it ended, and whether it is to be gone on from there before it is believed: what looks gone, in a first
   * look or between two pages of a listing, may only have moved
   */
  async function readFrom(
    from: string | null,
    look: "first" | "second",
    seen: Set<NodeId> | null,
    signal: AbortSignal,
  ): Promise<{ readonly cursor: string | null; readonly again: boolean }> {
    let again = false;
    let cursor = from;
    for await (const page of remote.changes(from, signal)) {
      again ||=
        look === "first" && (from === null ? page.hasMore : page.changes.some(({ kind }) => kind === "deleted"));
      cursor = page.cursor;
      const isEnd = !page.hasMore && !again;
      store.transaction(() => {
        observer.apply(page, seen);
        // The pages of a listing from scratch are believed together, with what changed meanwhile.
        if (seen !== null && isEnd) observer.removeUnseen(seen);
        if (seen === null || isEnd) store.writeMeta(CURSOR, page.cursor);
        store.writeMeta(HALF_READ, isEnd ? null : "yes");
        if (isWhole()) for (const meet of expectations.splice(0)) meet();
      });
    }
    return { cursor, again };
  }

  async function listFromScratch(signal: AbortSignal): Promise<void> {
    store.writeMeta(CURSOR, null);
    const seen = new Set<NodeId>([ROOT]);
    const listed = await readFrom(null, "first", seen, signal);
    if (!listed.again) return unconfirmed.clear();
    const changed = await readFrom(listed.cursor, "first", seen, signal);
    if (changed.again) await readFrom(changed.cursor, "second", seen, signal);
    await lookUp(unconfirmed.suspects(), signal);
  }

  /** What moved folders had in them, and was not told of at its new place: it is asked for. */
  async function confirm(signal: AbortSignal): Promise<void> {
    const suspects = unconfirmed.suspects();
    if (suspects.length > MOST_LOOKUPS) return listFromScratch(signal);
    await lookUp(suspects, signal);
  }

  async function lookUp(suspects: readonly NodeId[], signal: AbortSignal): Promise<void> {
    if (suspects.length > 0) store.writeMeta(HALF_READ, "yes");
    for (const id of suspects) {
      const node = store.remote.get(id);
      if (node === undefined) continue;
      const there = await remote.lookup(pathOf(store.remote, id), signal);
      if (there?.id !== node.remoteId) store.transaction(() => store.remote.remove(id));
    }
    if (suspects.length > 0) store.writeMeta(HALF_READ, null);
    unconfirmed.settle();
  }

  return {
    /** What a write was answered with is in the tree; `as`: the node that was written. @returns the node that has it now */
    written: observer.written,
    cursor: () => store.readMeta(CURSOR),
    /** Whether the tree shows one moment of the remote: nothing is to be planned by one that does not. */
    complete: isWhole,
    /**
     * A write has done more at the remote than its answer shows: nothing is planned until the changes have told of it, and
     * `meet` was called, within the transaction that makes the tree whole.
     */
    expect(meet: () => void): void {
      store.writeMeta(HALF_READ, "yes");
      expectations.push(meet);
    },
    forgetCursor: () => store.writeMeta(CURSOR, null),
    /** @throws RemoteError `no-root`, `offline`, `revoked` */
    read: (signal: AbortSignal) =>
      gate.alone(async () => {
        try {
          const cursor = store.readMeta(CURSOR);
          if (cursor === null) return await listFromScratch(signal);
          // A move shows as a deletion and a creation, in any order: before a deletion is believed, a second look.
          const first = await readFrom(cursor, "first", null, signal);
          if (first.again) await readFrom(first.cursor, "second", null, signal);
          await confirm(signal);
        } catch (error) {
          if (!(error instanceof RemoteError) || error.code !== "reset") throw error;
          await listFromScratch(signal);
        }
      }),
  };
}

export type ChangesReader = ReturnType<typeof createChangesReader>;
