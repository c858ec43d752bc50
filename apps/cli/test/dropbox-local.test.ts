import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

test("--profile sets them all, another option beside it one of them, and an unknown one is refused", async () => {
  expect(await conditions(await start("--profile", "typical", "--latency", "0", "--stats"))).toMatchObject({
    latencyMs: 0,
    commitMs: 300,
    requestsPerSecond: 12,
  });
  const { code, said } = await refusal("--profile", "fast");
  expect([code, said]).toEqual([EXIT.usage, expect.stringContaining("There is no profile fast")]);
});

async function listed({ url, accessToken }: Started): Promise<string[]> {
  const answer = await fetch(`${url}/2/files/list_folder`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ path: "", recursive: true }),
  });
  const { entries } = (await answer.json()) as { entries: { path_display: string; size?: number }[] };
  return entries.map(({ path_display, size }) => `${path_display} ${size ?? "folder"}`).sort();
}

test("--seed fills the app's folder, by numbers or from a file", async () => {
  expect(await listed(await start("--seed", "3x10/2"))).toEqual([
    "/folder 1 folder",
    "/folder 1/file 1.bin 10",
    "/folder 1/file 3.bin 10",
    "/folder 2 folder",
    "/folder 2/file 2.bin 10",
  ]);
  const file = join(folderOfItsOwn(), "tree.json");
  writeFileSync(file, JSON.stringify({ "a.txt": "hello", b: { "c.bin": 7 } }));
  expect(await listed(await start("--seed", file))).toEqual(["/a.txt 5", "/b folder", "/b/c.bin 7"]);
});

test("a seed that is none is refused, and it is said why", async () => {
  const bad = join(folderOfItsOwn(), "bad.json");
  for (const [tree, why] of [
    ['{"a":null}', "a whole number of bytes, or a folder's object"],
    ['{"..":"x"}', "--seed"],
    ["no tree", "JSON"],
  ] as const) {
    writeFileSync(bad, tree);
    const { code, said } = await refusal("--seed", bad);
    expect([code, said]).toEqual([EXIT.usage, expect.stringContaining(why)]);
  }
  expect((await refusal("--seed", "/nowhere/tree.json")).said).toContain("/nowhere/tree.json");
});

test.each(["--upload-rate", "--download-rate", "--requests-per-second"])("%s of nothing is refused", async (option) => {
  const { code, said } = await refusal(option, "0");
  expect([code, said]).toEqual([EXIT.usage, expect.stringContaining(option)]);
});
