import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OwnServer, startOwnServer } from "./own-server.ts";

let own: OwnServer;
let instance: string;
beforeAll(async () => {
  own = await startOwnServer();
  instance = await own.firstInstance();
});
afterAll(() => own.dispose());

const address = (path: string) => `/api/instances/${instance}/file?${new URLSearchParams({ area: "workspace", path })}`;
const put = (path: string, body: string | undefined, headers: Record<string, string> = {}) =>
  own.call("PUT", address(path), body, headers);
const stored = (path: string) => readFileSync(join(own.folder, "files", instance, path), "utf8");

test.each([
  ["JSON", '["hello ","world"]\n', "application/json"],
  ["JSON that is an object", '{"a":1}', "application/json"],
  ["a text", "hello\r\n", "text/plain;charset=UTF-8"],
  ["a form", "a=1&b=2", "application/x-www-form-urlencoded"],
])("%s is stored byte for byte", async (_what, body, type) => {
  expect((await put("typed", body, { "content-type": type })).status).toBe(200);
  expect(stored("typed")).toBe(body);
});

test("an empty file of no type is a file", async () => {
  expect((await put("empty", undefined)).status).toBe(200);
  expect(stored("empty")).toBe("");
});

test("a file is replaced only as it was read, and its new version is told", async () => {
  await put("shared.txt", "first");
  const tag = (await own.call("GET", address("shared.txt"))).headers.get("etag") ?? "";
  const mine = await put("shared.txt", "mine", { "if-match": tag });
  expect(mine.status).toBe(200);
  const theirs = await put("shared.txt", "theirs", { "if-match": tag });
  expect(theirs.status).toBe(412);
  expect(((await theirs.json()) as { error: { message: string } }).error.message).toContain("changed meanwhile");
  expect((await put("shared.txt", "more", { "if-match": mine.headers.get("etag") ?? "" })).status).toBe(200);
  expect(stored("shared.txt")).toBe("more");
});

test("an upload that must be new leaves its namesake alone", async () => {
  await put("taken.txt", "there");
  expect((await put("taken.txt", "new", { "if-none-match": "*" })).status).toBe(412);
  expect(stored("taken.txt")).toBe("there");
  expect((await put("free.txt", "new", { "if-none-match": "*" })).status).toBe(200);
});

test("a folder comes as a zip file, to whoever may see it", async () => {
  await own.call("POST", `/api/instances/${instance}/folder`, { area: "workspace", path: "my data" });
  await put("my data/größe.txt", "inside");
  const zip = (path: string, id = instance) =>
    own.call("GET", `/api/instances/${id}/zip?${new URLSearchParams({ area: "workspace", path })}`);
  const answer = await zip("my data");
  expect(answer.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''my%20data.zip");
  const found = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  expect(Object.keys(found)).toEqual(["my data/", "my data/größe.txt"]);
  expect((await zip("../..")).status).toBe(400);
  expect((await zip("nowhere")).status).toBe(404);
  expect((await zip("my data", "elsewhere")).status).toBe(404);
  expect((await own.call("GET", `/api/instances/${instance}/zip`, undefined, { cookie: "" })).status).toBe(401);
});

test("what an upload left when the server was killed is gone at the next start", async () => {
  for (const area of ["files", "personal"]) {
    mkdirSync(join(own.folder, area, ".uploads"), { recursive: true });
    writeFileSync(join(own.folder, area, ".uploads", "1"), "half");
  }
  await own.restart();
  for (const area of ["files", "personal"]) expect(existsSync(join(own.folder, area, ".uploads"))).toBe(false);
  expect(readdirSync(join(own.folder, "files", instance)).filter((name) => name.startsWith(".~"))).toEqual([]);
});
