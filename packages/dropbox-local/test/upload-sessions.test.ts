import { BLOCK_SIZE, contentHash } from "@twinfold/dropbox-rules";
import { describe, expect, test } from "vitest";
import { type Client, clientOf, type Json, someBytes, startTestDropbox, succeeded, tagsOf } from "./harness.ts";

async function start(client: Client, argument: unknown = {}, body: string | Uint8Array = ""): Promise<string> {
  return succeeded(await client.upload("files/upload_session/start", argument, body)).session_id;
}

const append = (client: Client, session_id: string, offset: number, body: string | Uint8Array, close = false) =>
  client.upload("files/upload_session/append_v2", { cursor: { session_id, offset }, close }, body);

const finish = (client: Client, session_id: string, offset: number, path: string, body: string | Uint8Array = "") =>
  client.upload("files/upload_session/finish", { cursor: { session_id, offset }, commit: { path } }, body);

describe("sequential sessions", () => {
  test("pieces sent one after another become a file", async () => {
    const { client } = await startTestDropbox();
    const id = await start(client, {}, "Test");
    expect(id).toMatch(/^pid_upload_session:[\w-]{80}$/);
    expect((await append(client, id, 4, " dat")).text).toBe("null");
    expect((await append(client, id, 8, "a\n")).text).toBe("null");
    const metadata = succeeded(await finish(client, id, 10, "/new.txt"));
    expect(metadata).toMatchObject({
      size: 10,
      content_hash: "709a5cf259366d6ca6b2fa4d3b53c02f5ce2b2764e9d580711e3ffd24d79f5e9",
    });
    expect((await client.download("files/download", { path: "/new.txt" })).text).toBe("Test data\n");
  });

  test("a session without a byte is an empty file", async () => {
    const { client } = await startTestDropbox();
    const metadata = succeeded(await finish(client, await start(client), 0, "/empty"));
    expect(metadata.content_hash).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect((await client.download("files/download", { path: "/empty" })).bytes.length).toBe(0);
  });

  test("the last piece may come with the finish", async () => {
    const { client } = await startTestDropbox();
    const id = await start(client, {}, "Hello ");
    expect(succeeded(await finish(client, id, 6, "/a", "Dropbox!")).content_hash).toBe(
      contentHash(Buffer.from("Hello Dropbox!")),
    );
  });

  test("a wrong offset is told with the right one, so that a lost answer can be made good", async () => {
    const { client } = await startTestDropbox();
    const id = await start(client, {}, "123456789");
    const wrong = await append(client, id, 42, "x");
    expect(tagsOf(wrong)).toBe("incorrect_offset");
    expect(wrong.json.error).toEqual({ ".tag": "incorrect_offset", correct_offset: 9 });
    const tooEarly = await finish(client, id, 5, "/a");
    expect(tooEarly.json.error).toEqual({
      ".tag": "lookup_failed",
      lookup_failed: { ".tag": "incorrect_offset", correct_offset: 9 },
    });
    succeeded(await finish(client, id, 9, "/a"));
  });

  test("pieces of any size, small and large mixed, come to the same bytes and hash", async () => {
    const { client } = await startTestDropbox();
    const bytes = someBytes(9_500_000);
    const cuts = [0, 1000, 70_000, 5_000_000, 5_000_001, 9_400_000, bytes.length];
    const id = await start(client, {}, bytes.subarray(0, cuts[1]));
    for (let index = 1; index < cuts.length - 1; index++)
      succeeded(await append(client, id, cuts[index] ?? 0, bytes.subarray(cuts[index], cuts[index + 1])));
    const metadata = succeeded(await finish(client, id, bytes.length, "/mixed.bin"));
    expect(metadata.content_hash).toBe(contentHash(bytes));
    const back = await client.download("files/download", { path: "/mixed.bin" });
    expect(back.bytes.equals(bytes)).toBe(true);
  });

  test("large pieces that are no multiples of a block hash right, too", async () => {
    const { client } = await startTestDropbox();
    const bytes = someBytes(6_000_000);
    const id = await start(client, {}, bytes.subarray(0, 3_000_000));
    succeeded(await append(client, id, 3_000_000, bytes.subarray(3_000_000), true));
    expect(succeeded(await finish(client, id, bytes.length, "/two.bin")).content_hash).toBe(contentHash(bytes));
    const part = await client.download("files/download", { path: "/two.bin" }, { range: "bytes=2999990-3000009" });
    expect(part.bytes.equals(bytes.subarray(2_999_990, 3_000_010))).toBe(true);
  });

  test("a closed session takes no more; an unknown, finished or foreign one is not found", async () => {
    const { client, dropbox, ready } = await startTestDropbox();
    const id = await start(client, { close: true }, "x");
    expect(tagsOf(await append(client, id, 1, "y"))).toBe("closed");
    const other = await dropbox.ensureApp({ name: "Other" });
    const { accessToken } = await dropbox.grant({ account: ready.accountId, app: other.appKey });
    expect(tagsOf(await finish(clientOf(dropbox.url, accessToken), id, 1, "/a"))).toBe("lookup_failed/not_found");
    succeeded(await finish(client, id, 1, "/a"));
    expect(tagsOf(await finish(client, id, 1, "/b"))).toBe("lookup_failed/not_found");
    expect(tagsOf(await append(client, "pid_upload_session:none", 0, "x"))).toBe("not_found");
  });

  test("a session lives for seven days", async () => {
    const { client, control } = await startTestDropbox({ accessTokenSeconds: 30 * 24 * 3600 });
    const id = await start(client, {}, "x");
    await control("POST", "advance-clock", { seconds: 6.9 * 24 * 3600 });
    succeeded(await append(client, id, 1, "y"));
    await control("POST", "advance-clock", { seconds: 0.2 * 24 * 3600 });
    expect(tagsOf(await append(client, id, 2, "z"))).toBe("not_found");
  });

  test("it survives a restart", async () => {
    const first = await startTestDropbox();
    const bytes = someBytes(200_000);
    const id = await start(first.client, {}, bytes.subarray(0, 100_000));
    await first.dropbox.close();
    const second = await startTestDropbox({ dataFolder: first.folder });
    succeeded(await append(second.client, id, 100_000, bytes.subarray(100_000)));
    expect(succeeded(await finish(second.client, id, 200_000, "/a")).content_hash).toBe(contentHash(bytes));
  });
});

describe("concurrent sessions", () => {
  test("pieces may come in any order, in multiples of a block, the rest with the close", async () => {
    const { client } = await startTestDropbox();
    const bytes = someBytes(2 * BLOCK_SIZE + 100);
    const id = await start(client, { session_type: "concurrent" });
    await Promise.all([
      append(client, id, BLOCK_SIZE, bytes.subarray(BLOCK_SIZE, 2 * BLOCK_SIZE)).then(succeeded),
      append(client, id, 0, bytes.subarray(0, BLOCK_SIZE)).then(succeeded),
    ]);
    expect(tagsOf(await finish(client, id, bytes.length, "/a"))).toBe("concurrent_session_not_closed");
    succeeded(await append(client, id, 2 * BLOCK_SIZE, bytes.subarray(2 * BLOCK_SIZE), true));
    expect(succeeded(await finish(client, id, bytes.length, "/a")).content_hash).toBe(contentHash(bytes));
    expect((await client.download("files/download", { path: "/a" })).bytes.equals(bytes)).toBe(true);
  });

  test("the rules of the specification are enforced", async () => {
    const { client } = await startTestDropbox();
    const type = { session_type: { ".tag": "concurrent" } };
    const begin = (argument: unknown, body: string) => client.upload("files/upload_session/start", argument, body);
    expect(tagsOf(await begin(type, "x"))).toBe("concurrent_session_data_not_allowed");
    expect(tagsOf(await begin({ ...type, close: true }, ""))).toBe("concurrent_session_close_not_allowed");
    const id = await start(client, type);
    expect(tagsOf(await append(client, id, 5, "x"))).toBe("concurrent_session_invalid_offset");
    expect(tagsOf(await append(client, id, 0, "x"))).toBe("concurrent_session_invalid_data_size");
    expect(tagsOf(await finish(client, id, 0, "/a", "x"))).toBe("concurrent_session_data_not_allowed");
    succeeded(await append(client, id, BLOCK_SIZE, "end", true));
    expect(tagsOf(await finish(client, id, BLOCK_SIZE + 3, "/a"))).toBe("concurrent_session_missing_data");
  });
});

describe("session batches", () => {
  test("many small files take three kinds of requests", async () => {
    const { client } = await startTestDropbox();
    const files = Array.from({ length: 60 }, (_, index) => someBytes(index * 137, index + 1));
    const { session_ids } = await client.ok("files/upload_session/start_batch", { num_sessions: files.length });
    const entries = files.map((file, index) => ({
      cursor: { session_id: session_ids[index], offset: 0 },
      length: file.length,
      close: true,
    }));
    const body = Buffer.concat(files);
    const appended = await client.upload(
      "files/upload_session/append_batch",
      { entries, content_hash: contentHash(body) },
      body,
    );
    expect(succeeded(appended).entries).toEqual(files.map(() => ({ ".tag": "success" })));
    const finished = await client.ok("files/upload_session/finish_batch_v2", {
      entries: files.map((file, index) => ({
        cursor: { session_id: session_ids[index], offset: file.length },
        commit: { path: `/batch/${index}` },
      })),
    });
    expect(finished.entries.map((entry: Json) => [entry[".tag"], entry.size, entry.content_hash])).toEqual(
      files.map((file) => ["success", file.length, contentHash(file)]),
    );
    const back = await client.download("files/download", { path: "/batch/59" });
    expect(back.bytes.equals(files[59] ?? Buffer.alloc(0))).toBe(true);
  });

  test("each piece of an append_batch succeeds or fails by itself", async () => {
    const { client } = await startTestDropbox();
    const open = await start(client, {}, "12");
    const closed = await start(client, { close: true });
    const entries = [
      { cursor: { session_id: closed, offset: 0 }, length: 3 },
      { cursor: { session_id: open, offset: 2 }, length: 2, close: true },
      { cursor: { session_id: open, offset: 2 }, length: 0 },
      { cursor: { session_id: "none", offset: 0 }, length: 1 },
    ];
    const answer = await client.upload("files/upload_session/append_batch", { entries }, "xxx34y");
    expect(succeeded(answer).entries).toEqual([
      { ".tag": "failure", failure: { ".tag": "closed" } },
      { ".tag": "success" },
      { ".tag": "failure", failure: { ".tag": "closed" } },
      { ".tag": "failure", failure: { ".tag": "not_found" } },
    ]);
    succeeded(await finish(client, open, 4, "/a"));
    expect((await client.download("files/download", { path: "/a" })).text).toBe("1234");
  });

  test("an append_batch that is not as long as it says, or not what it says, changes nothing", async () => {
    const { client } = await startTestDropbox();
    const session_id = await start(client);
    const entries = [{ cursor: { session_id, offset: 0 }, length: 100_000 }];
    const send = (argument: unknown, body: Uint8Array) =>
      client.upload("files/upload_session/append_batch", argument, body);
    for (const length of [99_999, 100_001])
      expect(tagsOf(await send({ entries }, someBytes(length)))).toBe("length_mismatch");
    const wrong = await send({ entries, content_hash: contentHash(Buffer.from("x")) }, someBytes(100_000));
    expect(tagsOf(wrong)).toBe("content_hash_mismatch");
    succeeded(await send({ entries }, someBytes(100_000)));
  });

  test("its argument must fit into the headers that Dropbox's edge takes", async () => {
    const { client } = await startTestDropbox();
    const { session_ids } = await client.ok("files/upload_session/start_batch", { num_sessions: 600 });
    const entriesOf = (count: number) =>
      session_ids
        .slice(0, count)
        .map((session_id: string) => ({ cursor: { session_id, offset: 0 }, length: 1, close: true }));
    const fits = await client.upload("files/upload_session/append_batch", { entries: entriesOf(350) }, someBytes(350));
    expect(fits.status).toBe(200);
    const tooMany = await client.upload(
      "files/upload_session/append_batch",
      { entries: entriesOf(600) },
      someBytes(600),
    );
    expect(tooMany.status).toBe(431);
  });

  test("finish_batch_v2 tells what is wrong with each entry, and finishes the others", async () => {
    const { client } = await startTestDropbox();
    await client.put("/taken", "other");
    const open = await start(client, {}, "1");
    const [a, b, c] = [
      await start(client, { close: true }, "1"),
      await start(client, { close: true }, "2"),
      await start(client, { close: true }, "3"),
    ];
    const { entries } = await client.ok("files/upload_session/finish_batch_v2", {
      entries: [
        { cursor: { session_id: open, offset: 1 }, commit: { path: "/open" } },
        { cursor: { session_id: a, offset: 1 }, commit: { path: "/a" } },
        { cursor: { session_id: b, offset: 1 }, commit: { path: "/taken" } },
        { cursor: { session_id: c, offset: 2 }, commit: { path: "/c" } },
        { cursor: { session_id: a, offset: 1 }, commit: { path: "/again" } },
      ],
    });
    expect(entries[0].failure).toEqual({ ".tag": "lookup_failed", lookup_failed: { ".tag": "not_closed" } });
    expect(entries[1]).toMatchObject({ ".tag": "success", path_display: "/a" });
    expect(entries[2].failure).toEqual({ ".tag": "path", path: { ".tag": "conflict", conflict: { ".tag": "file" } } });
    expect(entries[3].failure.lookup_failed).toEqual({ ".tag": "incorrect_offset", correct_offset: 1 });
    expect(entries[4].failure.lookup_failed).toEqual({ ".tag": "not_found" });
  });

  test("the old finish_batch answers with a job", async () => {
    const { client } = await startTestDropbox();
    const session_id = await start(client, { close: true }, "1");
    const entries = [{ cursor: { session_id, offset: 1 }, commit: { path: "/a" } }];
    const { async_job_id } = await client.ok("files/upload_session/finish_batch", { entries });
    const result = await client.ok("files/upload_session/finish_batch/check", { async_job_id });
    expect(result.entries[0]).toMatchObject({ ".tag": "success", name: "a" });
  });
});

test("what fails in a batch leaves no trace of itself: no space, no folder, nothing in the log", async () => {
  const { client } = await startTestDropbox({ quotaBytes: 1000 });
  await client.put("/file", "1");
  const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
  const entries = [];
  for (const [path, size] of [
    ["/a", 100],
    ["/file/below", 200],
    ["/new/large", 950],
    ["/b", 300],
  ] as const)
    entries.push({
      cursor: { session_id: await start(client, { close: true }, someBytes(size, size)), offset: size },
      commit: { path },
    });
  const finished = await client.ok("files/upload_session/finish_batch_v2", { entries });
  expect(finished.entries.map((entry: Json) => entry.failure?.path?.[".tag"] ?? entry[".tag"])).toEqual([
    "success",
    "conflict",
    "insufficient_space",
    "success",
  ]);
  expect((await client.ok("users/get_space_usage", null)).used).toBe(401);
  const { entries: changes } = await client.ok("files/list_folder/continue", { cursor });
  expect(changes.map((entry: Json) => entry.path_lower)).toEqual(["/a", "/b"]);
  expect(new Set(changes.map((entry: Json) => entry.id)).size).toBe(2);
});
