import { STOPPED } from "@twinfold/engine";
import { InTheWayError, recallStatus, SessionError } from "@twinfold/session";
import type { SessionStatus } from "@twinfold/session/control";
import { CommandError } from "../exit-codes.ts";
import { optionsOf } from "../session-options.ts";
import type { Started } from "../subject.ts";

/** How things stood when the daemon ended. */
export async function lastStatusOf(started: Started): Promise<SessionStatus> {
  try {
    const remembered = await recallStatus(optionsOf(started));
    return { ...remembered, message: "twinfold start" };
  } catch (error) {
    if (error instanceof SessionError || error instanceof InTheWayError || error instanceof CommandError)
      return { ...STOPPED, message: error.message };
    throw error;
  }
}
