import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rm, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Application, EndedApplication } from "@twinfold/api";
import type { Exit, Terminal } from "@twinfold/workspaces";
import type { Kysely } from "kysely";
import type { ApplicationAccess } from "./application-access.ts";
import type { ApplicationCatalogue } from "./application-catalogue.ts";
import type { OpenApplicationControl } from "./application-control.ts";
import { pagesPath } from "./application-origin.ts";
import { type ApplicationProcess, startProcess, type WebPages } from "./application-process.ts";
import type { Database } from "./database/schema.ts";
import type { Hierarchy, PlacedInstance } from "./hierarchy.ts";
import { type IdleWatch, watchIdle } from "./idle-stop.ts";
import type { LiveEvents } from "./live-events.ts";
import type { Places } from "./places.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import { RequestError } from "./server-error.ts";
import type { SyncManager } from "./sync-manager.ts";

interface Running {
  readonly id: string;
  readonly userId: string;
  readonly instanceId: string;
  readonly kind: string;
  readonly startedAt: string;
  readonly process: ApplicationProcess;
  readonly idle: IdleWatch;
  /** It was told to end: whatever its exit code, that is no trouble. */
  isStopping: boolean;
  /** Resolves once nothing of it runs any more, and it is put away; null while it runs. */
  over: Promise<void> | null;
}

/** Characters of what an application printed that are shown. */
const SHOWN = 20_000;

/** Users' applications: started, stopped, and started again when the server was ended under them. */
export function createApplications(parts: {
  readonly database: Kysely<Database>;
  readonly hierarchy: Hierarchy;
  readonly places: Places;
  readonly sync: SyncManager;
  readonly events: LiveEvents;
  readonly restoresUnderWay: RestoresUnderWay;
  readonly catalogue: ApplicationCatalogue;
  readonly openControl: OpenApplicationControl;
  readonly access: ApplicationAccess;
  /** Milliseconds after which what nobody uses is stopped; 0 for never. */
  readonly idleLimit: number;
}) {
  const { database, places, sync, events, catalogue, openControl } = parts;
  const running = new Map<string, Running>();
  /** What was told to end, or has, while some of it may still run. */
  const ending = new Set<Running>();
  /** By user, instance and kind. */
  const starting = new Map<string, { readonly instanceId: string; readonly begun: Promise<Running> }>();
  /** What ended by itself and not well, by user, instance and kind. */
  const troubled = new Map<string, { readonly userId: string; readonly instanceId: string; ended: EndedApplication }>();
  const troubleKey = (one: { userId: string; instanceId: string; kind: string }) =>
    `${one.userId} ${one.instanceId} ${one.kind}`;
  // As much as it is: nobody waits for it, and what starts from now on has a folder of another name, also what is started again.
  for (const left of existsSync(places.allTemporary) ? readdirSync(places.allTemporary) : [])
    rm(places.temporary(left), { recursive: true, force: true }, () => undefined);
  // Short, as the path of a socket has to be, and for nobody else to enter.
  const sockets = mkdtempSync(join(tmpdir(), "twinfold-"));

  const isAt = (userId: string, instanceId: string) => (one: { userId: string; instanceId: string }) =>
    one.userId === userId && one.instanceId === instanceId;

  const described = ({ id, instanceId, kind, startedAt, idle }: Running): Application => ({
    id,
    instanceId,
    kind,
    startedAt,
    idleStopAt: idle.endsAt()?.toISOString() ?? null,
  });
  const of = (userId: string, instanceId: string) => ({
    applications: [...running.values()].filter(isAt(userId, instanceId)).map(described),
    ended: [...troubled.values()].filter(isAt(userId, instanceId)).map(({ ended }) => ended),
  });
  const tell = (userId: string, instanceId: string) =>
    events.tell(userId, "application", { instanceId, ...of(userId, instanceId) });
  function noteTrouble(
    of: { readonly userId: string; readonly instanceId: string; readonly kind: string },
    how: Pick<EndedApplication, "exitCode" | "signal" | "output">,
  ): void {
    const { userId, instanceId, kind } = of;
    const ended = { kind, endedAt: new Date().toISOString(), ...how };
    troubled.set(troubleKey(of), { userId, instanceId, ended });
  }
  const outputOf = (terminal: Terminal) => stripVTControlCharacters(terminal.scrollback()).slice(-SHOWN);

  async function launch(row: Database["applications"], instance: PlacedInstance): Promise<Running> {
    const { id, user_id: userId, kind } = row;
    const web = catalogue.find(kind);
    if (web === undefined) throw new RequestError(404, "not-found", "There is no such kind of application here.");
    const base = pagesPath(instance.id, id);
    const process = await startProcess({
      id,
      userId,
      instanceId: instance.id,
      web,
      base,
      places,
      sockets,
      openControl,
    });
    try {
      // Both may have changed while it was started, when there was nothing yet to be ended.
      await checkMayRun(userId, instance.id);
      parts.restoresUnderWay.check(instance.id);
      if (closing)
        throw new RequestError(503, "ending", "This server is about to end: try again when it is there again.");
    } catch (error) {
      await process.terminal.stop();
      throw error;
    }
    const changed = () => tell(userId, instance.id);
    const one: Running = {
      ...{ id, userId, instanceId: instance.id, kind, startedAt: row.started_at, process },
      idle: watchIdle(parts.idleLimit, changed, () => void end(one)),
      isStopping: false,
      over: null,
    };
    running.set(id, one);
    troubled.delete(troubleKey(one));
    process.terminal.onData(() => one.idle.used());
    process.terminal.onExit((exit) => void ended(one, exit));
    sync.keep(userId, instance, id);
    changed();
    return one;
  }

  async function startNew(userId: string, instance: PlacedInstance, kind: string): Promise<Running> {
    const row = {
      ...{ id: randomUUID(), instance_id: instance.id, user_id: userId, kind },
      started_at: new Date().toISOString(),
    };
    await database.insertInto("applications").values(row).execute();
    try {
      return await launch(row, instance);
    } catch (error) {
      if (!closing) await database.deleteFrom("applications").where("id", "=", row.id).execute();
      throw error;
    }
  }

  let closing = false;

  async function ended(one: Running, exit: Exit): Promise<void> {
    if (closing) return;
    one.over ??= putAway(one, exit).finally(() => ending.delete(one));
    await one.over;
  }

  async function putAway(one: Running, { code, signal }: Exit): Promise<void> {
    const { id, userId, instanceId } = one;
    running.delete(id);
    ending.add(one);
    parts.access.ended(id);
    one.idle.stop();
    // A shell ends with the code of whatever was done in it last.
    if (!one.isStopping && one.process.pages !== null)
      noteTrouble(one, { exitCode: code, signal, output: outputOf(one.process.terminal) });
    // What it still writes while it ends is synced, too.
    const stopped = one.process.terminal.stop().then(() => sync.letGo(userId, instanceId, id));
    await database.deleteFrom("applications").where("id", "=", id).execute();
    tell(userId, instanceId);
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
    one.isStopping = true;
    await ended(one, { code: 0, signal: 0 });
  }

  /** All in some instances of which anything runs; what is just being started is waited for. */
  async function allIn(isThere: (instanceId: string) => boolean): Promise<Running[]> {
    const begun = [...starting.values()].filter(({ instanceId }) => isThere(instanceId));
    await Promise.allSettled(begun.map((one) => one.begun));
    return [...running.values(), ...ending].filter(({ instanceId }) => isThere(instanceId));
  }

  /** @throws RequestError 404 */
  function find(userId: string, id: string): Running {
    const one = running.get(id);
    if (one === undefined || one.userId !== userId)
      throw new RequestError(404, "not-found", "There is no such application, or it has ended.");
    return one;
  }

  return {
    of,
    /** One that runs already is as good as a new one. @throws RequestError 403, 404, 409 */
    async start(userId: string, instance: PlacedInstance, kind: string): Promise<Application> {
      await checkMayRun(userId, instance.id);
      const key = troubleKey({ userId, instanceId: instance.id, kind });
      const there = [...running.values()].find((one) => troubleKey(one) === key);
      if (there !== undefined) return described(there);
      parts.restoresUnderWay.check(instance.id);
      if (catalogue.find(kind) === undefined)
        throw new RequestError(404, "not-found", "There is no such kind of application here.");
      const one = starting.get(key) ?? {
        instanceId: instance.id,
        begun: startNew(userId, instance, kind).finally(() => starting.delete(key)),
      };
      starting.set(key, one);
      return described(await one.begun);
    },
    async stop(userId: string, id: string): Promise<void> {
      await end(find(userId, id));
    },
    /** It is used, whatever it seems. */
    keep: (userId: string, id: string): void => find(userId, id).idle.used(),
    /** What it has printed lately. */
    output: (userId: string, id: string): string => outputOf(find(userId, id).process.terminal),
    /** In these instances a role, or all of it, was taken away: what runs without leave ends. */
    async endWithoutLeave(instanceIds: ReadonlySet<string>): Promise<void> {
      const all = await allIn((instanceId) => instanceIds.has(instanceId));
      const ends = all.map(async (one) => {
        if ((await parts.hierarchy.roleIn(one.userId, one.instanceId)) !== "editor") await end(one);
      });
      await Promise.all(ends);
    },
    /** Everybody's in an instance; resolves once nothing of them runs any more. */
    async stopAll(instanceId: string): Promise<void> {
      await Promise.all((await allIn((id) => id === instanceId)).map(end));
    },
    terminal(userId: string, id: string): Terminal | null {
      const one = running.get(id);
      return one?.userId === userId && one.process.pages === null ? one.process.terminal : null;
    },
    /** A program's pages, for whom they are, and what to call when they are used. @throws RequestError 404 */
    pages(userId: string, instanceId: string, id: string): WebPages & { used(): void } {
      const one = find(userId, id);
      const { pages } = one.process;
      if (pages === null || one.instanceId !== instanceId)
        throw new RequestError(404, "not-found", "There is no such application, or it has ended.");
      return { ...pages, used: one.idle.used };
    },
    /** After a start: what ran when the server ended runs again, as a program of its own; what can't is told as ended. */
    async resume(): Promise<void> {
      for (const row of await database.selectFrom("applications").selectAll().execute()) {
        const { id, user_id: userId, instance_id: instanceId, kind } = row;
        const instance = await parts.hierarchy.instance(userId, instanceId).catch(() => null);
        if (instance?.role === "editor" && catalogue.find(kind) !== undefined) {
          try {
            parts.restoresUnderWay.check(instanceId);
            await launch(row, instance);
            continue;
          } catch (error) {
            if (closing) throw error;
            const output = `It could not be started again: ${(error as Error).message}`;
            noteTrouble({ userId, instanceId, kind }, { exitCode: 1, signal: 0, output });
          }
        }
        await database.deleteFrom("applications").where("id", "=", id).execute();
      }
    },
    /** The server ends; the applications are remembered for its next start. */
    async closeAll(): Promise<void> {
      closing = true;
      const stop = ({ idle, process }: Running) => {
        idle.stop();
        return process.terminal.stop();
      };
      await Promise.all((await allIn(() => true)).map(stop));
      rmSync(sockets, { recursive: true, force: true });
    },
  };
}

export type Applications = ReturnType<typeof createApplications>;
