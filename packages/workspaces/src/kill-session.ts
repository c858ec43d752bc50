import { readdirSync, readFileSync } from "node:fs";

/** Ends every process of a session (setsid(2)): what was told to ignore that its terminal is gone is in it still. */
export function killSession(session: number): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // proc_pid_stat(5): after the name in brackets come state, parent, group and session.
      if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]) === session) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}
