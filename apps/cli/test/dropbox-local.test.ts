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
  return (await startIn(folderOfItsOwn(), ...options)).started;
}

/** The same in a folder that may be another one's next. */
async function startIn(folder: string, ...options: string[]) {
  const child = spawn(process.execPath, [MAIN, "dropbox-local", "--data", folder, "--json", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => end(child));
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { started: JSON.parse(String(line)) as Started, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
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

async function post({ url, accessToken }: Started, route: string, argument: unknown): Promise<Response> {
  return fetch(`${url}/2/${route}`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
    body: JSON.stringify(argument),
  });
}

test("--fault lets requests fail, all or a share of them; what can't happen is refused", async () => {
  const started = await start(
    "--fault",
    "users/*=503",
    "--fault",
    "check/user=429@0.5",
    "--fault",
    "files/*=cut-before",
  );
  expect((await post(started, "users/get_current_account", null)).status).toBe(503);
  await expect(post(started, "files/list_folder", { path: "" })).rejects.toThrow();
  const statuses = new Set<number>();
  for (let request = 0; request < 40; request++) statuses.add((await post(started, "check/user", {})).status);
  expect(statuses).toEqual(new Set([200, 429]));
  for (const [fault, why] of [
    ["files/upload", "It takes ROUTE=WHAT"],
    ["files/upload=503@0", "RATE more than 0"],
    ["files/upload=broken", '"broken" is nothing that can happen'],
    ["files/upload=200", "a status from 400 to 599"],
    ["files/uplaod=503", "There is no route files/uplaod"],
  ] as const) {
    const { code, said } = await refusal("--fault", fault);
    expect([code, said]).toEqual([EXIT.usage, expect.stringContaining(why)]);
  }
});

test("--ahead sets its clock forward, and --control answers without counts", async () => {
  const { url } = await start("--ahead", "100000", "--control");
  const control = (name: string) => fetch(`${url}/__control/${name}`);
  expect(await (await control("clock")).json()).toMatchObject({ aheadSeconds: 100_000 });
  expect((await control("stats")).status).not.toBe(200);
  const { said } = await refusal("--ahead", "-1");
  expect(said).toContain("--ahead");
});

test("--snapshot keeps what --seed has made, and --reset begins with it again", async () => {
  const folder = folderOfItsOwn();
  const first = await startIn(folder, "--seed", "2x5", "--snapshot", "seeded");
  const seeded = await listed(first.started);
  await post(first.started, "files/delete_v2", { path: "/file 1.bin" });
  await post(first.started, "files/create_folder_v2", { path: "/more" });
  expect(await listed(first.started)).toEqual(["/file 2.bin 5", "/more folder"]);
  await first.stop();
  const second = await startIn(folder, "--reset", "seeded");
  expect(await listed(second.started)).toEqual(seeded);
  const { code, said } = await refusal("--reset", "never saved");
  expect([code, said]).toEqual([EXIT.usage, expect.stringContaining("never saved")]);
});
