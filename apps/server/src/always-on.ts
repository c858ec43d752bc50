import type { Hierarchy, PlacedInstance } from "./hierarchy.ts";
import type { Marks } from "./marks.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import type { SyncManager } from "./sync-manager.ts";

const REASON = "always on";

/** Instances that a user has set to *always on*: her sync runs there whether an application does or not (SPEC R8). */
export function createAlwaysOn(parts: {
  readonly marks: Marks;
  readonly hierarchy: Hierarchy;
  readonly sync: SyncManager;
  readonly restoresUnderWay: RestoresUnderWay;
}) {
  const { marks, hierarchy, sync, restoresUnderWay } = parts;

  /** Sync begins wherever it is to run, and may. What a user may not do at present is kept for when she may again. */
  async function resume(isMeant: (mark: { readonly userId: string; readonly instanceId: string }) => boolean) {
    for (const mark of (await marks.all()).filter(isMeant)) {
      if ((await hierarchy.roleIn(mark.userId, mark.instanceId)) === null) continue;
      sync.keep(mark.userId, await hierarchy.instance(mark.userId, mark.instanceId), REASON);
    }
  }

  return {
    has: marks.has,
    /** @throws RequestError 409 while a snapshot is restored */
    async set(userId: string, instance: PlacedInstance, on: boolean): Promise<void> {
      if (!on) {
        await marks.set(userId, instance.id, false);
        await sync.letGo(userId, instance.id, REASON);
        return;
      }
      restoresUnderWay.check(instance.id);
      await marks.set(userId, instance.id, true);
      sync.keep(userId, instance, REASON);
    },
    /** After a start. */
    resumeAll: () => resume(() => true),
    /** Roles in these instances are other than they were, or the instances are back from an archive. */
    resumeIn: (instanceIds: ReadonlySet<string>) => resume(({ instanceId }) => instanceIds.has(instanceId)),
    /** The user has a role that she had not. */
    resumeOf: (userId: string) => resume((mark) => mark.userId === userId),
  };
}

export type AlwaysOn = ReturnType<typeof createAlwaysOn>;
