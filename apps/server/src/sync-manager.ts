import { mkdirSync } from "node:fs";
import type { SyncDetails, SyncStatus } from "@twinfold/api";
import type { RelativePath } from "@twinfold/engine";
import { openSyncSession, type SyncSession } from "@twinfold/session";
import type { ActivityLog } from "./activity-log.ts";
import type { Bandwidth } from "./bandwidth.ts";
import type { DropboxFolders } from "./dropbox-folders.ts";
import { whyNotBegun, whyToLinkAgain, withoutEngine } from "./engineless-status.ts";
import type { EpochCounter } from "./epochs.ts";
import { heeded } from "./heeded.ts";
import type { Hierarchy, PlacedInstance } from "./hierarchy.ts";
import type { Links } from "./links.ts";
import type { LiveEvents } from "./live-events.ts";
import type { Marks } from "./marks.ts";
import type { Places } from "./places.ts";
import type { RestoredDeletions } from "./restored-deletions.ts";
import { detailsOf } from "./sync-details.ts";
import { tellingBeside } from "./told-beside.ts";

/** Pauses between tries to open a session that failed, in milliseconds. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
/** Seconds in which a session that looks again is to have found something. */
const LOOK_SECONDS = 30;

interface Slot {
  readonly userId: string;
  readonly instance: PlacedInstance;
  /** What it runs for: an application's id, *always on*, a restore. */
  readonly reasons: Set<string>;
  /** What its user might do when it was opened: a viewer's Dropbox follows the files, and never the reverse (SPEC 1.2). */
  role: PlacedInstance["role"] | null;
  session: SyncSession | null;
  status: SyncStatus;
  retry: NodeJS.Timeout | null;
  pause: number;
  /** It is ended, or on its way there; one that is among the slots begins anew. */
  ended: boolean;
  opening: Promise<void>;
}

/** One sync session for each user and instance, for as long as there is a reason for it and a Dropbox is linked. */
export function createSyncManager(parts: {
  readonly links: Links;
  readonly pauses: Marks;
  readonly hierarchy: Hierarchy;
  readonly folders: DropboxFolders;
  readonly restoredDeletions: RestoredDeletions;
  readonly epochs: EpochCounter;
  readonly activity: ActivityLog;
  readonly bandwidth: Bandwidth;
  readonly events: LiveEvents;
  readonly places: Places;
  readonly dropboxUrl: string | undefined;
  readonly rescanEvery: number | undefined;
  readonly log: (message: string) => void;
}) {
  const slots = new Map<string, Slot>();
  /** What ended a moment ago and still flushes: whatever begins there waits for it. */
  const closing = new Map<string, { readonly slot: Slot; readonly ended: Promise<void> }>();
  /** Instances in which nothing may run at present. */
  const suspensions = new Set<ReadonlySet<string>>();
  const slotKey = (userId: string, instanceId: string) => `${userId} ${instanceId}`;
  const keyOf = ({ userId, instance }: Slot) => slotKey(userId, instance.id);

  function publish(slot: Slot, status: SyncStatus): void {
    slot.status = status;
    parts.events.tell(slot.userId, "sync", { instanceId: slot.instance.id, status });
  }

  /** Every session of an instance looks at once, but for the one that knows. */
  function announce(instanceId: string, paths: readonly string[], by?: Slot): void {
    for (const slot of slots.values()) {
      if (slot.instance.id === instanceId && slot !== by) slot.session?.announce(paths as readonly RelativePath[]);
    }
  }

  async function open(slot: Slot): Promise<void> {
    const { userId, instance } = slot;
    try {
      slot.role = await parts.hierarchy.roleIn(userId, instance.id);
      // Whatever it is for: who may not look at the files has none of them in her Dropbox.
      if (slot.role === null) {
        slot.ended = true;
        if (slots.get(keyOf(slot)) === slot) slots.delete(keyOf(slot));
      }
      const link = await parts.links.open(userId);
      if (link === null || slot.ended) {
        publish(slot, withoutEngine(link === null ? "not linked" : "stopped"));
        return;
      }
      publish(slot, withoutEngine("syncing"));
      const root = parts.places.files(instance.id);
      mkdirSync(root, { recursive: true });
      const paused = await parts.pauses.has(userId, instance.id);
      await parts.folders.follow(userId, instance);
      if (slot.ended) return;
      const session = await openSyncSession({
        root,
        remotePath: instance.remotePath,
        stateFolder: parts.places.engineState(userId, instance.id),
        link: { ...parts.links.app, ...link },
        dropboxUrl: parts.dropboxUrl,
        oneWay: slot.role === "viewer",
        rescanEvery: parts.rescanEvery,
        epochs: await parts.epochs.of(userId, instance.id),
        throttle: await parts.bandwidth.throttle(userId),
        onWarning: (message) => parts.log(`${instance.remotePath}: ${message}`),
      });
      parts.activity.follow(userId, instance.id, session);
      session.onActivity(tellingBeside((paths) => announce(instance.id, paths, slot)));
      if (paused) session.pause();
      slot.session = session;
      await heedSince(slot, session, paused);
      slot.pause = FIRST_PAUSE;
      await parts.restoredDeletions.attend(userId, instance.id, session);
      session.onStatus((status) => {
        const now = session.status().state === status.state ? status : session.status();
        // What has not begun yet says that it is stopped: for its user it has begun.
        if (!slot.ended && slot.session === session && now.state !== "stopped") publish(slot, now);
      });
    } catch (error) {
      const relink = whyToLinkAgain(error);
      if (relink !== null) {
        publish(slot, withoutEngine("reconnect", relink));
        return;
      }
      parts.log(`${instance.remotePath}: sync can't begin: ${error instanceof Error ? error.message : error}`);
      publish(slot, withoutEngine("needs attention", whyNotBegun(error)));
      if (slot.ended) return;
      slot.retry = setTimeout(() => {
        slot.retry = null;
        slot.opening = open(slot);
      }, slot.pause);
      slot.pause = Math.min(slot.pause * 2, LONGEST_PAUSE);
    }
  }

  /** The user may have said something else while it was opened, when there was no session yet to be told. */
  async function heedSince({ userId, instance }: Slot, session: SyncSession, paused: boolean): Promise<void> {
    const now = await parts.pauses.has(userId, instance.id);
    if (now === paused) return;
    if (now) session.pause();
    else session.resume();
  }

  /** @param flushSeconds how long its last changes may take; when it is closing already, the sooner holds */
  function close(slot: Slot, flushSeconds?: number): Promise<void> {
    const key = keyOf(slot);
    const ended = (async () => {
      slot.ended = true;
      if (slot.retry !== null) clearTimeout(slot.retry);
      await slot.opening;
      await slot.session?.stop(flushSeconds);
    })();
    closing.set(key, { slot, ended });
    return ended.finally(() => {
      if (closing.get(key)?.ended === ended) closing.delete(key);
    });
  }

  const isSuspended = (instanceId: string) => [...suspensions].some((ids) => ids.has(instanceId));

  function begin(userId: string, instance: PlacedInstance, reasons: Set<string>): void {
    const slot: Slot = {
      userId,
      instance,
      reasons,
      role: null,
      session: null,
      status: withoutEngine("linking"),
      retry: null,
      pause: FIRST_PAUSE,
      ended: isSuspended(instance.id),
      opening: Promise.resolve(),
    };
    slots.set(keyOf(slot), slot);
    if (slot.ended) return;
    slot.opening = (closing.get(keyOf(slot))?.ended ?? Promise.resolve())
      .catch((error: unknown) => parts.log(`${instance.remotePath}: ${error}`))
      .then(() => open(slot));
  }

  /** Ends a session and begins it anew, unless there is no reason for it left by then. */
  async function renew(slot: Slot, instance = slot.instance, flushSeconds?: number): Promise<void> {
    await close(slot, flushSeconds).catch((error: unknown) => parts.log(`${instance.remotePath}: ${error}`));
    if (slots.get(keyOf(slot)) === slot) begin(slot.userId, instance, slot.reasons);
  }

  return {
    /**
     * From now on there is this reason to sync the instance; what runs goes on undisturbed. What can't go on, perhaps because
     * its user has deleted the engine's state, begins anew, and what could not begin tries again at once.
     */
    keep(userId: string, instance: PlacedInstance, reason: string): void {
      const slot = slots.get(slotKey(userId, instance.id));
      if (slot === undefined) begin(userId, instance, new Set([reason]));
      slot?.reasons.add(reason);
      if (slot === undefined || slot.ended) return;
      if (slot.session?.isSound() === false) void renew(slot);
      else if (slot.retry !== null) {
        clearTimeout(slot.retry);
        slot.retry = null;
        slot.opening = open(slot);
      }
    },
    /** This reason holds no longer: with the last one the session ends, once the last changes are flushed. */
    async letGo(userId: string, instanceId: string, reason: string): Promise<void> {
      const slot = slots.get(slotKey(userId, instanceId));
      if (slot === undefined || !slot.reasons.delete(reason) || slot.reasons.size > 0) return;
      slots.delete(keyOf(slot));
      await close(slot);
      parts.events.tell(userId, "sync", { instanceId, status: await this.status(userId, instanceId) });
    },
    /**
     * In these instances roles are other than they were: sessions that nobody may have end, those too that ended a moment
     * ago and still flush; what somebody may have otherwise begins anew as she may.
     * @param flushSeconds with 0 nothing reaches the Dropboxes of those that end, once this has resolved
     */
    async heedRoles(instanceIds: ReadonlySet<string>, flushSeconds?: number): Promise<void> {
      const all = new Set([...slots.values(), ...[...closing.values()].map(({ slot }) => slot)]);
      const ends = [...all].map(async (slot) => {
        const { userId, instance } = slot;
        if (!instanceIds.has(instance.id)) return;
        const role = await parts.hierarchy.roleIn(userId, instance.id);
        if (role === slot.role && role !== null) return;
        if (role !== null) return renew(slot, { ...instance, role }, flushSeconds);
        if (slots.get(keyOf(slot)) === slot) slots.delete(keyOf(slot));
        await close(slot, flushSeconds);
        parts.events.tell(userId, "sync", { instanceId: instance.id, status: withoutEngine("stopped") });
      });
      await Promise.all(ends);
    },
    /** The user linked a Dropbox, or another one: what runs is synced with it from now on. */
    async relink(userId: string): Promise<void> {
      for (const slot of [...slots.values()]) if (slot.userId === userId && !slot.ended) await renew(slot);
    },
    /**
     * Ends the sessions in some instances, while what they keep in sync is given other names or contents. They are no less
     * wanted: what begins meanwhile waits. @returns to be called when that is over, with the names that are other than before
     */
    async suspend(instanceIds: ReadonlySet<string>): Promise<(paths?: ReadonlyMap<string, string>) => Promise<void>> {
      suspensions.add(instanceIds);
      // Those too that ended a moment ago: what they still send would make the old folder anew.
      const flushing = [...closing.values()].filter(({ slot }) => instanceIds.has(slot.instance.id));
      const held = [...slots.values()].filter((slot) => instanceIds.has(slot.instance.id));
      await Promise.allSettled([...held.map((slot) => close(slot)), ...flushing.map(({ ended }) => ended)]);
      return async (paths) => {
        suspensions.delete(instanceIds);
        const there = [...slots.values()].filter(({ instance }) => instanceIds.has(instance.id));
        await Promise.all(
          there.map((slot) => {
            const { remotePath } = slot.instance;
            return renew(slot, { ...slot.instance, remotePath: paths?.get(slot.instance.id) ?? remotePath });
          }),
        );
      };
    },
    /** Something outside says that what a user's sessions know of Dropbox may be out of date. */
    lookAgain(userId: string): void {
      for (const { session, status } of [...slots.values()].filter((one) => one.userId === userId)) {
        if (status.state !== "reconnect") void session?.wait(LOOK_SECONDS);
      }
    },
    isPaused: (userId: string, instanceId: string): Promise<boolean> => parts.pauses.has(userId, instanceId),
    /** Holds until the user says otherwise, whatever ends meanwhile. Resolves once the session heeds it. */
    async setPaused(userId: string, instanceId: string, paused: boolean): Promise<void> {
      await parts.pauses.set(userId, instanceId, paused);
      const session = this.session(userId, instanceId);
      if (session === null) return;
      await heeded(session, () => (paused ? session.pause() : session.resume()), paused);
    },
    async status(userId: string, instanceId: string): Promise<SyncStatus> {
      const slot = slots.get(slotKey(userId, instanceId));
      if (slot !== undefined) return slot.status;
      return withoutEngine((await parts.links.isLinked(userId)) ? "stopped" : "not linked");
    },
    async details(userId: string, instanceId: string): Promise<SyncDetails> {
      const session = slots.get(slotKey(userId, instanceId))?.session ?? null;
      return { ...(await detailsOf(session)), status: await this.status(userId, instanceId) };
    },
    /** Once it has begun; null when it could not. */
    async opened(userId: string, instanceId: string): Promise<SyncSession | null> {
      const slot = slots.get(slotKey(userId, instanceId));
      await slot?.opening;
      return slot?.session ?? null;
    },
    /** Whose sessions there are in an instance. */
    usersIn: (instanceId: string): string[] =>
      [...slots.values()].filter(({ instance }) => instance.id === instanceId).map(({ userId }) => userId),
    /** Null for one that is being ended, too. */
    session(userId: string, instanceId: string): SyncSession | null {
      const slot = slots.get(slotKey(userId, instanceId));
      return slot === undefined || slot.ended ? null : slot.session;
    },
    /** The platform changed files of an instance itself: every session there looks at once. */
    announce: (instanceId: string, paths: readonly string[]) => announce(instanceId, paths),
    async closeAll(): Promise<void> {
      await Promise.all([
        ...[...slots.values()].map((slot) => close(slot)),
        ...[...closing.values()].map(({ ended }) => ended),
      ]);
      slots.clear();
    },
  };
}

export type SyncManager = ReturnType<typeof createSyncManager>;
