import { readFileSync } from "node:fs";

/**
 * When a process began, in the kernel's ticks (proc_pid_stat(5), field 22); null when there is no such process. With its
 * number it is the process's lasting name: numbers are given again, to processes that begin later.
 */
export function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // Ended, and only not yet waited for by its parent.
    if (fields[0] === "Z" || fields[0] === "X") return null;
    return fields[19] ?? null;
  } catch {
    return null;
  }
}

/** Whether the process that was noted so still runs. */
export function isSameProcess(noted: { readonly pid: number; readonly started: string }): boolean {
  return processStart(noted.pid) === noted.started;
}
