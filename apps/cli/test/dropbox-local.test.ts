import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { EXIT } from "../src/exit-codes.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

interface Started {
  readonly url: string;
  readonly accessToken: string;
  readonly accountId: string;
}

function folderOfItsOwn(): string {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-cli-dropbox-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `twinfold dropbox-local` with more options than its data folder. */
async function start(...options: string[]): Promise<Started> {
  const child = spawn(process.execPath, [MAIN, "dropbox-local", "--data", folderOfItsOwn(), "--json", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => end(child));
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return JSON.parse(String(line)) as Started;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

async function refusal(...options: string[]): Promise<{ code: unknown; said: string }> {
  const child = spawn(process.execPath, [MAIN, "dropbox-local", "--data", folderOfItsOwn(), ...options], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said += text;
  });
  const [code] = await once(child, "close");
  return { code, said };
}

async function conditions({ url }: Started): Promise<unknown> {
  return (await fetch(`${url}/__control/conditions`)).json();
}

test("what its options say of the way to it is so", async () => {
  const started = await start(
    ...["--latency", "1", "--commit-ms", "2", "--upload-rate", "3000"],
    ...["--download-rate", "4000", "--requests-per-second", "5", "--stats"],
  );
  expect(await conditions(started)).toEqual({
    latencyMs: 1,
    commitMs: 2,
    lockWaitMs: 1000,
    uploadBytesPerSecond: 3000,
    downloadBytesPerSecond: 4000,
    requestsPerSecond: 5,
  });
});

test.each(["--upload-rate", "--download-rate", "--requests-per-second"])("%s of nothing is refused", async (option) => {
  const { code, said } = await refusal(option, "0");
  expect([code, said]).toEqual([EXIT.usage, expect.stringContaining(option)]);
});
