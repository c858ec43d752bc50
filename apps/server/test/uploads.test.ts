import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

const TUS = { "tus-resumable": "1.0.0" };
/** Bytes of a file that is just as large as this server takes. */
const LARGEST = 4_000_000;
const DAY = 24 * 3600;
/** How long a test may take in which a server starts again, in milliseconds. */
const WITH_A_START = 120_000;

let own: OwnServer;
let instance: string;
let other: Person;
beforeAll(async () => {
  own = await startOwnServer({ TWINFOLD_LARGEST_UPLOAD: String(LARGEST) });
  instance = await own.firstInstance();
  other = await invite(own, "instance", instance, "other@example.org", "instance editor");
});
afterAll(() => own.dispose());

const content = Buffer.alloc(LARGEST, "all that is in it ");
const stored = (path: string) => join(own.folder, "files", instance, path);
const kept = (id: string) => join(own.folder, "upload-parts", id.split("/").at(-1) ?? "");

const begin = (path: string, size: number, headers: Record<string, string> = {}, at = instance) =>
  own.call("POST", `/api/instances/${at}/uploads?${new URLSearchParams({ area: "workspace", path })}`, undefined, {
    ...TUS,
    ...{ "upload-length": String(size), "if-none-match": "*" },
    ...headers,
  });
/** @returns the path at which it goes on */
const begun = async (path: string, size: number) => (await begin(path, size)).headers.get("location") ?? "";
const patch = (upload: string, offset: number, part: Uint8Array, headers: Record<string, string> = {}) =>
  own.call("PATCH", upload, part, {
    ...TUS,
    ...{ "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
    ...headers,
  });
const head = (upload: string, headers: Record<string, string> = {}) =>
  own.call("HEAD", upload, undefined, { ...TUS, ...headers });
const offsetOf = async (upload: string) => Number((await head(upload)).headers.get("upload-offset"));
const end = (upload: string, path: string, headers: Record<string, string> = { "if-none-match": "*" }) =>
  own.call("POST", `${upload}/end?${new URLSearchParams({ path })}`, undefined, headers);
const answer = async (given: Response | Promise<Response>) => {
  const got = await given;
  return `${got.status} ${(await json<{ error: { code: string } }>(got)).error.code}`;
};

/** Sends the first `bytes` of a request that says that all the rest comes, and cuts the connection. */
async function cut(upload: string, from: number, bytes: number): Promise<void> {
  const { hostname, port } = new URL(own.url);
  const headers = { cookie: own.cookie, "x-twinfold": "1", ...TUS, "upload-offset": String(from) };
  const more = { "content-type": "application/offset+octet-stream", "content-length": content.length - from };
  const request = httpRequest({ hostname, port, method: "PATCH", path: upload, headers: { ...headers, ...more } });
  request.on("error", () => undefined);
  request.write(content.subarray(from, from + bytes));
  await vi.waitFor(() => expect(statSync(join(kept(upload), "part")).size).toBeGreaterThanOrEqual(from + bytes));
  request.destroy();
}

test(
  "what was cut in the middle goes on where it stopped, also at a server that was started again",
  async () => {
    const upload = await begun("large.bin", content.length);
    await cut(upload, 0, 1_500_000);
    expect(await offsetOf(upload)).toBe(1_500_000);
    await cut(upload, 1_500_000, 500_000);
    await own.restart();
    expect(await offsetOf(upload)).toBe(2_000_000);
    expect(existsSync(stored("large.bin"))).toBe(false);
    expect(await answer(end(upload, "large.bin"))).toBe("409 offset");
    // One that thinks that more, or less, has come.
    expect(await answer(patch(upload, 1_000_000, content.subarray(1_000_000)))).toBe("409 offset");
    const last = await patch(upload, 2_000_000, content.subarray(2_000_000));
    expect([last.status, last.headers.get("upload-offset")]).toEqual([204, String(content.length)]);
    const written = await end(upload, "large.bin");
    expect(written.status).toBe(200);
    expect(readFileSync(stored("large.bin")).equals(content)).toBe(true);
    // Whoever did not hear of it asks again, and nothing is left of the parts.
    const again = await end(upload, "large.bin");
    expect([again.status, again.headers.get("etag")]).toEqual([200, written.headers.get("etag")]);
    expect(readdirSync(kept(upload))).toEqual(["about.json"]);
    expect(await answer(patch(upload, content.length, Buffer.from("")))).toBe("404 not-found");
    const noted = () => json<{ entries: unknown[] }>(own.call("GET", `/api/instances/${instance}/activity`));
    await vi.waitFor(
      async () =>
        expect((await noted()).entries).toEqual([expect.objectContaining({ action: "upload", path: "large.bin" })]),
      { timeout: 10_000 },
    );
  },
  WITH_A_START,
);

test("a small file comes with the request that begins it, and an empty one too", async () => {
  const type = { "content-type": "application/offset+octet-stream" };
  const url = (path: string) => `/api/instances/${instance}/uploads?area=workspace&path=${path}`;
  for (const text of ["small", ""]) {
    const headers = { ...TUS, "upload-length": String(text.length), ...(text === "" ? {} : type) };
    const first = await own.call("POST", url("small.txt"), text === "" ? undefined : Buffer.from(text), headers);
    expect(first.status).toBe(201);
    expect((await end(first.headers.get("location") ?? "", "small.txt", {})).status).toBe(200);
    expect(readFileSync(stored("small.txt"), "utf8")).toBe(text);
  }
});

test("an upload is there for nobody but her who began it, and in its instance only", async () => {
  const upload = await begun("mine.txt", 4);
  const as = { cookie: other.cookie };
  expect((await head(upload, as)).status).toBe(404);
  expect(await answer(patch(upload, 0, Buffer.from("evil"), as))).toBe("404 not-found");
  expect(await answer(end(upload, "mine.txt", as))).toBe("404 not-found");
  expect(await answer(own.call("DELETE", upload, undefined, { ...TUS, ...as }))).toBe("404 not-found");
  const distributed = (await unitIds(own)).get("First Space/Distributed") ?? "";
  const elsewhere = upload.replace(instance, distributed);
  expect(await answer(patch(elsewhere, 0, Buffer.from("evil")))).toBe("404 not-found");
  expect((await begin("x", 1, as, distributed)).status).toBe(404);
  expect(await answer(patch(`/api/instances/${instance}/uploads/..%2F..%2Ffiles`, 0, Buffer.from("x")))).toBe(
    "404 not-found",
  );
  expect(await offsetOf(upload)).toBe(0);
});

test("who has become a viewer sends nothing more, and writes nothing", async () => {
  const address = `/api/instances/${instance}/uploads?area=workspace&path=hers.txt`;
  const headers = { ...TUS, "upload-length": "4", cookie: other.cookie };
  const upload = (await own.call("POST", address, undefined, headers)).headers.get("location") ?? "";
  const setRole = (role: string) =>
    own.call("POST", `/api/administration/instance/${instance}/members/role`, { userId: other.id, role });
  expect((await patch(upload, 0, Buffer.from("hers"), { cookie: other.cookie })).status).toBe(204);
  await setRole("instance viewer");
  expect((await head(upload, { cookie: other.cookie })).status).toBe(403);
  expect(await answer(end(upload, "hers.txt", { cookie: other.cookie }))).toBe("403 viewer");
  expect(existsSync(stored("hers.txt"))).toBe(false);
  await setRole("instance editor");
  expect((await end(upload, "hers.txt", { cookie: other.cookie })).status).toBe(200);
});

test("what is there is asked about before anything is sent, and once more at the end; no byte is sent again for it", async () => {
  writeFileSync(stored("taken.txt"), "there");
  expect(await answer(begin("taken.txt", 3))).toBe("412 changed");
  const upload = await begun("late.txt", 3);
  await patch(upload, 0, Buffer.from("new"));
  writeFileSync(stored("late.txt"), "came first");
  expect(await answer(end(upload, "late.txt"))).toBe("412 changed");
  expect(readFileSync(stored("late.txt"), "utf8")).toBe("came first");
  const version = (await own.call("GET", `/api/instances/${instance}/file?area=workspace&path=late.txt`)).headers.get(
    "etag",
  );
  expect(await answer(end(upload, "late.txt", { "if-match": '"another"' }))).toBe("412 changed");
  expect((await end(upload, "late.txt", { "if-match": version ?? "" })).status).toBe(200);
  expect(readFileSync(stored("late.txt"), "utf8")).toBe("new");
});

test("no path leads out of the files, neither at the beginning nor at the end", async () => {
  symlinkSync(own.folder, stored("out"));
  expect(await answer(begin("../x.txt", 1))).toBe("400 bad-path");
  expect(await answer(begin("out/x.txt", 1))).toBe("400 bad-path");
  expect(await answer(begin("no/such/x.txt", 1))).toBe("404 not-found");
  const upload = await begun("in.txt", 1);
  await patch(upload, 0, Buffer.from("x"));
  expect(await answer(end(upload, "../x.txt"))).toBe("400 bad-path");
  expect(await answer(end(upload, "out/x.txt"))).toBe("400 bad-path");
  expect(existsSync(join(own.folder, "x.txt"))).toBe(false);
});

test("no file is larger than this server takes, and no part is more than was said", async () => {
  expect(await answer(begin("huge.bin", LARGEST + 1))).toBe("413 too-large");
  const upload = await begun("three.txt", 3);
  expect(await answer(patch(upload, 0, Buffer.from("four")))).toBe("413 too-large");
  const inPieces = { body: new Blob(["more than three"]).stream(), duplex: "half" } as RequestInit;
  const headers = { cookie: own.cookie, "x-twinfold": "1", ...TUS, "upload-offset": "0" };
  const more = { ...headers, "content-type": "application/offset+octet-stream" };
  const long = await fetch(`${own.url}${upload}`, { method: "PATCH", headers: more, ...inPieces });
  expect(await answer(long)).toBe("413 too-large");
  expect(statSync(join(kept(upload), "part")).size).toBeLessThanOrEqual(3);
  expect(await answer(begin("none.txt", -1))).toMatch(/^400/);
});

test(
  "what was given up is gone at once, what is a day old with the next start, and half-made ones as well",
  async () => {
    const [given, old, fresh] = await Promise.all(["a", "b", "c"].map((name) => begun(`${name}.txt`, 4)));
    expect((await own.call("DELETE", given ?? "", undefined, TUS)).status).toBe(204);
    expect(existsSync(kept(given ?? ""))).toBe(false);
    const before = Date.now() / 1000 - DAY - 60;
    utimesSync(join(kept(old ?? ""), "part"), before, before);
    expect((await head(old ?? "")).status).toBe(404);
    expect(await answer(patch(old ?? "", 0, Buffer.from("late")))).toBe("404 not-found");
    writeFileSync(join(kept(fresh ?? ""), "..", "half"), "");
    await own.restart();
    expect([given, old, fresh].map((one) => existsSync(kept(one ?? "")))).toEqual([false, false, true]);
    expect(existsSync(join(own.folder, "upload-parts", "half"))).toBe(false);
  },
  WITH_A_START,
);

test("with an instance go the uploads that were begun there", async () => {
  const space = (await unitIds(own)).get("First Space") ?? "";
  await own.call("POST", `/api/administration/space/${space}/instances`, { name: "Short" });
  const short = (await unitIds(own)).get("First Space/Short") ?? "";
  const upload = (await begin("x.txt", 4, {}, short)).headers.get("location") ?? "";
  expect(existsSync(kept(upload))).toBe(true);
  await own.call("POST", `/api/administration/instance/${short}/delete`, { alsoInDropbox: false });
  expect(existsSync(kept(upload))).toBe(false);
  expect((await head(upload)).status).toBe(404);
});
