import { askSession, type SessionStatus } from "@twinfold/session/control";
import { socketPath } from "../home.ts";
import type { Subject } from "../subject.ts";

/** How things stand, or stood when the daemon ended. */
export async function statusOf({ root, started, ask }: Subject): Promise<SessionStatus> {
  if (started === null) return ask({ command: "status" });
  const running = await askSession(socketPath(started.home, root), { command: "status" });
  if (running !== undefined) return running;
  // Only now: to load all that a session is made of takes longer than to ask one.
  const { lastStatusOf } = await import("./last-status.ts");
  return lastStatusOf(started);
}
