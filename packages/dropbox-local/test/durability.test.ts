import { contentHash } from "@twinfold/dropbox-rules";
import { expect, test } from "vitest";
import { startChild } from "./crash-parent.ts";
import { type Client, type Json, readAll, someBytes, temporaryFolder } from "./harness.ts";

/** What the server has acknowledged of one path: its content's hash, or that nothing is there. */
type Acknowledged = Map<string, string | null>;

/** Works until the server dies: uploads small and large, whole and in sessions, moves, deletes. */
async function work(client: Client, name: string, acknowledged: Acknowledged): Promise<void> {
  for (let count = 0; ; count++) {
    const path = `/${name}/${count}`;
    const bytes = someBytes(count % 5 === 4 ? 200_000 + count : 500 + count, count + name.length * 1000);
    try {
      if (count % 3 === 2) await inSession(client, path, bytes);
      else await client.put(path, bytes);
      acknowledged.set(path, contentHash(bytes));
      if (count % 4 === 1) {
        // Until the answer comes, it may be at either place.
        acknowledged.delete(path);
        await client.ok("files/move_v2", { from_path: path, to_path: `/moved${path}` });
        acknowledged.set(path, null).set(`/moved${path}`, contentHash(bytes));
      }
      if (count % 7 === 6) {
        acknowledged.delete(path);
        await client.ok("files/delete_v2", { path });
        acknowledged.set(path, null);
      }
    } catch {
      return;
    }
  }
}

async function inSession(client: Client, path: string, bytes: Buffer): Promise<void> {
  const half = Math.floor(bytes.length / 2);
  const started = await client.upload("files/upload_session/start", {}, bytes.subarray(0, half));
  const { session_id } = started.json;
  const cursor = { session_id, offset: half };
  await client.upload("files/upload_session/append_v2", { cursor, close: true }, bytes.subarray(half));
  const entries = [{ cursor: { session_id, offset: bytes.length }, commit: { path } }];
  const result = await client.ok("files/upload_session/finish_batch_v2", { entries });
  if (result.entries[0][".tag"] !== "success") throw new Error(JSON.stringify(result));
}

test("whatever was acknowledged is there after kill -9, with its bytes, its log and its ids", {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder();
  const acknowledged: Acknowledged = new Map();
  let cursor: string | null = null;
  const seen = new Map<string, Json>();
  for (let round = 0; round < 4; round++) {
    const child = await startChild(folder);
    const { client } = child;
    if (cursor === null)
      cursor = (await client.ok("files/list_folder", { path: "", recursive: true })).cursor as string;
    const before = acknowledged.size;
    const workers = Array.from({ length: 6 }, (_, index) => work(client, `round${round}-${index}`, acknowledged));
    while (acknowledged.size < before + 60) await new Promise((resolve) => setTimeout(resolve, 5));
    await child.kill();
    await Promise.all(workers);

    const after = await startChild(folder);
    const listed = await readAll(
      after.client,
      await after.client.ok("files/list_folder", { path: "", recursive: true }),
    );
    const files = new Map(listed.entries.map((entry) => [entry.path_lower, entry]));
    for (const [path, hash] of acknowledged) expect(files.get(path)?.content_hash ?? null, path).toBe(hash);
    for (const entry of files.values()) {
      if (entry[".tag"] !== "file") continue;
      const { bytes } = await after.client.download("files/download", { path: entry.id });
      expect(contentHash(bytes), entry.path_lower).toBe(entry.content_hash);
    }

    // Who follows the log from before the crash comes to the same tree as who lists it anew.
    const followed = await readAll(after.client, await after.client.ok("files/list_folder/continue", { cursor }));
    cursor = followed.cursor;
    for (const entry of followed.entries) {
      if (entry[".tag"] !== "deleted") seen.set(entry.path_lower, entry);
      else
        for (const key of [...seen.keys()])
          if (key === entry.path_lower || key.startsWith(`${entry.path_lower}/`)) seen.delete(key);
    }
    expect([...seen.keys()].sort()).toEqual([...files.keys()].sort());
    expect(new Set([...files.values()].map((entry) => entry.id)).size).toBe(files.size);
    await after.kill();
  }
});
