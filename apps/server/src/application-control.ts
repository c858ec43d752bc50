import { mkdirSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ActivityEntry } from "@twinfold/api";
import { STOPPED } from "@twinfold/engine";
import { type Controlled, type Explained, explainFailure, type SyncSession, serveControl } from "@twinfold/session";
import { ControlError } from "@twinfold/session/control";
import type { ActivityLog } from "./activity-log.ts";
import type { Bandwidth } from "./bandwidth.ts";
import type { Conflicts } from "./conflicts.ts";
import type { Hierarchy, PlacedInstance } from "./hierarchy.ts";
import type { Places } from "./places.ts";
import type { RestoresUnderWay } from "./restores-under-way.ts";
import { RequestError } from "./server-error.ts";
import type { SyncManager } from "./sync-manager.ts";

const COMMAND = fileURLToPath(new URL("../../cli/src/main.ts", import.meta.url));
const LINK_FIRST = "link one on the page Account > Settings > Dropbox Sync";

/** What an application has of the server. */
export interface ApplicationControl {
  /** Where the command is, and what tells it where the socket is. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

/** @param folder for the command and the socket: what is mounted into this one application */
export type OpenApplicationControl = (
  folder: string,
  userId: string,
  instanceId: string,
) => Promise<ApplicationControl>;

/**
 * The `twinfold` command for applications: in each, it is about the session of that application's user and instance. The
 * server answers it over a socket in a folder that is mounted into that one application only.
 */
export function createApplicationControl(parts: {
  readonly hierarchy: Hierarchy;
  readonly places: Places;
  readonly sync: SyncManager;
  readonly conflicts: Conflicts;
  readonly activity: ActivityLog;
  readonly bandwidth: Bandwidth;
  readonly restoresUnderWay: RestoresUnderWay;
  readonly log: (message: string) => void;
}): OpenApplicationControl {
  const { hierarchy, places, sync, conflicts, activity, bandwidth, restoresUnderWay } = parts;

  function controlledOf(userId: string, instanceId: string): Controlled {
    /** The application ends with its user's role, but a moment later. @throws RequestError, ControlError */
    async function placed(): Promise<PlacedInstance> {
      const instance = await hierarchy.instance(userId, instanceId);
      if (instance.role !== "editor")
        throw new ControlError("no", "you may no longer change the files of this instance");
      return instance;
    }
    async function session(): Promise<SyncSession> {
      await placed();
      restoresUnderWay.check(instanceId);
      const running = await sync.opened(userId, instanceId);
      if (running !== null) return running;
      const { state, message } = await sync.status(userId, instanceId);
      if (state === "not linked") throw new ControlError("not-linked", `no Dropbox is linked: ${LINK_FIRST}`);
      if (state === "reconnect") throw new ControlError("reconnect", message ?? "the link has ended: connect again");
      throw new ControlError("no", `nothing is synced now, ${state}${message === null ? "" : `: ${message}`}`);
    }
    async function setPaused(paused: boolean): Promise<void> {
      await session();
      await sync.setPaused(userId, instanceId, paused);
    }
    const refuse = async () => {
      throw new ControlError("no", "this is for the server's pages: stop the application there");
    };
    return {
      root: places.files(instanceId),
      session,
      async status() {
        await placed();
        const status = await sync.status(userId, instanceId);
        const message = status.message ?? (status.state === "not linked" ? LINK_FIRST : null);
        return {
          ...STOPPED,
          ...status,
          message,
          ignoreProblems: status.ignoreProblems ?? [],
          unheard: status.unheard ?? null,
          delays: status.delays ?? null,
        };
      },
      pause: () => setPaused(true),
      resume: () => setPaused(false),
      settle: async (copy, keep) => conflicts.settle(userId, await placed(), { copy, keep }),
      async limits() {
        await placed();
        return bandwidth.plan(userId);
      },
      async setLimits(plan) {
        await placed();
        await bandwidth.set(userId, plan);
      },
      async log(lines) {
        await placed();
        await activity.flush();
        const entries: ActivityEntry[] = [];
        for (let more = true; more && entries.length < lines; ) {
          const page = await activity.page(userId, instanceId, entries.at(-1)?.id);
          entries.push(...page.entries);
          more = page.more;
        }
        return entries.slice(0, lines).reverse().map(inALine);
      },
      followLink: refuse,
      stop: refuse,
    };
  }

  function explain(error: unknown): Explained {
    if (error instanceof RequestError) return { code: "no", message: error.message };
    const explained = explainFailure(error);
    if (explained.code !== "defect") return explained;
    parts.log(`a command in an application: ${explained.message}`);
    return { code: "defect", message: "something went wrong on the server; it was noted in its log" };
  }

  return async (folder, userId, instanceId) => {
    const commands = join(folder, "bin");
    mkdirSync(commands, { mode: 0o700 });
    writeFileSync(join(commands, "twinfold"), launcher(), { mode: 0o700 });
    const socket = join(folder, "control");
    const server = await serveControl(socket, controlledOf(userId, instanceId), explain);
    const open = new Set<Socket>();
    server.on("connection", (one) => {
      open.add(one);
      one.once("close", () => open.delete(one));
    });
    return {
      environment: {
        PATH: `${commands}:${process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin"}`,
        TWINFOLD_SOCKET: socket,
      },
      close() {
        server.close();
        // Who waits for an answer has ended, too.
        for (const one of open) one.destroy();
      },
    };
  };
}

/** The command as this server has it, by the same Node. */
function launcher(): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  return `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(COMMAND)} "$@"\n`;
}

const WHERE = {
  workspace: () => "on disk",
  dropbox: () => "in Dropbox",
  platform: (who: string | null) => `by ${who ?? "somebody"}`,
};

function inALine({ at, side, who, action, from, path }: ActivityEntry): string {
  return `${at} ${WHERE[side](who)}: ${action} ${from === null ? "" : `${from} -> `}${path}`;
}
