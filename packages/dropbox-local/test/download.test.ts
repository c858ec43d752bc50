import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import { zipStream } from "../src/http/zip.ts";
import { someBytes, startTestDropbox, tagsOf } from "./harness.ts";
import { readZip } from "./zip-reader.ts";

describe("files/download", () => {
  test("the content comes with its metadata in a header that is plain ASCII", async () => {
    const { client } = await startTestDropbox();
    const metadata = await client.put("/Ünï\u{1F600}.txt", "Hola Leo!\n");
    const answer = await client.download("files/download", { path: "/ÜNÏ\u{1F600}.TXT" });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe("Hola Leo!\n");
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    expect(answer.headers.get("etag")).toBe(`W/"${metadata.rev}"`);
    const header = answer.headers.get("dropbox-api-result") ?? "";
    expect(header).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(header)).toEqual(metadata);
  });

  test("by id, by rev, and an older version by its rev", async () => {
    const { client } = await startTestDropbox();
    const first = await client.put("/a", "one");
    await client.put("/a", "two", { mode: "overwrite" });
    expect((await client.download("files/download", { path: first.id })).text).toBe("two");
    expect((await client.download("files/download", { path: `rev:${first.rev}` })).text).toBe("one");
    expect((await client.download("files/download", { path: "/a", rev: first.rev })).text).toBe("one");
    expect((await client.ok("files/get_metadata", { path: `rev:${first.rev}` })).size).toBe(3);
  });

  test("ranges of small and large files", async () => {
    const { client } = await startTestDropbox();
    for (const length of [1000, 300_000]) {
      const bytes = someBytes(length, length);
      await client.put(`/${length}`, bytes);
      const get = (range: string) => client.download("files/download", { path: `/${length}` }, { range });
      for (const [range, start, end] of [
        ["bytes=0-0", 0, 1],
        ["bytes=10-19", 10, 20],
        ["bytes=900-", 900, length],
        ["bytes=-7", length - 7, length],
        [`bytes=5-${length + 50}`, 5, length],
      ] as const) {
        const answer = await get(range);
        expect(answer.status, range).toBe(206);
        expect(answer.bytes.equals(bytes.subarray(start, end)), range).toBe(true);
        expect(answer.headers.get("content-range")).toBe(`bytes ${start}-${end - 1}/${length}`);
      }
      expect((await get(`bytes=${length}-`)).status).toBe(416);
      expect((await get("bytes=5-2")).status).toBe(200);
    }
  });

  test("who has the version already is told so", async () => {
    const { client } = await startTestDropbox();
    const { rev } = await client.put("/a", "x");
    const answer = await client.download("files/download", { path: "/a" }, { "if-none-match": `W/"${rev}"` });
    expect(answer.status).toBe(304);
    expect(answer.bytes.length).toBe(0);
  });

  test("what can't be downloaded", async () => {
    const { client } = await startTestDropbox();
    await client.put("/d/a", "x");
    const refused = async (path: string) => tagsOf(await client.download("files/download", { path }));
    expect(await refused("/c.jpg")).toBe("path/not_found");
    expect(await refused("/d")).toBe("path/not_file");
    expect(await refused("/d/../x")).toBe("path/malformed_path");
    expect(await refused("rev:0123456789abcdef01234")).toBe("path/not_found");
  });

  test("GET serves as well", async () => {
    const { client, dropbox } = await startTestDropbox();
    await client.put("/a", "x");
    const arg = encodeURIComponent(JSON.stringify({ path: "/a" }));
    const response = await fetch(`${dropbox.url}/2/files/download?arg=${arg}`, {
      headers: { authorization: `Bearer ${client.token}` },
    });
    expect(await response.text()).toBe("x");
  });
});

describe("files/download_zip", () => {
  test("a folder comes as one zip file with all that is in it", async () => {
    const { client } = await startTestDropbox();
    const big = someBytes(200_000);
    await client.put("/Prüfung/notes.txt", "hello");
    await client.put("/Prüfung/deep/big.bin", big, { client_modified: "2020-02-03T04:05:06Z" });
    await client.put("/Prüfung/empty.txt", "");
    await client.ok("files/create_folder_v2", { path: "/Prüfung/nothing" });
    const answer = await client.download("files/download_zip", { path: "/prüfung" });
    expect(answer.headers.get("content-type")).toBe("application/zip");
    expect(JSON.parse(answer.headers.get("dropbox-api-result") ?? "").metadata.name).toBe("Prüfung");
    const entries = readZip(answer.bytes);
    expect(entries.map((entry) => entry.path)).toEqual([
      "Prüfung/",
      "Prüfung/deep/",
      "Prüfung/deep/big.bin",
      "Prüfung/empty.txt",
      "Prüfung/notes.txt",
      "Prüfung/nothing/",
    ]);
    expect(entries[2]?.content.equals(big)).toBe(true);
    expect(entries[2]?.modified).toBe("2020-02-03T04:05:06.000Z");
    expect(entries[4]?.content.toString()).toBe("hello");
  });

  test("a file, and a folder of 10,000 entries, can't be had so", async () => {
    const { client } = await startTestDropbox();
    await client.put("/file", "x");
    expect(tagsOf(await client.download("files/download_zip", { path: "/file" }))).toBe("path/not_folder");
    const paths = Array.from({ length: 9_999 }, (_, index) => `/big/${index}`);
    await client.ok("files/create_folder_batch", { paths });
    expect(tagsOf(await client.download("files/download_zip", { path: "/big" }))).toBe("too_many_files");
    await client.ok("files/delete_v2", { path: "/big/7" });
    expect(readZip((await client.download("files/download_zip", { path: "/big" })).bytes).length).toBe(9_999);
  });

  test("beyond 4 GiB the directory is written as zip64", async () => {
    const piece = Buffer.alloc(64 * 1024 * 1024, 1);
    const large = (path: string) => ({
      path,
      modified: 0,
      size: 40 * piece.length,
      crc: async () => 0,
      content: async function* () {
        for (let index = 0; index < 40; index++) yield piece;
      },
    });
    const last = Buffer.from("last");
    const end = {
      path: "c",
      modified: 0,
      size: 4,
      crc: async () => crc32(last),
      content: async function* () {
        yield last;
      },
    };
    let size = 0;
    let tail = Buffer.alloc(0);
    for await (const bytes of zipStream([large("a"), large("b"), end])) {
      size += bytes.length;
      tail = bytes.length > 1000 ? tail : Buffer.concat([tail, bytes]);
    }
    expect(tail.readUInt32LE(tail.length - 22)).toBe(0x06054b50);
    expect(tail.readUInt32LE(tail.length - 22 + 16)).toBe(0xffffffff);
    const locator = tail.length - 22 - 20;
    expect(tail.readUInt32LE(locator)).toBe(0x07064b50);
    const record = tail.length - 22 - 20 - 56;
    expect(Number(tail.readBigUInt64LE(locator + 8))).toBe(size - 22 - 20 - 56);
    expect(tail.readUInt32LE(record)).toBe(0x06064b50);
    expect(Number(tail.readBigUInt64LE(record + 48))).toBeGreaterThan(2 ** 32);
  });
});
