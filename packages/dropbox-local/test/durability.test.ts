import { contentHash } from "@twinfold/dropbox-rules";
import { expect, test } from "vitest";
import { startChild } from "./crash-parent.ts";
import { type Client, clientOf, type Json, readAll, someBytes, temporaryFolder } from "./harness.ts";

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

test("what was handed out is good after kill -9: sessions, jobs, links, references, cursors, and a revoked token is not", {
  timeout: 60_000,
}, async () => {
  const folder = await temporaryFolder();
  for (let round = 0; round < 3; round++) {
    const child = await startChild(folder);
    const { client } = child;
    const at = (name: string) => `/round${round}/${name}`;
    const file = await client.put(at("a"), `content ${round}`);
    const { cursor } = await client.ok("files/list_folder", { path: at("").slice(0, -1), recursive: true });
    const begun = await client.upload("files/upload_session/start", {}, "first half, ");
    const { session_id } = begun.json;
    const { async_job_id } = await client.ok("files/copy_batch_v2", {
      entries: [{ from_path: at("a"), to_path: at("copied") }],
    });
    const { url } = await client.ok("sharing/create_shared_link_with_settings", { path: at("a") });
    const { link } = await client.ok("files/get_temporary_upload_link", { commit_info: { path: at("by link") } });
    // The last answer before the kill is the one that nothing after it could have made durable.
    const { copy_reference } = await client.ok("files/copy_reference/get", { path: at("a") });
    await child.kill();

    const after = await startChild(folder);
    const moved = (address: string) => address.replace(child.url, after.url);
    const job = await after.client.ok("files/copy_batch/check_v2", { async_job_id });
    expect(job.entries).toMatchObject([{ ".tag": "success", success: { path_display: at("copied") } }]);
    const finish = { cursor: { session_id, offset: 12 }, commit: { path: at("session") } };
    await after.client.upload("files/upload_session/finish", finish, "second half");
    expect((await after.client.download("files/download", { path: at("session") })).text).toBe(
      "first half, second half",
    );
    expect(await (await fetch(moved(url).replace("dl=0", "dl=1"))).text()).toBe(`content ${round}`);
    const headers = { "content-type": "application/octet-stream" };
    expect((await fetch(moved(link), { method: "POST", headers, body: "by link" })).status).toBe(200);
    expect((await fetch(moved(link), { method: "POST", headers, body: "by link" })).status).toBe(410);
    await after.client.ok("files/copy_reference/save", { copy_reference, path: at("saved") });
    const { entries } = await readAll(after.client, await after.client.ok("files/list_folder/continue", { cursor }));
    expect(entries.map((entry) => entry.name)).toEqual(["copied", "session", "by link", "saved"]);
    expect((await after.client.ok("files/get_metadata", { path: file.id })).rev).toBe(file.rev);

    await after.client.ok("auth/token/revoke", null);
    await after.kill();
    const last = await startChild(folder);
    const old = clientOf(last.url, after.client.token);
    expect((await old.rpc("users/get_current_account", null)).status).toBe(401);
    await last.kill();
  }
});
