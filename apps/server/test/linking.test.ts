import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer } from "../src/server.ts";
import { readSettings } from "../src/settings.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";

let own: OwnServer;
const call: OwnServer["call"] = (...request) => own.call(...request);

beforeAll(async () => {
  own = await startOwnServer();
});
afterAll(() => own.dispose());

test("the operator's own password is not told again", () => {
  expect(own.running().firstPassword).toBeNull();
});

async function begin(): Promise<URL> {
  const { url } = (await (await call("POST", "/api/dropbox/link", { otherAccount: false })).json()) as { url: string };
  return new URL(url);
}

async function comeBack(query: Record<string, string>): Promise<string> {
  const response = await call("GET", `/oauth/dropbox/callback?${new URLSearchParams(query)}`);
  expect(response.status).toBe(302);
  return response.headers.get("location") ?? "";
}

async function isLinked(): Promise<boolean> {
  const link = (await (await call("GET", "/api/dropbox")).json()) as { account: unknown };
  return link.account !== null;
}

test("the authorization is asked for with PKCE, a state, and lasting access", async () => {
  const { searchParams } = await begin();
  expect(searchParams.get("code_challenge_method")).toBe("S256");
  expect(searchParams.get("token_access_type")).toBe("offline");
  expect((searchParams.get("state") ?? "").length).toBeGreaterThan(30);
});

test("a state that was not given out, or was used, links nothing", async () => {
  expect(await comeBack({ state: "made up", code: "x" })).toContain("problem=state");
  const state = (await begin()).searchParams.get("state") ?? "";
  expect(await comeBack({ state, error: "access_denied" })).toContain("problem=cancelled");
  expect(await comeBack({ state, code: "x" })).toContain("problem=state");
  expect(await isLinked()).toBe(false);
});

test("a code that is wrong, expired or used links nothing", async () => {
  const state = (await begin()).searchParams.get("state") ?? "";
  expect(await comeBack({ state, code: "used-before" })).toContain("problem=code");
  expect(await isLinked()).toBe(false);
});

test("another user's browser can't finish a link", async () => {
  const state = (await begin()).searchParams.get("state") ?? "";
  const other = await own.logIn();
  const response = await call(
    "GET",
    `/oauth/dropbox/callback?${new URLSearchParams({ state, code: "x" })}`,
    undefined,
    { cookie: other },
  );
  expect(response.headers.get("location")).toContain("problem=state");
});

test("a wrong password is refused, and guessing is slowed down", async () => {
  const statuses: number[] = [];
  for (let tries = 0; tries < 12; tries++) {
    statuses.push((await call("POST", "/api/login", { email: "ada@example.org", password: "guess" })).status);
  }
  expect(statuses[0]).toBe(401);
  expect(statuses.at(-1)).toBe(429);
});

test("files: no path leads out of the instance's folder", async () => {
  const [instance] = (await (await call("GET", "/api/instances")).json()) as { id: string }[];
  const base = `/api/instances/${instance?.id}`;
  for (const path of ["../secret.key", "a/../../x", "/etc/passwd", "a//b", "."]) {
    const response = await call("GET", `${base}/file?${new URLSearchParams({ area: "workspace", path })}`);
    expect([400, 404]).toContain(response.status);
  }
  const put = await call(
    "PUT",
    `${base}/file?${new URLSearchParams({ area: "workspace", path: "a.txt" })}`,
    undefined,
    {
      "content-type": "application/octet-stream",
    },
  );
  expect(put.status).toBe(200);
  expect((await call("GET", `/api/instances/of-another/files`)).status).toBe(404);
});

test("a second server can't use the data folder", async () => {
  await expect(startServer(readSettings({ TWINFOLD_DATA: own.folder, PORT: "0" }))).rejects.toThrow(
    /in use by process/,
  );
});
