import { readFileSync } from "node:fs";
import { createContentHasher, headerSafeJson } from "@twinfold/dropbox-rules";
import { expect, test } from "vitest";
import { type Child, startChild } from "./crash-parent.ts";
import { type Json, someBytes, succeeded, temporaryFolder } from "./harness.ts";

const MIB = 1024 ** 2;
/** Several times what the server may need of memory beyond what it has when it is idle. */
const SIZE = 512 * MIB;
const ALLOWED = 160 * MIB;

/** As far as the process ever had grown, in bytes (proc(5)). */
function peak({ pid }: Child): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

const piece = someBytes(MIB);

/** So many bytes of a file, one MiB at a time, so that this process, too, never has it whole. */
async function* bytesFrom(start: number, length: number): AsyncGenerator<Uint8Array> {
  for (let at = start; at < start + length; at += piece.length) {
    const bytes = Buffer.from(piece);
    bytes.writeUInt32LE(at / MIB);
    yield bytes.subarray(0, Math.min(bytes.length, start + length - at));
  }
}

async function send(child: Child, route: string, argument: unknown, body: AsyncIterable<Uint8Array>): Promise<Json> {
  const response = await fetch(`${child.url}/2/${route}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${child.client.token}`,
      "content-type": "application/octet-stream",
      "dropbox-api-arg": headerSafeJson(argument),
    },
    body: ReadableStream.from(body),
    duplex: "half",
  } as RequestInit);
  const text = await response.text();
  if (!response.ok) throw new Error(`${route}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Reads what a route gives to its end: how many bytes it was, and their content hash. */
async function read(child: Child, route: string, path: string): Promise<{ size: number; hash: string }> {
  const response = await fetch(`${child.url}/2/${route}`, {
    method: "POST",
    headers: { authorization: `Bearer ${child.client.token}`, "dropbox-api-arg": headerSafeJson({ path }) },
  });
  if (!response.ok || response.body === null) throw new Error(`${route}: ${response.status}`);
  const hasher = createContentHasher();
  let size = 0;
  for await (const bytes of response.body) {
    size += bytes.length;
    hasher.update(bytes);
  }
  return { size, hash: hasher.digest() };
}

async function hashOf(length: number): Promise<string> {
  const hasher = createContentHasher();
  for await (const bytes of bytesFrom(0, length)) hasher.update(bytes);
  return hasher.digest();
}

test.runIf(process.platform === "linux")(
  "memory does not grow with files: up in sessions and whole, down as files and as a zip file, four at once",
  { timeout: 300_000 },
  async () => {
    const child = await startChild(await temporaryFolder());
    const { client } = child;
    for (let count = 0; count < 50; count++) await client.put(`/warm/${count}`, someBytes(100_000, count));
    const idle = peak(child);

    const { session_id } = succeeded(await client.upload("files/upload_session/start", {}, ""));
    // Pieces that are no multiples of a block: the whole has to be read once more for its hash.
    const step = 130 * MIB;
    for (let offset = 0; offset < SIZE; offset += step)
      await send(
        child,
        "files/upload_session/append_v2",
        { cursor: { session_id, offset } },
        bytesFrom(offset, Math.min(step, SIZE - offset)),
      );
    const cursor = { session_id, offset: SIZE };
    const finished = succeeded(
      await client.upload("files/upload_session/finish", { cursor, commit: { path: "/large/file" } }, ""),
    );
    expect(finished).toMatchObject({ size: SIZE, content_hash: await hashOf(SIZE) });

    const wholes = Array.from({ length: 4 }, (_, index) => `/large/whole ${index}`);
    await Promise.all(
      wholes.map((path, index) => send(child, "files/upload", { path }, bytesFrom(0, (140 + index) * MIB))),
    );
    const up = peak(child);

    const downloads = await Promise.all(
      ["/large/file", ...wholes.slice(1)].map((path) => read(child, "files/download", path)),
    );
    expect(downloads[0]).toEqual({ size: SIZE, hash: finished.content_hash });
    expect(downloads[1]).toEqual({ size: 141 * MIB, hash: await hashOf(141 * MIB) });
    const zip = await read(child, "files/download_zip", "/large");
    expect(zip.size).toBeGreaterThan(SIZE + 4 * 140 * MIB);
    const down = peak(child);

    const grown = { up: Math.round((up - idle) / MIB), down: Math.round((down - idle) / MIB) };
    console.log(`idle ${Math.round(idle / MIB)} MiB; grown by ${grown.up} MiB going up, by ${grown.down} MiB in all`);
    expect((up - idle) / MIB).toBeLessThan(ALLOWED / MIB);
    expect((down - idle) / MIB).toBeLessThan(ALLOWED / MIB);
    await child.kill();
  },
);
