import type { SessionStatus } from "@twinfold/session/control";
import { liveLine } from "../live-line.ts";
import type { Subject } from "../subject.ts";
import { statusInALine } from "../words.ts";

/** How often a terminal is told how far it is, in milliseconds. */
const TOLD_EVERY = 250;

/** Waits until both sides are the same, for so many seconds at most. @param shown whether a terminal sees how far it is */
export async function waitFor(
  { ask }: Subject,
  timeout: number,
  shown: boolean,
): Promise<{ readonly same: boolean; readonly status: SessionStatus }> {
  const live = shown ? liveLine(process.stderr) : null;
  const look = () =>
    ask({ command: "status" }).then(
      (status) => live?.show(statusInALine(status, live.columns())),
      () => undefined,
    );
  const timer = live === null ? undefined : setInterval(look, TOLD_EVERY);
  try {
    const same = await ask({ command: "wait", seconds: timeout });
    return { same, status: await ask({ command: "status" }) };
  } finally {
    clearInterval(timer);
    live?.end();
  }
}
