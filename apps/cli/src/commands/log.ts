import { existsSync } from "node:fs";
import { CommandError, EXIT } from "../exit-codes.ts";
import { logFile, logged } from "../log-file.ts";
import type { Subject } from "../subject.ts";

/** What was done, the last so many lines, oldest first; whether a daemon runs or not. */
export async function logOf({ root, started, ask }: Subject, lines: number): Promise<readonly string[]> {
  if (started === null) return ask({ command: "log", lines });
  if (!existsSync(logFile(started.home, root))) throw new CommandError(EXIT.no, "nothing was logged yet");
  return logged(started.home, root, lines);
}
