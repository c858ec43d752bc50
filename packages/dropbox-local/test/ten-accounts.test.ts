import { expect, test } from "vitest";
import type { DropboxLocalOptions } from "../src/index.ts";
import { brief, type Client, clientOf, type Json, readAll, startTestDropbox, succeeded, tagsOf } from "./harness.ts";

interface Member {
  readonly name: string;
  readonly accountId: string;
  readonly client: Client;
}

const NAMES = ["ada", "bo", "cy", "dee", "eve", "flo", "gus", "hal", "ida", "jo"] as const;

/** Ten accounts that are linked to the same app, each with its whole Dropbox. */
async function tenAccounts(options: Partial<DropboxLocalOptions> = {}) {
  const world = await startTestDropbox(options);
  const { dropbox } = world;
  const { appKey } = await dropbox.ensureApp({ name: "Everybody's", access: "full" });
  const members: Member[] = [];
  for (const name of NAMES) {
    const { accountId } = await dropbox.ensureAccount({ email: `${name}@example.org`, name, password: "x" });
    const { accessToken } = await dropbox.grant({ account: accountId, app: appKey });
    members.push({ name, accountId, client: clientOf(dropbox.url, accessToken) });
  }
  return { ...world, members };
}

/** Where a member's files come to be at the end, with what is in them: the same paths for all, each its own words. */
const FILES = 12;
const expected = (name: string) =>
  new Map(
    Array.from({ length: FILES }, (_, index) => [
      index % 4 === 3 ? `/moved/${index}` : `/in/${index % 2}/${index}`,
      `${name}'s ${index}`,
    ]),
  );

async function write({ name, client }: Member): Promise<void> {
  for (let index = 0; index < FILES; index++) {
    const path = `/in/${index % 2}/${index}`;
    const content = `${name}'s ${index}`;
    if (index % 3 === 2) await writeInBatch(client, path, content);
    else await client.put(path, content);
    if (index % 4 === 3) await client.ok("files/move_v2", { from_path: path, to_path: `/moved/${index}` });
  }
  await client.put("/temporary", `${name}'s own`);
  await client.ok("files/delete_v2", { path: "/temporary" });
}

async function writeInBatch(client: Client, path: string, content: string): Promise<void> {
  const { session_ids } = await client.ok("files/upload_session/start_batch", { num_sessions: 1 });
  const cursor = { session_id: session_ids[0], offset: 0 };
  const length = Buffer.byteLength(content);
  succeeded(
    await client.upload("files/upload_session/append_batch", { entries: [{ cursor, length, close: true }] }, content),
  );
  const { entries } = await client.ok("files/upload_session/finish_batch_v2", {
    entries: [{ cursor: { ...cursor, offset: length }, commit: { path } }],
  });
  expect(entries[0][".tag"]).toBe("success");
}

/** Follows an account by long poll until it has seen what is to come, and gives the ids of all that it was ever told of. */
async function follow({ name, client }: Member, began: () => void): Promise<Set<string>> {
  const paths = new Map<string, Json>();
  const ids = new Set<string>();
  let { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
  const isThere = () =>
    [...expected(name).keys()].every((path) => paths.has(path)) &&
    [...paths.values()].filter((entry) => entry[".tag"] === "file").length === FILES;
  began();
  while (!isThere()) {
    expect(await client.ok("files/list_folder/longpoll", { cursor, timeout: 30 })).toEqual({ changes: true });
    const news = await readAll(client, await client.ok("files/list_folder/continue", { cursor }));
    cursor = news.cursor;
    for (const entry of news.entries) {
      if (entry[".tag"] === "deleted")
        for (const path of [...paths.keys()])
          if (path === entry.path_lower || path.startsWith(`${entry.path_lower}/`)) paths.delete(path);
      if (entry[".tag"] !== "deleted") {
        paths.set(entry.path_lower, entry);
        ids.add(entry.id);
      }
    }
  }
  return ids;
}

test("ten accounts write, list and poll at once, and each is told of its own files only", async () => {
  const { members } = await tenAccounts();
  const told = await Promise.all(
    members.map(async (member) => {
      let begun = () => {};
      const polling = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const followed = follow(member, () => begun());
      await polling;
      await write(member);
      return followed;
    }),
  );
  // Ids are given once, whoever they are given to.
  expect(new Set(told.flatMap((ids) => [...ids])).size).toBe(told.reduce((sum, ids) => sum + ids.size, 0));
  for (const { name, client } of members) {
    const { entries } = await readAll(client, await client.ok("files/list_folder", { path: "", recursive: true }));
    const files = entries.filter((entry) => entry[".tag"] === "file").map((entry) => entry.path_display);
    expect(files.sort()).toEqual([...expected(name).keys()].sort());
    let bytes = 0;
    for (const [path, content] of expected(name)) {
      expect((await client.download("files/download", { path })).text).toBe(content);
      bytes += Buffer.byteLength(content);
    }
    expect((await client.ok("users/get_space_usage", null)).used).toBe(bytes);
    expect((await client.ok("files/search_v2", { query: "temporary" })).matches).toEqual([]);
  }
});

test("what is one account's is nobody else's, by whatever name it is asked for", async () => {
  const { members } = await tenAccounts();
  const own = await Promise.all(
    members.map(async ({ client, name }) => {
      const file = await client.put(`/${name}'s own`, name);
      const { cursor } = await client.ok("files/list_folder", { path: "", recursive: true });
      const { session_id } = succeeded(await client.upload("files/upload_session/start", {}, "x"));
      const { async_job_id } = await client.ok("files/delete_batch", { entries: [{ path: "/none" }] });
      const { root_info } = await client.ok("users/get_current_account", null);
      return { file, cursor, session_id, async_job_id, namespace: root_info.root_namespace_id };
    }),
  );
  for (const [index, { client }] of members.entries()) {
    const other = own[(index + 1) % own.length];
    if (other === undefined) throw new Error("there are ten");
    const { file, cursor, session_id, async_job_id, namespace } = other;
    for (const path of [file.path_lower, file.id, `rev:${file.rev}`, `ns:${namespace}${file.path_lower}`]) {
      expect(await client.refusal("files/get_metadata", { path })).toBe("path/not_found");
      expect(tagsOf(await client.download("files/download", { path }))).toBe("path/not_found");
    }
    expect(await client.refusal("files/delete_v2", { path: file.id })).toBe("path_lookup/not_found");
    expect(await client.refusal("files/move_v2", { from_path: file.id, to_path: "/mine" })).toBe(
      "from_lookup/not_found",
    );
    expect(await client.refusal("files/restore", { path: "/mine", rev: file.rev })).toBe("invalid_revision");
    const append = { cursor: { session_id, offset: 1 } };
    expect(tagsOf(await client.upload("files/upload_session/append_v2", append, "y"))).toBe("not_found");
    expect(await client.refusal("files/delete_batch/check", { async_job_id })).toBe("invalid_async_job_id");
    expect((await client.rpc("files/list_folder/continue", { cursor })).status).toBe(400);
    const { entries } = await client.ok("files/list_folder", { path: "" });
    expect(entries.map(brief)).toEqual([`file /${members[index]?.name}'s own`]);
  }
});

test("each account has a lock of its own: ten commit in the time of one, and one that is busy keeps nobody waiting", async () => {
  const commitMs = 400;
  const { control, members } = await tenAccounts();
  await control("POST", "conditions", { commitMs, lockWaitMs: 20 * commitMs });
  const timed = async (work: Promise<unknown>[]): Promise<number> => {
    const began = performance.now();
    await Promise.all(work);
    return performance.now() - began;
  };
  const apart = await timed(members.map(({ client }) => client.put("/a", "x")));
  expect(apart).toBeGreaterThanOrEqual(commitMs - 1);
  expect(apart).toBeLessThan(5 * commitMs);
  const [busy, ...others] = members;
  if (busy === undefined) throw new Error("there are ten");
  const alone = timed(Array.from({ length: 10 }, (_, index) => busy.client.put(`/b${index}`, "x")));
  const meanwhile = await timed(others.map(({ client }) => client.put("/c", "x")));
  expect(meanwhile).toBeLessThan(5 * commitMs);
  expect(await alone).toBeGreaterThanOrEqual(10 * (commitMs - 1));

  // Too many in one account are refused there; the others' writes go through.
  await control("POST", "conditions", { lockWaitMs: 5 });
  const all = await Promise.all(
    [busy, busy, busy, ...others].map(async ({ client }, index) => {
      const { status } = await client.upload("files/upload", { path: `/d${index}` }, "x");
      return status;
    }),
  );
  expect(all.slice(0, 3).sort()).toEqual([200, 429, 429]);
  expect(all.slice(3)).toEqual(others.map(() => 200));
});
