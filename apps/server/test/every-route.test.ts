import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Snapshot } from "@twinfold/api";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";
import { file, RULES, type Who } from "./route-rules.ts";

let own: OwnServer;
/** May look at the one instance. */
let viewer: Person;
/** Administers a space of another organization, and knows all ids of this one. */
let stranger: Person;
const ids: Record<string, string> = { which: "was" };

/** The server's routes as they are registered, also those that no document tells of; not those at the applications' origin. */
const registered = new Set<string>();
subscribe("fastify.initialization", (message) => {
  const { fastify } = message as { fastify: FastifyInstance };
  const routes: string[] = [];
  fastify.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) routes.push(`${one} ${url.replaceAll(/:(\w+)/g, "{$1}")}`);
  });
  fastify.addHook("onReady", async () => {
    if (routes.includes("GET /api/me")) for (const route of routes) registered.add(route);
  });
});

beforeAll(async () => {
  own = await startOwnServer({ TWINFOLD_LARGEST_UPLOAD: "1000000" });
  const post = (path: string, body?: unknown) => own.call("POST", path, body);
  await post("/api/administration/organizations", { name: "Elsewhere" });
  const elsewhere = (await unitIds(own)).get("Elsewhere");
  await post(`/api/administration/organization/${elsewhere}/spaces`, { name: "Their Space" });
  const units = await unitIds(own);
  for (const [level, of] of [
    ["organization", "Analytical Engines"],
    ["space", "First Space"],
    ["instance", "First Space/Master"],
  ] as const)
    ids[level] = units.get(of) ?? "";
  const instance = `/api/instances/${ids.instance}`;
  viewer = await invite(own, "instance", ids.instance ?? "", "viewer@example.org", "instance viewer");
  stranger = await invite(own, "space", units.get("Their Space") ?? "", "s@example.org", "space administrator");
  await own.call("PUT", `${instance}/file?${file}`, "kept");
  ids.snapshotId = (await json<Snapshot>(post(`${instance}/snapshots`, {}))).id;
  const { sessions } = await json<{ sessions: { id: string }[] }>(own.call("GET", "/api/account/sessions"));
  ids.sessionId = sessions[0]?.id ?? "";
  const begun = await own.call("POST", `${instance}/uploads?area=workspace&path=b.txt`, undefined, {
    "tus-resumable": "1.0.0",
    "upload-length": "5",
  });
  ids.uploadId = begun.headers.get("location")?.split("/").at(-1) ?? "";
  ids.application = (await json<{ id: string }>(post(`${instance}/application`))).id;
  ids.applicationId = ids.application;
  const targets = [units.get("First Space/Distributed")];
  ids.distributionId = (
    await json<{ id: string }>(post(`${instance}/distributions`, { paths: ["a.txt"], targets }))
  ).id;
  ids.entryId = await vi.waitFor(async () => {
    const { entries } = await json<{ entries: { id: string }[] }>(own.call("GET", `${instance}/activity`));
    if (entries[0] === undefined) throw new Error("nothing was noted yet");
    return entries[0].id;
  });
}, 120_000);
afterAll(() => own.dispose());

type Call = (method: string, path: string, body?: unknown) => Promise<Response>;
const nobody: Call = (method, path, body) => own.call(method, path, body, { cookie: "" });

/** A route with the ids of this organization's things in it. */
function addressOf(route: string, level: string): string {
  const path = route.slice(route.indexOf(" ") + 1).replace("{level}", level);
  const kind =
    /administration\/(\w+)\//.exec(path)?.[1] ?? (path.startsWith("/api/applications/") ? "application" : "instance");
  return path.replaceAll(/\{(\w+)\}/g, (_, key: string) => (key === "id" ? ids[kind] : ids[key]) ?? "");
}

/** The request as its rule has it. @returns how it was answered: the status, and the code of an error */
async function ask(call: Call, route: string, level = "instance"): Promise<string> {
  const { query, body } = RULES[route] ?? {};
  const [method = ""] = route.split(" ");
  const given =
    typeof body === "object" ? JSON.parse(JSON.stringify(body).replace("MASTER", ids.instance ?? "")) : body;
  const answer = await call(method, `${addressOf(route, level)}${query === undefined ? "" : `?${query}`}`, given);
  const isStream = answer.headers.get("content-type") === "text/event-stream";
  if (isStream) await answer.body?.cancel();
  const text = isStream ? "" : await answer.text();
  // What is only looked at by HEAD has no code.
  const code = () => (method === "HEAD" ? CODES[answer.status] : JSON.parse(text).error?.code);
  return answer.ok ? String(answer.status) : `${answer.status} ${code()}`;
}

const CODES: Readonly<Record<number, string>> = { 401: "not-logged-in", 404: "not-found" };

const routesOf = (...who: readonly Who[]) =>
  Object.keys(RULES).filter((route) => who.includes(RULES[route]?.who ?? "everybody"));
const answers = async (call: Call, routes: readonly string[], level?: string) =>
  Object.fromEntries(await Promise.all(routes.map(async (route) => [route, await ask(call, route, level)] as const)));
const all = (routes: readonly string[], answer: string) => Object.fromEntries(routes.map((route) => [route, answer]));

test("the rules are about every route that there is", async () => {
  // What is got is looked at by HEAD too, in the same way; all else that is no page is the API's.
  const pages = /^GET \/(assets\/[^/]+|icon\.svg|index\.html)?$/;
  const isOfGet = (route: string) => route.startsWith("HEAD ") && registered.has(route.replace("HEAD", "GET"));
  const routes = [...registered].filter((route) => !isOfGet(route) && !pages.test(route));
  expect(routes.sort()).toEqual(Object.keys(RULES).sort());
});

test("who is not logged in is answered 401 before anything of the request is looked at", async () => {
  const routes = Object.keys(RULES).filter((route) => RULES[route]?.who !== "everybody");
  expect(await answers(nobody, routes)).toEqual(all(routes, "401 not-logged-in"));
  const empty: Call = (method, path) => nobody(method, path.replace(/\?.*/, "?path=%00"));
  expect(await answers(empty, routes)).toEqual(all(routes, "401 not-logged-in"));
});

test("to who has nothing to do with them an organization's things are not there, whatever she knows of them", async () => {
  const routes = routesOf("members", "editors", "administrators", "owner").filter((one) => !one.includes("terminal"));
  expect(await answers(stranger.call, routes)).toEqual(all(routes, "404 not-found"));
  const ofUnits = routes.filter((route) => route.includes("{level}"));
  for (const level of ["organization", "space"])
    expect(await answers(stranger.call, ofUnits, level)).toEqual(all(ofUnits, "404 not-found"));
  for (const route of routesOf("herself").filter((one) => one.startsWith("GET ") && !one.includes("events"))) {
    const told = await (await stranger.call("GET", addressOf(route, ""))).text();
    for (const id of Object.values(ids).filter(({ length }) => length === 36)) expect(told).not.toContain(id);
  }
});

test("who may only look changes nothing, and administers nothing", async () => {
  for (const [routes, answer] of [
    [routesOf("editors"), "403 viewer"],
    [routesOf("administrators", "managers"), "403 role"],
    [routesOf("members"), "200"],
    [routesOf("owner").filter((one) => !one.includes("terminal")), "404 not-found"],
  ] as const)
    expect(await answers(viewer.call, routes)).toEqual(all(routes, answer));
  const levels = routesOf("administrators").filter((route) => route.includes("{level}"));
  for (const level of ["organization", "space"])
    expect(await answers(viewer.call, levels, level)).toEqual(all(levels, "403 role"));
});

test("a terminal is its user's, and opens for nobody else", async () => {
  const address = `${own.url.replace("http", "ws")}/api/applications/${ids.application}/terminal`;
  const open = (cookie: string) => new WebSocket(address, { headers: { cookie, origin: own.url } } as never);
  const [closed] = await once(open(viewer.cookie), "close");
  expect((closed as CloseEvent).code).toBe(4404);
  const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", cookie: "" };
  const key = { "sec-websocket-key": "MDEyMzQ1Njc4OWFiY2RlZg==" };
  expect(await own.raw("GET", new URL(address).pathname, { ...upgrade, ...key })).toBe(401);
});

test("a page of another site has nothing changed, by any route", async () => {
  const changing = Object.keys(RULES).filter((route) => !/^(GET|HEAD) /.test(route));
  const from = (headers: Record<string, string>): Call => {
    const { cookie } = own;
    return (method, path) => fetch(`${own.url}${path}`, { method, headers: { cookie, ...headers } });
  };
  expect(await answers(from({}), changing)).toEqual(all(changing, "403 csrf"));
  const elsewhere = from({ origin: "https://evil.example", "x-twinfold": "1" });
  expect(await answers(elsewhere, changing)).toEqual(all(changing, "403 other-origin"));
});

test("pages and answers say what browsers may do with them", async () => {
  for (const path of ["/", "/login", "/api/me", "/api/nothing", "/no/such/page"]) {
    const { headers } = await own.call("GET", path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
});

test("a request that is too large is refused", async () => {
  const large = "x".repeat(2_000_000);
  const upload = `${own.url}/api/instances/${ids.instance}/file?area=workspace&path=large.txt`;
  const headers = { cookie: own.cookie, "x-twinfold": "1" };
  // One that says how long it is, one that does not, and one that is no file.
  const inPieces = { body: new Blob([large]).stream(), duplex: "half" } as RequestInit;
  for (const request of [
    () => fetch(upload, { method: "PUT", headers, body: large }),
    () => fetch(upload, { method: "PUT", headers, ...inPieces }),
    () => own.call("POST", "/api/dropbox/link", { otherAccount: false, more: large }),
  ]) {
    const answer = await request();
    expect([answer.status, (await json<{ error: { code: string } }>(answer)).error.code]).toEqual([413, "too-large"]);
  }
  expect(readdirSync(join(own.folder, "files", ids.instance ?? ""))).not.toContain("large.txt");
  expect(readdirSync(join(own.folder, "files/.uploads"))).toEqual([]);
});
