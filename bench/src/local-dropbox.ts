import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { DropboxClient } from "./dropbox-client.ts";
import { median, row } from "./rows.ts";

const MAIN = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

const FILE_SIZE = 1024;
/** As many entries of append_batch as fit into the 60 KiB of a request's headers. */
const APPENDED = 340;
const BATCH = 1000;

/** The local Dropbox under measurement. */
interface Server {
  readonly url: string;
  readonly accountId: string;
  readonly client: DropboxClient;
  /** What it has had of the processor, in seconds: a figure that others on the machine do not spoil. */
  processor(): number;
}

/** The local Dropbox by itself, in a process of its own, at no latency: what it takes in, lists, and how fast it wakes. */
export async function localDropbox(entries: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-bench-"));
  const child = spawn(process.execPath, [MAIN, "dropbox-local", "--json", "--stats", "--data", folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { url, accessToken, accountId } = JSON.parse(String(line)) as Record<
    "url" | "accessToken" | "accountId",
    string
  >;
  const client = new DropboxClient(url, accessToken, 32);
  const server = { url, accountId, client, processor: () => processorSeconds(child.pid ?? 0) };
  try {
    await uploads(server, 4000);
    await batches(server, 20_000);
    await wakes(client, 100);
    await listing(server, entries);
  } finally {
    client.close();
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Contents that don't repeat. */
function contentOf(number: number): Buffer {
  const bytes = Buffer.alloc(FILE_SIZE, number);
  bytes.writeUInt32LE(number);
  return bytes;
}

async function inParallel(lanes: number, work: (lane: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane)));
}

/** Does some work: how much of it was done in a second, and in a second of the server's processor. */
async function speed({ processor }: Server, count: number, work: () => Promise<void>): Promise<string> {
  const before = processor();
  const began = performance.now();
  await work();
  const perSecond = (seconds: number) => `${Math.round(count / seconds).toLocaleString("en")}/s`;
  return `${perSecond((performance.now() - began) / 1000)}, of its processor ${perSecond(processor() - before)}`;
}

function processorSeconds(pid: number): number {
  // User and system time, in hundredths of a second, behind the name in parentheses (proc(5)).
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function uploads(server: Server, count: number): Promise<void> {
  const lanes = 16;
  let next = 0;
  const upTo = async (end: number) => {
    while (next < end) {
      const number = next++;
      await server.client.upload("files/upload", { path: `/single/${number % 50}/${number}` }, contentOf(number));
    }
  };
  await inParallel(lanes, () => upTo(500));
  const measured = await speed(server, count, () => inParallel(lanes, () => upTo(500 + count)));
  row(`${count} files of 1 KiB by upload, 16 at once`, measured, "800/s");
}

async function batches(server: Server, count: number): Promise<void> {
  let next = 0;
  const upTo = async (end: number) => {
    while (next < end) {
      const first = next;
      next += BATCH;
      await batch(server.client, first);
    }
  };
  await upTo(BATCH);
  const measured = await speed(server, count, () => inParallel(2, () => upTo(BATCH + count)));
  row(`${count} files of 1 KiB by append_batch, 2 at once`, measured, "3,000/s");
}

async function batch(client: DropboxClient, first: number): Promise<void> {
  const { session_ids } = await client.rpc<{ session_ids: string[] }>("files/upload_session/start_batch", {
    num_sessions: BATCH,
  });
  for (let start = 0; start < BATCH; start += APPENDED) {
    const ids = session_ids.slice(start, start + APPENDED);
    const entries = ids.map((session_id) => ({ cursor: { session_id, offset: 0 }, length: FILE_SIZE, close: true }));
    const body = Buffer.concat(ids.map((_, index) => contentOf(1_000_000 + first + start + index)));
    await client.upload("files/upload_session/append_batch", { entries }, body);
  }
  const entries = session_ids.map((session_id, index) => ({
    cursor: { session_id, offset: FILE_SIZE },
    commit: { path: `/batch/${first / BATCH}/${index}` },
  }));
  const result = await client.rpc<{ entries: { ".tag": string }[] }>("files/upload_session/finish_batch_v2", {
    entries,
  });
  if (result.entries.some((entry) => entry[".tag"] !== "success")) throw new Error(JSON.stringify(result));
}

interface Page {
  readonly entries: readonly unknown[];
  readonly cursor: string;
  readonly has_more: boolean;
}

async function wakes(client: DropboxClient, count: number): Promise<void> {
  let { cursor } = await client.rpc<Page>("files/list_folder/get_latest_cursor", { path: "", recursive: true });
  const times: number[] = [];
  for (let number = 0; number < count; number++) {
    const poll = client.rpc("files/list_folder/longpoll", { cursor, timeout: 30 }).then(() => performance.now());
    // Not before the poll waits.
    await client.rpc("files/list_folder/get_latest_cursor", { path: "", recursive: true });
    const answered = client
      .upload("files/upload", { path: "/wake", mode: "overwrite" }, contentOf(number))
      .then(() => performance.now());
    times.push((await poll) - (await answered));
    ({ cursor } = await client.rpc<Page>("files/list_folder/continue", { cursor }));
  }
  const worst = Math.max(...times);
  row(
    `${count} long polls, answered after the upload was`,
    `median ${median(times).toFixed(1)} ms, worst ${worst.toFixed(1)} ms`,
    "10 ms",
  );
}

async function listing(server: Server, files: number): Promise<void> {
  const seeding = await speed(server, files, async () => {
    const body = JSON.stringify({ accountId: server.accountId, path: "/Apps/Twinfold/listed", files });
    const seeded = await fetch(`${server.url}/__control/seed`, { method: "POST", body });
    if (!seeded.ok) throw new Error(await seeded.text());
  });
  row(`seed of ${files} files`, seeding, "");
  for (const recursive of [false, true]) {
    const measured = await speed(server, files, () => list(server.client, recursive, files));
    row(`list ${files} files${recursive ? ", recursively" : ""}`, measured, "50,000/s");
  }
}

async function list(client: DropboxClient, recursive: boolean, files: number): Promise<void> {
  let page = await client.rpc<Page>("files/list_folder", { path: "/listed", recursive, limit: 2000 });
  let count = page.entries.length;
  while (page.has_more) {
    page = await client.rpc<Page>("files/list_folder/continue", { cursor: page.cursor });
    count += page.entries.length;
  }
  if (count < files) throw new Error(`${count} entries were listed`);
}
