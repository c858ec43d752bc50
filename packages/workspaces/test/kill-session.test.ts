import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { killSession } from "../src/kill-session.ts";

test("what ignores that its terminal is gone ends with its session, and nothing else does", async () => {
  const stubborn = "trap '' HUP TERM; sleep 1000 & echo $!; wait; sleep 1000";
  const session = spawn("sh", ["-c", stubborn], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const other = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
  try {
    const [line] = (await once(session.stdout, "data")) as [Buffer];
    const ended = once(session, "exit");
    // Its child holds the pipe: this closes when both have ended.
    const closed = once(session, "close");
    killSession(session.pid ?? 0);
    expect((await ended)[1]).toBe("SIGKILL");
    await closed;
    expect(Number(String(line))).toBeGreaterThan(1);
    expect([other.exitCode, other.signalCode]).toEqual([null, null]);
  } finally {
    other.kill("SIGKILL");
  }
});
