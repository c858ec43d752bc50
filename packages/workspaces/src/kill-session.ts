import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two looks at what is left of a session. */
const LOOK_EVERY = 20;
/** Milliseconds after which what was killed is not waited for any more: a disk that hangs may hold it for good. */
const HELD = 10_000;

/** A session's processes (setsid(2)): what was told to ignore that its terminal is gone is in it still. */
function processesIn(session: number): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // proc_pid_stat(5): after the name in brackets come state, parent, group and session.
      const [state = "", , , its] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // One that nobody has asked for its exit code does nothing any more.
      return Number(its) === session && !"ZX".includes(state);
    } catch {
      // It has ended by itself.
      return false;
    }
  });
}

/** Ends every process of a session. */
export function killSession(session: number): void {
  for (const pid of processesIn(session)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

/** Resolves once no process of a session runs any more. @param grace milliseconds after which those that still do are killed */
export async function sessionOver(session: number, grace: number): Promise<void> {
  const begun = performance.now();
  while (processesIn(session).length > 0) {
    const waited = performance.now() - begun;
    if (waited > grace + HELD) return;
    if (waited > grace) killSession(session);
    await sleep(LOOK_EVERY);
  }
}
