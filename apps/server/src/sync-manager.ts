import { mkdirSync } from "node:fs";
import type { SyncDetails, SyncStatus } from "@twinfold/api";
import { type RelativePath, RemoteError } from "@twinfold/engine";
import { UnsealError } from "@twinfold/host";
import { openSyncSession, SessionError, type SyncSession } from "@twinfold/session";
import type { DropboxFolders } from "./dropbox-folders.ts";
import type { PlacedInstance } from "./hierarchy.ts";
import type { Links } from "./links.ts";
import type { LiveEvents } from "./live-events.ts";
import type { Pauses } from "./pauses.ts";
import type { Places } from "./places.ts";
import type { RestoredDeletions } from "./restored-deletions.ts";

/** Pauses between tries to open a session that failed, in milliseconds. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
/** How long a command's answer waits for the session to be as it was told, in milliseconds. */
const HEEDED_WITHIN = 5_000;
/** Seconds in which a session that looks again is to have found something. */
const LOOK_SECONDS = 30;

interface Slot {
  readonly userId: string;
  readonly instance: PlacedInstance;
  session: SyncSession | null;
  status: SyncStatus;
  retry: NodeJS.Timeout | null;
  pause: number;
  ended: boolean;
  opening: Promise<void>;
}

const blank = (state: SyncStatus["state"], message: string | null = null): SyncStatus => ({
  state,
  message,
  pending: { up: 0, down: 0 },
  conflicts: 0,
  notSynced: 0,
  held: 0,
  lastSyncedAt: null,
  progress: null,
});

/** Held deletions that are named in an instance's details. */
const MOST_HELD_TOLD = 200;

/** One sync session for each user and instance in which her application runs, from the moment that her Dropbox is linked. */
export function createSyncManager(parts: {
  readonly links: Links;
  readonly pauses: Pauses;
  readonly folders: DropboxFolders;
  readonly restoredDeletions: RestoredDeletions;
  readonly events: LiveEvents;
  readonly places: Places;
  readonly dropboxUrl: string | undefined;
  readonly log: (message: string) => void;
}) {
  const slots = new Map<string, Slot>();
  /** Of what ended a moment ago and still flushes: whatever begins there waits for it. */
  const closing = new Map<string, Promise<void>>();
  const slotKey = (userId: string, instanceId: string) => `${userId} ${instanceId}`;

  function publish(slot: Slot, status: SyncStatus): void {
    slot.status = status;
    parts.events.tell(slot.userId, "sync", { instanceId: slot.instance.id, status });
  }

  async function open(slot: Slot): Promise<void> {
    const { userId, instance } = slot;
    try {
      const link = await parts.links.open(userId);
      if (link === null || slot.ended) {
        publish(slot, blank(link === null ? "not linked" : "stopped"));
        return;
      }
      publish(slot, blank("syncing"));
      const root = parts.places.files(instance.id);
      mkdirSync(root, { recursive: true });
      const paused = await parts.pauses.has(userId, instance.id);
      await parts.folders.follow(userId, instance);
      const session = await openSyncSession({
        root,
        remotePath: instance.remotePath,
        stateFolder: parts.places.engineState(userId, instance.id),
        link: { ...parts.links.app, ...link },
        dropboxUrl: parts.dropboxUrl,
        onWarning: (message) => parts.log(`${instance.remotePath}: ${message}`),
      });
      if (paused) session.pause();
      slot.session = session;
      slot.pause = FIRST_PAUSE;
      await parts.restoredDeletions.attend(userId, instance.id, session);
      session.onStatus((status) => {
        const now = session.status().state === status.state ? status : session.status();
        // What has not begun yet says that it is stopped: for its user it has begun.
        if (!slot.ended && slot.session === session && now.state !== "stopped") publish(slot, now);
      });
    } catch (error) {
      if (error instanceof UnsealError) {
        publish(slot, blank("reconnect", "The key that this server seals links with has changed: connect again."));
        return;
      }
      if (error instanceof RemoteError && error.code === "revoked") {
        publish(slot, blank("reconnect", error.message));
        return;
      }
      parts.log(`${instance.remotePath}: sync can't begin: ${error instanceof Error ? error.message : error}`);
      publish(slot, blank("needs attention", whyNotBegun(error)));
      if (slot.ended) return;
      slot.retry = setTimeout(() => {
        slot.opening = open(slot);
      }, slot.pause);
      slot.pause = Math.min(slot.pause * 2, LONGEST_PAUSE);
    }
  }

  function close(slot: Slot): Promise<void> {
    const key = slotKey(slot.userId, slot.instance.id);
    const ended = (async () => {
      slot.ended = true;
      if (slot.retry !== null) clearTimeout(slot.retry);
      await slot.opening;
      await slot.session?.stop();
    })();
    closing.set(key, ended);
    return ended.finally(() => {
      if (closing.get(key) === ended) closing.delete(key);
    });
  }

  return {
    /** An application runs in the instance: sync begins, if a Dropbox is linked. */
    start(userId: string, instance: PlacedInstance): void {
      if (slots.has(slotKey(userId, instance.id))) return;
      const slot: Slot = {
        userId,
        instance,
        session: null,
        status: blank("linking"),
        retry: null,
        pause: FIRST_PAUSE,
        ended: false,
        opening: Promise.resolve(),
      };
      slots.set(slotKey(userId, instance.id), slot);
      slot.opening = (closing.get(slotKey(userId, instance.id)) ?? Promise.resolve())
        .catch((error: unknown) => parts.log(`${instance.remotePath}: ${error}`))
        .then(() => open(slot));
    },
    /** What runs already, for itself after a restore, ends first: its user may have deleted the engine's state since. */
    restart(userId: string, instance: PlacedInstance): void {
      this.stop(userId, instance.id).catch((error: unknown) => parts.log(`${instance.remotePath}: ${error}`));
      this.start(userId, instance);
    },
    /** The last application ended: the last changes are flushed, then sync ends. */
    async stop(userId: string, instanceId: string): Promise<void> {
      const slot = slots.get(slotKey(userId, instanceId));
      if (slot === undefined) return;
      slots.delete(slotKey(userId, instanceId));
      await close(slot);
      parts.events.tell(userId, "sync", { instanceId, status: await this.status(userId, instanceId) });
    },
    /** The user linked a Dropbox, or another one: what runs is synced with it from now on. */
    async relink(userId: string): Promise<void> {
      for (const slot of [...slots.values()].filter((one) => one.userId === userId)) {
        await close(slot);
        slots.delete(slotKey(userId, slot.instance.id));
        this.start(userId, slot.instance);
      }
    },
    /**
     * Ends the sessions in some instances, while what they keep in sync is given other names. They are no less wanted: an
     * application that starts meanwhile waits for them. @returns to be called with the instances as they are then
     */
    async suspend(instanceIds: ReadonlySet<string>): Promise<(paths: ReadonlyMap<string, string>) => Promise<void>> {
      const held = [...slots.values()].filter((slot) => instanceIds.has(slot.instance.id));
      // Those too whose application ended a moment ago: what they still send would make the old folder anew.
      const flushing = [...closing].filter(([key]) => instanceIds.has(key.split(" ")[1] ?? "")).map(([, end]) => end);
      await Promise.allSettled([...held.map(close), ...flushing]);
      return async (paths) => {
        const restart = [...slots.values()].map(async (slot) => {
          const { userId, instance, ended } = slot;
          const remotePath = paths.get(instance.id);
          if (remotePath === undefined) return;
          // What began meanwhile may have read the names from before.
          if (!ended && remotePath === instance.remotePath) return;
          await close(slot);
          // Its application may have ended by now.
          if (slots.get(slotKey(userId, instance.id)) !== slot) return;
          slots.delete(slotKey(userId, instance.id));
          this.start(userId, { ...instance, remotePath });
        });
        await Promise.all(restart);
      };
    },
    /** Something outside says that what a user's sessions know of Dropbox may be out of date. */
    lookAgain(userId: string): void {
      for (const { session, status } of [...slots.values()].filter((one) => one.userId === userId)) {
        if (status.state !== "reconnect") void session?.wait(LOOK_SECONDS);
      }
    },
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
      return blank((await parts.links.isLinked(userId)) ? "stopped" : "not linked");
    },
    async details(userId: string, instanceId: string): Promise<SyncDetails> {
      const session = slots.get(slotKey(userId, instanceId))?.session;
      const { operations } = (await session?.plan()) ?? { operations: [] };
      const held = operations.filter((one) => one.held === true).slice(0, MOST_HELD_TOLD);
      return {
        status: await this.status(userId, instanceId),
        held: held.map(({ path, direction }) => ({ path, side: direction === "up" ? "remote" : "local" })),
        notSynced: [...(session?.notSynced() ?? [])],
        conflicts: [...(session?.conflicts() ?? [])],
      };
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
    session: (userId: string, instanceId: string) => slots.get(slotKey(userId, instanceId))?.session ?? null,
    /** The platform changed files of an instance itself: every session there looks at once. */
    announce(instanceId: string, paths: readonly string[]): void {
      for (const slot of slots.values()) {
        if (slot.instance.id === instanceId) slot.session?.announce(paths as readonly RelativePath[]);
      }
    },
    async closeAll(): Promise<void> {
      await Promise.all([...[...slots.values()].map(close), ...closing.values()]);
      slots.clear();
    },
  };
}

/** For the user, who knows nothing of this server's processes and folders; the log has the rest. */
function whyNotBegun(error: unknown): string {
  if (error instanceof SessionError && error.code === "lease-held") {
    return "Another program keeps these files in sync with this account; this one takes over when that has ended.";
  }
  if (error instanceof RemoteError) return error.message;
  return "Sync could not begin; it is tried again. Whoever runs this server finds the reason in its log.";
}

/** Gives a command, and waits until the session's state says so, or has had time enough. */
function heeded(session: SyncSession, command: () => void, paused: boolean): Promise<void> {
  return new Promise((resolve) => {
    command();
    const stop = session.onStatus(({ state }) => {
      if ((state === "paused") === paused) queueMicrotask(end);
    });
    const timer = setTimeout(end, HEEDED_WITHIN);
    function end(): void {
      clearTimeout(timer);
      stop();
      resolve();
    }
  });
}

export type SyncManager = ReturnType<typeof createSyncManager>;
