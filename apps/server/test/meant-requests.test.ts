import { afterAll, beforeAll, expect, test } from "vitest";
import { type OwnServer, startOwnServer } from "./own-server.ts";

let own: OwnServer;
beforeAll(async () => {
  own = await startOwnServer();
});
afterAll(() => own.dispose());

const ELSEWHERE = { origin: "http://evil.example", "x-twinfold": "1" };

test.each([
  ["without the header", "/api/dropbox/unlink", {}],
  ["from another site", "/api/dropbox/unlink", ELSEWHERE],
  ["from another site, the path written otherwise", "/%61pi/dropbox/unlink", ELSEWHERE],
  ["without the header, the path written otherwise", "/ap%69/dropbox/unlink", {}],
  ["to a route that is not there", "/nope", ELSEWHERE],
])("a change that is asked for %s is refused", async (_how, path, headers) => {
  expect(await own.raw("POST", path, headers)).toBe(403);
});

test("a site whose name was pointed at this machine is another site", async () => {
  const { port } = new URL(own.url);
  const rebound = { host: `evil.example:${port}`, origin: `http://evil.example:${port}`, "x-twinfold": "1" };
  expect(await own.raw("POST", "/api/dropbox/unlink", rebound)).toBe(403);
});

test.each([
  ["another site's page", { "sec-fetch-site": "cross-site" }],
  ["a page at another port of this host, or beside it in its domain", { "sec-fetch-site": "same-site" }],
  ["a page of another origin", { origin: "http://127.0.0.1:1" }],
  ["a page that has no origin", { origin: "null" }],
])("nothing is answered to %s, not even what only reads", async (_what, headers) => {
  expect(await own.raw("GET", "/api/instances", headers as Record<string, string>)).toBe(403);
  expect(await own.raw("POST", "/api/dropbox/unlink", { ...headers, "x-twinfold": "1" })).toBe(403);
});

test.each(["same-origin", "none"])("what a browser says to come from %s is answered", async (site) => {
  expect(await own.raw("GET", "/api/instances", { "sec-fetch-site": site })).toBe(200);
});

test("a page of ours may ask", async () => {
  expect(await own.raw("POST", "/api/dropbox/unlink", { origin: own.url, "x-twinfold": "1" })).toBe(200);
});

test("nobody who is not logged in is answered", async () => {
  expect((await own.call("GET", "/api/dropbox", undefined, { cookie: "" })).status).toBe(401);
});

test("nothing that the API says is kept by a browser, however its path is written", async () => {
  for (const path of ["/api/me", "/%61pi/me"]) {
    expect((await own.call("GET", path)).headers.get("cache-control")).toBe("no-store");
  }
});

test("the pages answer to being looked at only", async () => {
  expect(await own.raw("POST", "/nope", { "x-twinfold": "1" })).toBe(404);
});
