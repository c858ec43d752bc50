import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Application, openApplicationPath } from "@twinfold/api";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../../../test/pages/server-process.ts";
import { startServer } from "../src/server.ts";
import { readSettings } from "../src/settings.ts";
import { PATIENCE } from "./linked-server.ts";
import { follow, type Opened, openApplication, originOf } from "./opening.ts";
import { type OwnServer, startOwnServer, USER } from "./own-server.ts";
import { invite, json, type Person } from "./people.ts";

const PROGRAM = fileURLToPath(new URL("echo-program.mjs", import.meta.url));
const entry = (kind: string) => ({
  ...{ kind, name: kind, description: "", command: [process.execPath, PROGRAM, "{socket}"] },
  ...{ env: { ECHO_SECRET: "{secret}" }, headers: { "x-secret": "{secret}" } },
});

let folder: string;
let own: OwnServer;
let id: string;
let editor: Person;
let mine: Application;
let other: Application;
let hers: Application;
let at: Opened;

const start = (kind: string, person: Pick<Person, "call">) =>
  json<Application>(person.call("POST", `/api/instances/${id}/application`, { kind }));
const link = (application: Application) => `${own.url}${openApplicationPath(application)}`;
const listens = (one: Opened) =>
  vi.waitFor(async () => expect((await one.call("GET", one.base)).status).toBe(200), PATIENCE);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-catalogue-"));
  writeFileSync(join(folder, "applications.json"), JSON.stringify([entry("echo"), entry("echo-too")]));
  own = await startOwnServer({ TWINFOLD_APPLICATIONS_FILE: join(folder, "applications.json") });
  id = await own.firstInstance();
  editor = await invite(own, "instance", id, "editor@example.org", "instance editor");
  [mine, other, hers] = await Promise.all([start("echo", own), start("echo-too", own), start("echo", editor)]);
  at = await openApplication(own, mine);
  await listens(at);
}, 120_000);
afterAll(async () => {
  await own.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** A browser on its way, where it has the code and has not handed it over. */
async function withCode(application: Application, login = own.cookie) {
  const { way, cookies } = await follow(link(application), own, login, (url) => url.searchParams.has("code"));
  return { url: way.at(-1) ?? new URL(own.url), cookies };
}
const hand = (url: URL, cookie: string) => fetch(url, { redirect: "manual", headers: { cookie } });

test("each application has another host than ours and the others, so that no cookie goes from one to the other", () => {
  expect(new URL(own.url).hostname).toBe("127.0.0.1");
  expect(new URL(at.origin).hostname).toBe(`${mine.id}.localhost`);
  expect(new URL(originOf(own, other)).hostname).toBe(`${other.id}.localhost`);
});

test("nothing of an application is at the address of another, or at none", async () => {
  const elsewhere = await openApplication(own, other);
  await listens(elsewhere);
  const { port } = new URL(at.origin);
  for (const origin of [elsewhere.origin, `http://localhost:${port}`, `http://127.0.0.1:${port}`]) {
    expect((await fetch(`${origin}${at.base}`, { headers: { cookie: at.cookie } })).status).toBe(404);
    expect((await fetch(`${origin}/open/${id}/${mine.id}`, { redirect: "manual" })).status).toBe(404);
  }
  // Another's page may lead to it, and no more.
  const from = { origin: elsewhere.origin, "sec-fetch-site": "same-site", "sec-fetch-dest": "empty" };
  for (const method of ["GET", "POST"]) expect((await at.call(method, at.base, undefined, from)).status).toBe(403);
});

test("a code opens once, and what stays in the browser is an address without it and a cookie for the one application", async () => {
  const { url, cookies } = await withCode(mine);
  const first = await hand(url, cookies.for(url));
  const { base } = at;
  expect([first.status, first.headers.get("location")]).toEqual([302, base]);
  expect([first.headers.get("referrer-policy"), first.headers.get("cache-control")]).toEqual([
    "no-referrer",
    "no-store",
  ]);
  const [cookie = "", ...flags] = first.headers.getSetCookie()[0]?.split("; ") ?? [];
  expect(flags.sort()).toEqual(["HttpOnly", `Path=${base}`, "SameSite=Lax"]);
  expect((await at.call("GET", base, undefined, { cookie })).status).toBe(200);

  const again = await hand(url, cookies.for(url));
  expect([again.status, again.headers.getSetCookie()]).toEqual([403, []]);
  expect(await again.text()).toContain(`href="${link(mine)}"`);
});

test("a code is good in the browser alone that asked for it, and for the application alone that it asked for", async () => {
  const { url } = await withCode(mine);
  const elsewhere = await withCode(mine);
  // As when somebody sends another the address to an application of his.
  expect((await hand(url, "")).status).toBe(403);
  expect((await hand(elsewhere.url, (await withCode(mine)).cookies.for(elsewhere.url))).status).toBe(403);

  const another = await withCode(mine);
  const moved = new URL(another.url.href.replaceAll(mine.id, other.id));
  expect((await hand(moved, another.cookies.for(another.url))).status).toBe(403);
  expect((await hand(another.url, another.cookies.for(another.url))).status).toBe(403);
});

test("a code that was not handed over in half a minute is good no more", async () => {
  const { url, cookies } = await withCode(mine);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
  try {
    expect((await hand(url, cookies.for(url))).status).toBe(403);
  } finally {
    vi.useRealTimers();
  }
});

test("a user opens her own applications only, with her own cookie for each", async () => {
  const theirs = await openApplication(own, hers, editor.cookie);
  await listens(theirs);
  const asked = (one: Opened, { cookie }: Opened) => one.call("GET", one.base, undefined, { cookie });
  expect((await asked(theirs, at)).status).toBe(401);
  expect((await asked(at, theirs)).status).toBe(401);
  expect((await at.call("GET", at.base.replace(id, "elsewhere"))).status).toBe(404);
  expect((await at.call("GET", at.base, undefined, { cookie: own.cookie })).status).toBe(401);
  // Nobody is led to another's, logged in or not.
  for (const login of [editor.cookie, ""]) {
    const { way, answer } = await follow(link(mine), own, login);
    expect([way.at(-1)?.href, answer?.status]).toEqual([`${own.url}/instances/${id}/applications`, 200]);
  }
});

test("an address within an application leads there by way of our pages, and nowhere else", async () => {
  const deep = `${at.origin}${at.base}lab/tree?a=1&b=%2F`;
  const { way, answer } = await follow(deep, own, own.cookie);
  expect([way.at(-1)?.href, answer?.status]).toEqual([deep, 200]);
  const evil = `${at.origin}/open/${id}/${mine.id}?to=${encodeURIComponent("https://evil.example/")}`;
  expect((await follow(evil, own, own.cookie)).way.at(-1)?.href).toBe(`${at.origin}${at.base}`);
});

test.each([
  ["a script of another site", "GET", { "sec-fetch-site": "cross-site", "sec-fetch-dest": "empty" }],
  ["a script of our pages", "GET", { "sec-fetch-site": "same-site", "sec-fetch-dest": "empty" }],
  ["a frame in another page", "GET", { "sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe" }],
  ["a form of another site", "POST", { "sec-fetch-site": "cross-site", "sec-fetch-dest": "document" }],
  ["another origin", "GET", { origin: "https://evil.example" }],
  ["a page without an origin", "POST", { origin: "null" }],
])("nothing is answered to %s", async (_who, method, headers) => {
  const answer = await at.call(method, at.base, undefined, headers as Record<string, string>);
  expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("other-origin")]);
  const opening = await own.call("GET", openApplicationPath(mine), undefined, headers as Record<string, string>);
  if (method === "GET") expect(opening.status).toBe(403);
});

test("a websocket opens for the application's own pages and its user only", async () => {
  const address = `${at.origin.replace("http", "ws")}${at.base}`;
  const opens = (headers: Record<string, string>) =>
    new Promise<boolean>((resolve) => {
      const socket = new WebSocket(address, { headers } as unknown as string[]);
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    });
  expect(await opens({ cookie: at.cookie, origin: at.origin })).toBe(true);
  for (const origin of ["https://evil.example", own.url, originOf(own, other), "null"])
    expect(await opens({ cookie: at.cookie, origin })).toBe(false);
  expect(await opens({ cookie: own.cookie, origin: at.origin })).toBe(false);
});

test("it is closed when the application is stopped, and does not open the next of its kind", async () => {
  const stopped = await openApplication(own, other);
  await listens(stopped);
  await own.call("POST", `/api/applications/${other.id}/stop`);
  expect((await stopped.call("GET", stopped.base)).status).toBe(401);
  const next = await start("echo-too", own);
  const ofNext = new URL(stopped.base.replace(other.id, next.id), originOf(own, next));
  expect((await fetch(ofNext, { headers: { cookie: stopped.cookie } })).status).toBe(401);
  // Who comes to the old address by a bookmark is told that it has ended.
  const { way } = await follow(`${stopped.origin}${stopped.base}`, own, own.cookie);
  expect(way.at(-1)?.href).toBe(`${own.url}/instances/${id}/applications`);
});

test("it is closed to a session that was logged out from another, also to a code that was on its way", async () => {
  const login = await own.logIn();
  const opened = await openApplication(own, mine, login);
  const { url, cookies } = await withCode(mine, login);
  expect((await opened.call("GET", opened.base)).status).toBe(200);
  await own.call("POST", "/api/account/sessions/end-others");
  expect((await opened.call("GET", opened.base)).status).toBe(401);
  const handed = await hand(url, cookies.for(url));
  const late = handed.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  expect((await opened.call("GET", opened.base, undefined, { cookie: late })).status).toBe(401);
});

test("it is closed to who has lost the role that runs it", async () => {
  const theirs = await openApplication(own, hers, editor.cookie);
  expect((await theirs.call("GET", theirs.base)).status).toBe(200);
  const role = { userId: editor.id, role: "instance viewer" };
  expect((await own.call("POST", `/api/administration/instance/${id}/members/role`, role)).status).toBe(200);
  await vi.waitFor(async () => expect((await theirs.call("GET", theirs.base)).status).toBe(401), PATIENCE);
});

test.each([
  ["one for all", "apps.example.org", () => "apps.example.org", "__Secure-", (path: string) => path],
  ["one each", "*.apps.example.org", (id: string) => `${id}.apps.example.org`, "__Host-", () => "/"],
])(
  "behind https, at addresses of the operator's, %s, cookies are for encrypted connections and the host only",
  async (_each, given, hostOf, prefix, pathOf) => {
    const [port, applicationsPort] = [await freePort(), await freePort()];
    const data = mkdtempSync(join(tmpdir(), "twinfold-https-"));
    const server = await startServer(
      readSettings({
        ...{ TWINFOLD_DATA: data, PORT: String(port), TWINFOLD_LOCAL_DROPBOX_PORT: "0" },
        ...{ TWINFOLD_ADMIN_EMAIL: USER.email, TWINFOLD_ADMIN_PASSWORD: USER.password },
        ...{ TWINFOLD_PUBLIC_URL: "https://files.example.org", TWINFOLD_APPLICATIONS_URL: `https://${given}/` },
        TWINFOLD_TRUSTED_PROXIES: "127.0.0.1",
        TWINFOLD_APPLICATIONS_PORT: String(applicationsPort),
        TWINFOLD_APPLICATIONS_FILE: join(folder, "applications.json"),
      }),
    );
    onTestFinished(async () => {
      await server.close();
      rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    });
    /** As the proxies in front hand it on. */
    const ask = (address: string, cookie = "", post?: unknown) => {
      const url = new URL(address, "https://files.example.org");
      const behind = url.host === "files.example.org" ? port : applicationsPort;
      const headers = { cookie, "x-forwarded-host": url.host, "x-twinfold": "1", "content-type": "application/json" };
      const request = post === undefined ? {} : { method: "POST", body: JSON.stringify(post) };
      const path = `http://127.0.0.1:${behind}${url.pathname}${url.search}`;
      return fetch(path, { headers, redirect: "manual", ...request });
    };
    const cookieOf = (answer: Response) => answer.headers.getSetCookie()[0] ?? "";
    const led = (answer: Response) => answer.headers.get("location") ?? "";
    const login = cookieOf(await ask("/api/login", "", USER)).split(";")[0];
    const [{ id: instanceId }] = await json<[{ id: string }]>(ask("/api/instances", login));
    const started = await json<Application>(ask(`/api/instances/${instanceId}/application`, login, { kind: "echo" }));
    const arrival = led(await ask(openApplicationPath(started), login));
    const way = `/open/${instanceId}/${started.id}`;
    expect(arrival).toBe(`https://${hostOf(started.id)}${way}`);
    const arrived = await ask(arrival);
    const isKept = (answer: Response, name: string, path: string) => {
      const [pair, ...flags] = cookieOf(answer).split("; ");
      expect(pair).toMatch(`${prefix}${name}=`);
      expect(flags.filter((one) => !one.startsWith("Max-Age")).sort()).toEqual([
        "HttpOnly",
        `Path=${pathOf(path)}`,
        "SameSite=Lax",
        "Secure",
      ]);
    };
    isKept(arrived, "twinfold_arriving", way);
    expect(led(arrived)).toMatch(/^https:\/\/files\.example\.org\/instances\//);
    const code = led(await ask(led(arrived), login));
    const opened = await ask(code, cookieOf(arrived).split(";")[0]);
    isKept(opened, "twinfold_application", `/instances/${instanceId}/applications/${started.id}/`);
  },
  120_000,
);
