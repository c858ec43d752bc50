import { chmodSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import type { LimitsPlan } from "@twinfold/dropbox/limits";
import type { z } from "zod";
import { restoreVersion, versionsOf } from "../file-history.ts";
import type { ConflictChoice } from "../settle-conflict.ts";
import type { SyncSession } from "../sync-session.ts";
import { takePatternOut } from "../take-pattern-out.ts";
import { ControlError } from "./control-error.ts";
import { type Explained, explainFailure } from "./explain-failure.ts";
import { type answer, LONGEST_REQUEST, type ReadRequest, request, type SessionStatus } from "./protocol.ts";
import { openSocketAddress } from "./socket-address.ts";

/** What stands behind a control socket: a session, whichever runs at the moment, and what is done around it. */
export interface Controlled {
  /** Absolute path of the folder that is kept in sync. */
  readonly root: string;
  status(): SessionStatus | Promise<SessionStatus>;
  /** @throws ControlError while none runs */
  session(): SyncSession | Promise<SyncSession>;
  pause(): void | Promise<void>;
  resume(): void | Promise<void>;
  /** @returns where the version that was chosen, or the copy, is now */
  settle(copy: string, keep: ConflictChoice): Promise<string>;
  /** How fast it may send and fetch. */
  limits(): LimitsPlan | Promise<LimitsPlan>;
  setLimits(plan: LimitsPlan): void | Promise<void>;
  /** What was done, oldest first, at most so many lines. */
  log(lines: number): Promise<readonly string[]>;
  followLink(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Answers commands over a socket that only this user can open: a JSON line in, a JSON line out.
 * @param explain what is answered when something has failed
 */
export async function serveControl(
  path: string,
  controlled: Controlled,
  explain: (error: unknown) => Explained = explainFailure,
): Promise<Server> {
  // The lease says that nobody else answers here: a socket that is there is a dead one's.
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    onLine(socket, async (line) => {
      let reply: z.infer<typeof answer>;
      try {
        reply = { ok: (await act(controlled, read(line))) ?? null };
      } catch (error) {
        const { code, message } = explain(error);
        reply = { error: message, code };
      }
      if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
    });
  });
  const { address, close } = openSocketAddress(path);
  server.once("close", close);
  await new Promise<void>((done, fail) => server.once("error", fail).listen(address, done));
  chmodSync(path, 0o600);
  return server;
}

/** @throws ControlError */
function read(line: string): ReadRequest {
  try {
    return request.parse(JSON.parse(line));
  } catch (error) {
    throw new ControlError("usage", "this is nothing that can be asked of a session", error);
  }
}

async function act(controlled: Controlled, one: ReadRequest): Promise<unknown> {
  switch (one.command) {
    case "status":
      return controlled.status();
    case "plan":
      return (await controlled.session()).plan();
    case "why":
      return (await controlled.session()).why(one.path);
    case "wait":
      return (await controlled.session()).wait(one.seconds);
    case "pause":
      return controlled.pause();
    case "resume":
      return controlled.resume();
    case "conflicts":
      return (await controlled.session()).conflicts();
    case "settle":
      return controlled.settle(one.copy, one.keep);
    case "held":
      return (await controlled.session()).resolveHeld(one.choice);
    case "history": {
      const { path, most } = one;
      return (await controlled.session()).withHistory((history) => versionsOf(history, path, most));
    }
    case "restore": {
      const { path, rev } = one;
      return (await controlled.session()).withHistory((history) => restoreVersion(history, path, rev));
    }
    case "take out":
      return takePatternOut(await controlled.session(), controlled.root, one.pattern, one.agreed);
    case "limits":
      return controlled.limits();
    case "set limits":
      return controlled.setLimits(one.plan);
    case "log":
      return controlled.log(one.lines);
    case "follow link":
      return controlled.followLink();
    case "stop":
      return controlled.stop();
    default:
      return one satisfies never;
  }
}

/** Each line that comes in; who sends one that is longer than any request is cut off. */
function onLine(socket: Socket, take: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8").on("data", (text) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_REQUEST) socket.destroy();
    for (const line of lines) take(line);
  });
}
