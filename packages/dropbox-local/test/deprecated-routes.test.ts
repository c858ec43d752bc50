import { describe, expect, test } from "vitest";
import { brief, type Client, type Json, startTestDropbox, succeeded, tagsOf } from "./harness.ts";

const tree = async (client: Client): Promise<string[]> =>
  (await client.ok("files/list_folder", { path: "", recursive: true })).entries.map(brief);

async function batch(client: Client, route: string, entries: readonly [from: string, to: string][], more = {}) {
  const { async_job_id } = await client.ok(route, {
    entries: entries.map(([from_path, to_path]) => ({ from_path, to_path })),
    ...more,
  });
  return client.ok(`${route}/check`, { async_job_id });
}

describe("move_batch and copy_batch", () => {
  test("each entry's metadata comes in order", async () => {
    const { client } = await startTestDropbox();
    const a = await client.put("/a", "1");
    const moved = await batch(client, "files/move_batch", [
      ["/a", "/b"],
      ["/b", "/c/b"],
    ]);
    expect(moved).toMatchObject({
      ".tag": "complete",
      entries: [{ metadata: { ".tag": "file", id: a.id, name: "b" } }, { metadata: { path_display: "/c/b" } }],
    });
    const copied = await batch(client, "files/copy_batch", [["/c", "/c"]], { autorename: true });
    expect(copied.entries).toMatchObject([{ metadata: { ".tag": "folder", path_display: "/c (1)" } }]);
    expect(await tree(client)).toEqual(["folder /c", "folder /c (1)", "file /c (1)/b", "file /c/b"]);
  });

  test("where one entry fails nothing is done, and no cursor tells of any of it", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a", "1");
    await client.put("/b", "2");
    const { cursor } = await client.ok("files/list_folder/get_latest_cursor", { path: "", recursive: true });
    const used = await client.ok("users/get_space_usage", null);
    for (const [route, error] of [
      ["files/move_batch", { ".tag": "to", to: { ".tag": "conflict", conflict: { ".tag": "file" } } }],
      ["files/copy_batch", { ".tag": "to", to: { ".tag": "conflict", conflict: { ".tag": "file" } } }],
    ] as const)
      expect(
        await batch(client, route, [
          ["/a", "/c"],
          ["/b", "/c"],
        ]),
      ).toEqual({ ".tag": "failed", failed: error });
    expect(await tree(client)).toEqual(["file /a", "file /b"]);
    expect((await client.ok("files/list_folder/continue", { cursor })).entries).toEqual([]);
    expect(await client.ok("users/get_space_usage", null)).toEqual(used);
  });

  test("a job is not known to the newer routes, whose results have another form", async () => {
    const { client } = await startTestDropbox();
    const { async_job_id } = await client.ok("files/move_batch", { entries: [{ from_path: "/a", to_path: "/b" }] });
    expect(await client.refusal("files/move_batch/check_v2", { async_job_id })).toBe("invalid_async_job_id");
  });
});

test("upload_session/append has the cursor as its argument", async () => {
  const { client } = await startTestDropbox();
  const { session_id } = succeeded(await client.upload("files/upload_session/start", {}, "ab"));
  const append = (offset: number, body: string) =>
    client.upload("files/upload_session/append", { session_id, offset }, body);
  succeeded(await append(2, "cd"));
  expect(tagsOf(await append(2, "x"))).toBe("incorrect_offset");
  const cursor = { session_id, offset: 4 };
  await client.upload("files/upload_session/finish", { cursor, commit: { path: "/a" } }, "ef");
  expect((await client.download("files/download", { path: "/a" })).text).toBe("abcdef");
});

test("the alpha routes do what upload and get_metadata do", async () => {
  const { client } = await startTestDropbox();
  const file = succeeded(await client.upload("files/alpha/upload", { path: "/a" }, "1"));
  expect(await client.ok("files/alpha/get_metadata", { path: file.id, include_property_templates: [] })).toEqual({
    ".tag": "file",
    ...file,
  });
  expect(tagsOf(await client.upload("files/alpha/upload", { path: "/a" }, "2"))).toBe("path/conflict/file");
  expect(await client.refusal("files/alpha/get_metadata", { path: "/none" })).toBe("path/not_found");
});

describe("search", () => {
  test("pages are asked for by number", async () => {
    const { client } = await startTestDropbox();
    for (const name of ["b1", "b2", "b3"]) await client.put(`/d/${name}`, name);
    await client.put("/b4", "outside");
    const search = async (start: number) => {
      const { matches, ...rest } = await client.ok("files/search", { path: "/d", query: "B", start, max_results: 2 });
      return { ...rest, found: matches.map((match: Json) => brief(match.metadata)) };
    };
    expect(await search(0)).toEqual({ found: ["file /d/b1", "file /d/b2"], more: true, start: 2 });
    expect(await search(2)).toEqual({ found: ["file /d/b3"], more: false, start: 3 });
    expect(await search(9)).toEqual({ found: [], more: false, start: 3 });
  });

  test("deleted files are found where they are asked for, and a folder has to be there", async () => {
    const { client } = await startTestDropbox();
    await client.put("/gone", "1");
    await client.ok("files/delete_v2", { path: "/gone" });
    const search = { path: "", query: "gone" };
    expect((await client.ok("files/search", search)).matches).toEqual([]);
    const { matches } = await client.ok("files/search", { ...search, mode: "deleted_filename" });
    expect(matches).toMatchObject([{ metadata: { ".tag": "deleted", path_display: "/gone" } }]);
    expect(await client.refusal("files/search", { path: "/none", query: "x" })).toBe("path/not_found");
  });
});

describe("create_shared_link and get_shared_links", () => {
  test("a path keeps its one link", async () => {
    const { client } = await startTestDropbox();
    await client.put("/d/a", "hello");
    const link = await client.ok("sharing/create_shared_link", { path: "/D/A" });
    expect(link).toEqual({ url: link.url, visibility: { ".tag": "public" }, path: "/d/a" });
    expect(await client.ok("sharing/create_shared_link", { path: "/d/a", short_url: true })).toEqual(link);
    expect(await (await fetch(link.url.replace("dl=0", "dl=1"))).text()).toBe("hello");
    expect(await client.refusal("sharing/create_shared_link", { path: "/none" })).toBe("path/not_found");
  });

  test("all links, or those that lead to a path", async () => {
    const { client } = await startTestDropbox();
    await client.put("/d/a", "1");
    await client.put("/b", "2");
    for (const path of ["/d", "/d/a", "/b"]) await client.ok("sharing/create_shared_link", { path });
    const paths = async (path?: string) => {
      const { links } = await client.ok("sharing/get_shared_links", { path });
      return links.map((link: Json) => [link[".tag"], link.path].join(" ")).sort();
    };
    expect(await paths()).toEqual(["path /b", "path /d", "path /d/a"]);
    expect(await paths("")).toHaveLength(3);
    expect(await paths("/d/a")).toEqual(["path /d", "path /d/a"]);
    expect(await paths("/d")).toEqual(["path /d"]);
    expect(await client.refusal("sharing/get_shared_links", { path: "no slash" })).toBe("path");
  });
});

test("what others have shared is an empty list", async () => {
  const { client } = await startTestDropbox();
  for (const route of ["sharing/list_folders", "sharing/list_mountable_folders", "sharing/list_received_files"]) {
    expect(await client.ok(route, {})).toEqual({ entries: [] });
    expect(await client.refusal(`${route}/continue`, { cursor: "x" })).toBe("invalid_cursor");
    expect((await client.rpc(route, { limit: 0 })).status).toBe(400);
  }
});
