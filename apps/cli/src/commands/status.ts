import { type EngineStatus, STOPPED } from "@twinfold/engine";
import { recallStatus, SessionError } from "@twinfold/session";
import { askSession } from "@twinfold/session/control";
import type { ConfigFile, Root } from "../config.ts";
import { CommandError } from "../exit-codes.ts";
import { type Home, socketPath } from "../home.ts";
import { sessionOptions } from "../session-options.ts";

/** How things stand, or stood when the daemon ended. */
export async function statusOf(home: Home, config: ConfigFile, root: Root): Promise<EngineStatus> {
  const running = await askSession(socketPath(home, root.root), { command: "status" });
  if (running !== undefined) return running;
  try {
    const remembered = await recallStatus(sessionOptions(home, root, config.requireLink()));
    return { ...remembered, message: "twinfold start" };
  } catch (error) {
    if (!(error instanceof SessionError) && !(error instanceof CommandError)) throw error;
    return { ...STOPPED, message: error.message };
  }
}
