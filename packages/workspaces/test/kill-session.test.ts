import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { killSession, sessionOver } from "../src/kill-session.ts";

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

test.each([
  ["what goes by itself in time is waited for", "sleep 0.5; echo done", 20_000, [0, null]],
  ["what does not is killed", "trap '' HUP; sleep 1000; echo done", 300, [null, "SIGKILL"]],
])("%s, and then nothing of the session runs", async (_, command, grace, how) => {
  const session = spawn("sh", ["-c", command], { detached: true, stdio: "ignore" });
  const ended = once(session, "exit");
  await sessionOver(session.pid ?? 0, grace);
  expect(await ended).toEqual(how);
  // Whoever asks when it is over is kept waiting by nobody.
  await sessionOver(session.pid ?? 0, 20_000);
});
