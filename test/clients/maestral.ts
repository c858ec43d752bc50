import { fileURLToPath } from "node:url";
import { clientProgram } from "./install.ts";
import type { Running } from "./running.ts";
import type { StartProgram } from "./under-dropbox-names.ts";

/** The key that Maestral is registered with at Dropbox, in its source. */
export const MAESTRAL_KEY = "2jmbq42w7vof78h";

/** What it prints whenever it has nothing left to do. */
export const AT_REST = "up to date\n";

/** Maestral as its daemon runs it. It ends with SIGTERM. */
export async function startMaestral(start: StartProgram, disk: string, refreshToken: string): Promise<Running> {
  const script = fileURLToPath(new URL("./maestral-daemon.py", import.meta.url));
  const running = start(clientProgram("maestral", "python"), [script, disk], { MAESTRAL_REFRESH_TOKEN: refreshToken });
  await running.printed("started");
  return running;
}
