import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import {
  isRestoreUnfinished,
  type LeftPath,
  openSnapshots,
  type RestoreChoice,
  type Snapshot,
  type Snapshots,
} from "@twinfold/workspaces";
import type { ActivityLog } from "./activity-log.ts";
import type { Applications } from "./applications.ts";
import type { BegunRestores } from "./begun-restores.ts";
import type { DropboxFolders } from "./dropbox-folders.ts";
import { checkStillEditor, type Hierarchy, type PlacedInstance } from "./hierarchy.ts";
import type { Links } from "./links.ts";
import { namedInWords } from "./named-in-words.ts";
import type { Places } from "./places.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import { RequestError } from "./server-error.ts";
import type { SyncManager } from "./sync-manager.ts";
import { createUnfinishedRestores } from "./unfinished-restores.ts";

/** Seconds that Dropbox is given to hand out what it still has, before files are restored. */
const HEAR_OUT = 20;
/** Minutes in which Dropbox is to have become equal to the restored files; an application that starts goes on with it. */
const SETTLE_MINUTES = 30;
/** Seconds between two looks at whether it has. */
const LOOK_EVERY = 10;

export interface Restored {
  readonly safety: Snapshot;
  /** Whether every session was up to date with Dropbox first. */
  readonly reached: boolean;
  /** Where in the restorer's Dropbox a copy of the folder as it was is kept; null where none was asked for, or was no folder. */
  readonly copy: string | null;
  /** Of what was chosen: paths at which there is something else by now, left as they are. */
  readonly left: readonly string[];
  /** What could not be restored; what was there before is there still, or beside it. */
  readonly refused: readonly LeftPath[];
}

/** What is restored, and whether a full copy of what Dropbox has is kept there, beside it. */
type RestoreWish = RestoreChoice & { readonly copyInDropbox?: boolean };

/** Each instance's snapshots, and the way of a restore through applications, sessions and files (SPEC 6.4). */
export function createRestores(parts: {
  readonly hierarchy: Hierarchy;
  readonly places: Places;
  readonly links: Links;
  readonly folders: DropboxFolders;
  readonly sync: SyncManager;
  readonly applications: Applications;
  readonly begun: BegunRestores;
  readonly activity: ActivityLog;
  readonly underWay: RestoresUnderWay;
  readonly log: (message: string) => void;
}) {
  const { places, links, folders, sync, applications, begun, underWay } = parts;
  const opened = new Map<string, Promise<Snapshots>>();
  const settling = new Set<Promise<void>>();
  const unfinished = createUnfinishedRestores({ underWay, log: parts.log });
  let closing = false;

  function of(instanceId: string): Promise<Snapshots> {
    let snapshots = opened.get(instanceId);
    if (snapshots === undefined) {
      snapshots = openSnapshots(
        places.files(instanceId),
        places.snapshots(instanceId),
        (restore) => begun.note(instanceId, restore),
        (refused) => parts.log(`what a restore in instance ${instanceId} could not restore: ${inWords(refused)}`),
      );
      opened.set(instanceId, snapshots);
      // What failed is tried again by whoever asks next.
      snapshots.catch(() => opened.delete(instanceId));
    }
    return snapshots;
  }

  /** Who runs a session there, and who restores, if she has a Dropbox. */
  async function usersToSync(restorers: readonly string[], instanceId: string): Promise<string[]> {
    const users = new Set([...sync.usersIn(instanceId), ...restorers]);
    const linked = await Promise.all([...users].map((user) => links.isLinked(user)));
    return [...users].filter((_, at) => linked[at]);
  }

  /** @returns users of whom not all that their Dropbox had is here now */
  async function hearOut(users: readonly string[], instance: PlacedInstance, reason: string): Promise<string[]> {
    const heard = users.map(async (user) => {
      sync.keep(user, instance, reason);
      const session = await sync.opened(user, instance.id);
      return (await session?.wait(HEAR_OUT)) ?? false;
    });
    const all = await Promise.all(heard);
    return users.filter((_, at) => !all[at]);
  }

  /** Keeps a session until Dropbox is equal to the files. */
  async function settle(userId: string, instance: PlacedInstance, reason: string): Promise<void> {
    const until = Date.now() + SETTLE_MINUTES * 60_000;
    while (!closing && Date.now() < until && applications.of(userId, instance.id).applications.length === 0) {
      const session = await sync.opened(userId, instance.id);
      if (session === null || (await session.wait(LOOK_EVERY))) break;
    }
    if (!closing) await sync.letGo(userId, instance.id, reason);
  }

  return {
    of,
    async restore(
      userId: string,
      instance: PlacedInstance,
      snapshotId: string,
      { copyInDropbox = false, ...choice }: RestoreWish,
    ): Promise<Restored> {
      const snapshots = await of(instance.id);
      // Before anything is stopped for it.
      snapshots.entries(snapshotId, "");
      const end = underWay.begin(instance.id);
      // Who undoes a distribution may never have worked there: nothing is to come to her Dropbox for that.
      const users = await usersToSync(choice.where === undefined ? [userId] : [], instance.id);
      const reason = `restore ${randomUUID()}`;
      let resume: (() => Promise<void>) | undefined;
      try {
        underWay.say(instance.id, "Bringing in what Dropbox still has");
        const unheard = await hearOut(users, instance, reason);
        // Before anything of others is stopped, and right before their files are swapped: both may be long after it began.
        const checkStill = async () => checkStillEditor(await parts.hierarchy.roleIn(userId, instance.id));
        await checkStill();
        underWay.say(instance.id, "Stopping applications and sync");
        await applications.stopAll(instance.id);
        resume = await sync.suspend(new Set([instance.id]));
        let copy: string | null = null;
        if (copyInDropbox) {
          underWay.say(instance.id, "Copying the folder in your Dropbox");
          copy = await folders.keepCopy(userId, instance.remotePath, "before a restore");
        }
        underWay.say(instance.id, "Saving the files as they are, then restoring");
        let left: readonly string[] = [];
        // Where only some files were chosen, the others go on as they are.
        const isWhole = choice.paths === undefined && choice.where === undefined;
        const { refused, ...safety } = await snapshots.restore(snapshotId, {
          ...choice,
          word: begun.word({ users, unheard: isWhole ? unheard : [] }),
          meant: async (_gone, stays) => {
            await checkStill();
            left = stays;
          },
        });
        // The safety snapshot bears the words of the one that was restored.
        const named = safety.note === "" ? "from a snapshot" : `from the snapshot "${safety.note}"`;
        const from = copy === null ? named : `${named}; what Dropbox had is kept there, in ${copy}`;
        const butFor = refused.length === 0 ? "" : `; what could not be restored: ${inWords(refused)}`;
        // Who undoes a distribution says so by the paths that she chose for it.
        for (const path of choice.where === undefined ? (choice.paths ?? [""]) : []) {
          parts.activity.note(userId, instance.id, { action: "restore", path, reason: `${from}${butFor}` });
        }
        return { safety, reached: unheard.length === 0, copy, left, refused };
      } catch (error) {
        if (!snapshots.isUnfinished()) throw error;
        parts.log(`${instance.remotePath}: a restore has stopped half way: ${error}`);
        throw halfWay();
      } finally {
        const goOn = async () => {
          end();
          await resume?.();
          for (const user of users) {
            const settled: Promise<void> = settle(user, instance, reason)
              .catch((error: unknown) => parts.log(`${instance.remotePath}: ${error}`))
              .finally(() => settling.delete(settled));
            settling.add(settled);
          }
        };
        // What syncs now would carry files that are neither the ones nor the others.
        if (snapshots.isUnfinished()) unfinished.goOn(instance.id, snapshots.finish, goOn);
        else await goOn();
      }
    },
    /** A snapshot of another instance: it is among this one's from then on, and restored from there. */
    async restoreInto(
      userId: string,
      instance: PlacedInstance,
      { from, snapshotId }: { readonly from: PlacedInstance; readonly snapshotId: string },
      wish: RestoreWish,
    ): Promise<Restored> {
      const snapshots = await of(instance.id);
      const whole = (await of(from.id)).whole(snapshotId);
      underWay.check(instance.id);
      const { note, takenAt } = whole.saved;
      const name = note === "" ? `Snapshot of ${takenAt.slice(0, 10)}` : note;
      await snapshots.adopt(whole, `${name} (${from.organization} › ${from.space} › ${from.name})`);
      return this.restore(userId, instance, snapshotId, wish);
    },
    /** The instance is deleted: so are its snapshots, once nothing is done with them any more. */
    async remove(instanceId: string): Promise<void> {
      await (await opened.get(instanceId)?.catch(() => undefined))?.close();
      opened.delete(instanceId);
      await rm(places.snapshots(instanceId), { recursive: true, force: true });
    },
    /** After a start, before anything else touches files: what was cut short is finished or undone. */
    async recover(): Promise<void> {
      const folder = places.allSnapshots;
      for (const instanceId of existsSync(folder) ? readdirSync(folder) : []) {
        await of(instanceId).catch((error: unknown) => {
          parts.log(`the snapshots of instance ${instanceId} can't be opened: ${error}`);
        });
        if (!isRestoreUnfinished(places.snapshots(instanceId))) continue;
        const end = underWay.begin(instanceId);
        const resume = await sync.suspend(new Set([instanceId]));
        const finish = async () => (await of(instanceId)).finish();
        unfinished.goOn(instanceId, finish, async () => {
          end();
          await resume();
        });
      }
    },
    /** The server ends: sessions are not waited for any more. */
    letGo(): void {
      closing = true;
      unfinished.letGo();
    },
    async closeAll(): Promise<void> {
      await unfinished.close();
      await Promise.all(settling);
      for (const snapshots of opened.values()) await (await snapshots).close();
    },
  };
}

const halfWay = () =>
  new RequestError(
    503,
    "half-restored",
    "The restore has stopped half way, by something on the server's disk. It is gone on with every ten seconds; until it is done, nothing runs or syncs here. Whoever runs the server finds why in its log.",
  );

const inWords = (refused: readonly LeftPath[]) => namedInWords(refused.map(({ path, why }) => `"${path}" (${why})`));

export type Restores = ReturnType<typeof createRestores>;
