import { execFileSync } from "node:child_process";

/** What looks at each file once: what a tree costs at the least. */
export const FIND = `find . -printf '%p %s %T@ %i\\n'`;

/** @returns seconds */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** What a command takes in a folder, its output thrown away. @returns seconds */
export function secondsOf(command: string, cwd: string): number {
  const began = performance.now();
  execFileSync("sh", ["-c", `${command} > /dev/null`], { cwd });
  return (performance.now() - began) / 1000;
}
