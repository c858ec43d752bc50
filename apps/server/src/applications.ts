import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import type { Application } from "@twinfold/api";
import { startTerminal, type Terminal } from "@twinfold/workspaces";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";
import type { Hierarchy, PlacedInstance } from "./hierarchy.ts";
import type { LiveEvents } from "./live-events.ts";
import type { Places } from "./places.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import { RequestError } from "./server-error.ts";
import type { SyncManager } from "./sync-manager.ts";

interface Running {
  readonly application: Application;
  readonly userId: string;
  readonly terminal: Terminal;
}

/** Users' applications: started, stopped, and started again when the server was ended under them. */
export function createApplications(parts: {
  readonly database: Kysely<Database>;
  readonly hierarchy: Hierarchy;
  readonly places: Places;
  readonly sync: SyncManager;
  readonly events: LiveEvents;
  readonly restoresUnderWay: RestoresUnderWay;
}) {
  const { database, places, sync, events } = parts;
  const running = new Map<string, Running>();

  function find(userId: string, instanceId: string): Running | undefined {
    return [...running.values()].find((one) => one.userId === userId && one.application.instanceId === instanceId);
  }

  function launch(id: string, userId: string, instance: PlacedInstance, startedAt: string): Running {
    const files = places.files(instance.id);
    mkdirSync(files, { recursive: true });
    const terminal = startTerminal({ files, home: places.personal(userId), hidden: places.everything });
    const application: Application = {
      id,
      instanceId: instance.id,
      kind: "terminal",
      state: "running",
      startedAt,
    };
    const one: Running = { application, userId, terminal };
    running.set(id, one);
    terminal.onExit(() => void ended(id));
    sync.keep(userId, instance, id);
    events.tell(userId, "application", { instanceId: instance.id, application });
    return one;
  }

  let closing = false;

  async function ended(id: string): Promise<void> {
    const one = running.get(id);
    if (one === undefined || closing) return;
    running.delete(id);
    // Before anything is waited for: what starts meanwhile has a reason of its own.
    const stopped = sync.letGo(one.userId, one.application.instanceId, id);
    await database.deleteFrom("applications").where("id", "=", id).execute();
    events.tell(one.userId, "application", { instanceId: one.application.instanceId, application: null });
    await stopped;
  }

  /** She may change the instance's files, as whatever runs there does. @throws RequestError 403, 404 */
  async function checkMayRun(userId: string, instanceId: string): Promise<void> {
    const { role } = await parts.hierarchy.instance(userId, instanceId);
    if (role === "editor") return;
    throw new RequestError(
      403,
      "viewer",
      "Applications change files, and you may only look at those of this instance: ask a space administrator for the editor's role.",
    );
  }
  async function end(one: Running): Promise<void> {
    one.terminal.stop();
    await ended(one.application.id);
  }

  return {
    of: (userId: string, instanceId: string): Application | null => find(userId, instanceId)?.application ?? null,
    async start(userId: string, instance: PlacedInstance): Promise<Application> {
      await checkMayRun(userId, instance.id);
      const there = find(userId, instance.id);
      if (there !== undefined) return there.application;
      parts.restoresUnderWay.check(instance.id);
      const row = {
        id: randomUUID(),
        instance_id: instance.id,
        user_id: userId,
        kind: "terminal" as const,
        started_at: new Date().toISOString(),
      };
      await database.insertInto("applications").values(row).execute();
      return launch(row.id, userId, instance, row.started_at).application;
    },
    async stop(userId: string, id: string): Promise<void> {
      const one = running.get(id);
      if (one === undefined || one.userId !== userId)
        throw new RequestError(404, "not-found", "There is no such application.");
      await end(one);
    },
    /** In these instances a role, or all of it, was taken away: what runs without leave ends. */
    async endWithoutLeave(instanceIds: ReadonlySet<string>): Promise<void> {
      const all = [...running.values()].map(async (one) => {
        const { instanceId } = one.application;
        if (instanceIds.has(instanceId) && (await parts.hierarchy.roleIn(one.userId, instanceId)) !== "editor")
          await end(one);
      });
      await Promise.all(all);
    },
    /** Everybody's in an instance. */
    async stopAll(instanceId: string): Promise<void> {
      const there = [...running.values()].filter(({ application }) => application.instanceId === instanceId);
      await Promise.all(there.map(({ userId, application }) => this.stop(userId, application.id)));
    },
    terminal(userId: string, id: string): Terminal | null {
      const one = running.get(id);
      return one === undefined || one.userId !== userId ? null : one.terminal;
    },
    /** After a start: what ran when the server ended runs again, with a shell of its own. */
    async resume(): Promise<void> {
      for (const row of await database.selectFrom("applications").selectAll().execute()) {
        const instance = await parts.hierarchy.instance(row.user_id, row.instance_id).catch(() => null);
        if (instance?.role !== "editor") await database.deleteFrom("applications").where("id", "=", row.id).execute();
        else launch(row.id, row.user_id, instance, row.started_at);
      }
    },
    /** The server ends; the applications are remembered for its next start. */
    closeAll(): void {
      closing = true;
      for (const one of running.values()) one.terminal.stop();
    },
  };
}

export type Applications = ReturnType<typeof createApplications>;
