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

  /** @returns whether a second look is needed: something was deleted in what was read, and that was the first look. */
  async function readFrom(cursor: string | null, look: "first" | "second", signal: AbortSignal): Promise<boolean> {
    const seen = cursor === null ? new Set<NodeId>([ROOT]) : null;
    let deleted = false;
    for await (const page of remote.changes(cursor, signal)) {
      deleted ||= look === "first" && page.changes.some((change) => change.kind === "deleted");
      store.transaction(() => {
        observer.apply(page, seen);
        // The pages of a listing from scratch are believed together, at its end.
        if (seen !== null && !page.hasMore) observer.removeUnseen(seen);
        if (seen === null || !page.hasMore) store.writeMeta(CURSOR, page.cursor);
        store.writeMeta(HALF_READ, page.hasMore || deleted ? "yes" : null);
        if (isWhole()) for (const meet of expectations.splice(0)) meet();
      });
    }
    return deleted;
  }

  async function listFromScratch(signal: AbortSignal): Promise<void> {
    store.writeMeta(CURSOR, null);
    await readFrom(null, "second", signal);
    unconfirmed.clear();
  }

  /** What moved folders had in them, and was not told of at its new place: it is asked for. */
  async function confirm(signal: AbortSignal): Promise<void> {
    const suspects = unconfirmed.suspects();
    if (suspects.length > MOST_LOOKUPS) return listFromScratch(signal);
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
          if (await readFrom(cursor, "first", signal)) await readFrom(store.readMeta(CURSOR), "second", signal);
          await confirm(signal);
        } catch (error) {
          if (!(error instanceof RemoteError) || error.code !== "reset") throw error;
          await listFromScratch(signal);
        }
      }),
  };
}

export type ChangesReader = ReturnType<typeof createChangesReader>;
