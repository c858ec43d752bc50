import { STOPPED } from "@twinfold/engine";
import { InTheWayError, recallStatus, SessionError } from "@twinfold/session";
import { askSession, type SessionStatus } from "@twinfold/session/control";
import { CommandError } from "../exit-codes.ts";
import { socketPath } from "../home.ts";
import { optionsOf } from "../session-options.ts";
import type { Subject } from "../subject.ts";

/** How things stand, or stood when the daemon ended. */
export async function statusOf({ root, started, ask }: Subject): Promise<SessionStatus> {
  if (started === null) return ask({ command: "status" });
  const running = await askSession(socketPath(started.home, root), { command: "status" });
  if (running !== undefined) return running;
  try {
    const remembered = await recallStatus(optionsOf(started));
    return { ...remembered, message: "twinfold start" };
  } catch (error) {
    if (error instanceof SessionError || error instanceof InTheWayError || error instanceof CommandError)
      return { ...STOPPED, message: error.message };
    throw error;
  }
}
