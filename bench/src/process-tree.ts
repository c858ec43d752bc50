import { readdirSync, readFileSync } from "node:fs";

/** What the processes that this one has started, and theirs, have had of the machine. */
export interface Usage {
  /** User and system time, of those that have ended too. */
  readonly cpuSeconds: number;
  /** Now resident, together. */
  readonly rssMiB: number;
}

/** Hundredths of a second, and bytes: what Linux counts in (proc(5)), on all machines that Node runs on. */
const TICKS = 100;
const PAGE = 4096;

export function usageOfChildren(): Usage {
  // Of its own times only those of children count that have ended and were waited for.
  const [, , ...ended] = timesOf("self");
  let ticks = sum(ended);
  let pages = 0;
  for (const pid of descendants("self")) {
    try {
      ticks += sum(timesOf(pid));
      pages += Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    } catch {
      // It has ended meanwhile, and counts with its parent the next time.
    }
  }
  return { cpuSeconds: ticks / TICKS, rssMiB: (pages * PAGE) / 1024 ** 2 };
}

function descendants(pid: string): string[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean),
    );
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}

/** utime, stime, cutime, cstime: behind the name in parentheses. */
function timesOf(pid: string): number[] {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return fields.slice(11, 15).map(Number);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
