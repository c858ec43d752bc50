import type { WebSession } from "@twinfold/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cookieOf } from "./caller.ts";
import { type OwnServer, startOwnServer, USER } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const EDGE =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0";

let own: OwnServer;
let grace: Person;
beforeAll(async () => {
  own = await startOwnServer({ TWINFOLD_TRUSTED_PROXIES: "127.0.0.1" });
  const master = (await unitIds(own)).get("First Space/Master") ?? "";
  grace = await invite(own, "instance", master, "grace@example.org", "instance editor");
});
afterAll(() => own.dispose());

interface Browser {
  readonly cookie: string;
  call(method: string, path: string, body?: unknown): Promise<Response>;
  sessions(): Promise<WebSession[]>;
}

/** A login of the user's in a browser of its own. */
async function logIn(browser: string, address: string, password: string = USER.password): Promise<Browser> {
  const from = { "user-agent": browser, "x-forwarded-for": address };
  const answer = await own.call("POST", "/api/login", { email: USER.email, password }, from);
  if (!answer.ok) throw new Error(`the login was answered ${answer.status}`);
  const cookie = cookieOf(answer);
  const call: Browser["call"] = (method, path, body) => own.call(method, path, body, { ...from, cookie });
  const sessions = async () => (await json<{ sessions: WebSession[] }>(call("GET", "/api/account/sessions"))).sessions;
  return { cookie, call, sessions };
}
const isIn = async ({ call }: Pick<Browser, "call">) => (await call("GET", "/api/me")).ok;
const end = ({ call }: Pick<Browser, "call">, id: string | undefined) =>
  call("POST", `/api/account/sessions/${id}/end`);

test("a user's logins are listed as she knows them, and each ends what goes on under it", async () => {
  const laptop = await logIn(FIREFOX, "203.0.113.9");
  const lost = await logIn(EDGE, "198.51.100.7");
  const [mine, ...others] = await laptop.sessions();
  expect(mine).toMatchObject({ browser: "Firefox on Linux", address: "203.0.113.9", isThis: true });
  const theirs = others.find(({ address }) => address === "198.51.100.7");
  expect(theirs).toMatchObject({ browser: "Edge on Windows", isThis: false });
  expect(Date.now() - Date.parse(theirs?.begunAt ?? "")).toBeLessThan(60_000);
  // Nothing that a login could be used with.
  expect(JSON.stringify(others)).not.toContain(lost.cookie.replace(/^.*=/, ""));

  const updates = await lost.call("GET", "/api/events");
  expect(await json(end(laptop, theirs?.id))).toEqual({ ended: 1 });
  await updates.text();
  expect([await isIn(lost), await isIn(laptop)]).toEqual([false, true]);
  expect((await end(laptop, theirs?.id)).status).toBe(404);
  // Another user's is not there for her, and stays.
  expect((await end(grace, mine?.id)).status).toBe(404);
  expect(await isIn(laptop)).toBe(true);
});

test("log out everywhere else leaves this one, and other users' alone", async () => {
  const here = await logIn(FIREFOX, "203.0.113.9");
  const there = await logIn(EDGE, "198.51.100.7");
  const { ended } = await json<{ ended: number }>(here.call("POST", "/api/account/sessions/end-others"));
  expect(ended).toBeGreaterThanOrEqual(2);
  expect([await isIn(here), await isIn(there), await isIn(grace)]).toEqual([true, false, true]);
  expect(await here.sessions()).toHaveLength(1);
});

test("a new password takes the current one; with it other sessions end, and the old one is good for nothing", async () => {
  const here = await logIn(FIREFOX, "203.0.113.9");
  const there = await logIn(EDGE, "198.51.100.7");
  const change = (current: string, next: string) => here.call("POST", "/api/account/password", { current, next });
  expect((await change("a wrong guess", "a new password")).status).toBe(403);
  expect((await change(USER.password, "short")).status).toBe(400);
  expect([await isIn(here), await isIn(there)]).toEqual([true, true]);
  expect((await change(USER.password, "a new password")).status).toBe(200);
  expect([await isIn(here), await isIn(there)]).toEqual([true, false]);
  await expect(logIn(FIREFOX, "203.0.113.9")).rejects.toThrow("401");
  await logIn(FIREFOX, "203.0.113.9", "a new password");
  // Whoever found the browser open may not guess on and on.
  const guesses = await Promise.all(Array.from({ length: 12 }, () => change("a wrong guess", "a longer password")));
  expect(guesses.filter(({ status }) => status === 429)).toHaveLength(2);
  await logIn(FIREFOX, "203.0.113.9", "a new password");
});
