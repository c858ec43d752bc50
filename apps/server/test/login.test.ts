import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startServer } from "../src/server.ts";
import { readSettings } from "../src/settings.ts";
import { type OwnServer, startOwnServer, USER } from "./own-server.ts";
import { json } from "./people.ts";

let own: OwnServer;
beforeAll(async () => {
  own = await startOwnServer({ TWINFOLD_TRUSTED_PROXIES: "127.0.0.1" });
});
afterAll(() => own.dispose());

test("a terminal and live updates end with the login that they were opened under", async () => {
  const answer = await own.call("POST", `/api/instances/${await own.firstInstance()}/application`);
  const { id } = (await answer.json()) as { id: string };
  const leaving = await own.logIn();
  const updates = await own.call("GET", "/api/events", undefined, { cookie: leaving });
  expect(updates.headers.get("x-content-type-options")).toBe("nosniff");
  const open = (cookie: string) => openTerminal(`${own.url}/api/applications/${id}/terminal`, own.url, cookie);
  const [mine, other] = [await open(leaving), await open(own.cookie)];
  await own.call("POST", "/api/logout", undefined, { cookie: leaving });
  expect(await mine.closed).toBe(4401);
  // The stream comes to its end.
  await updates.text();
  expect(other.socket.readyState).toBe(WebSocket.OPEN);
  other.socket.close();
});

test("the login's cookie is for this server and no script; behind https for encrypted connections to this host only", async () => {
  const login = async (url: string) => {
    const headers = { "x-twinfold": "1", "content-type": "application/json" };
    return fetch(`${url}/api/login`, { method: "POST", headers, body: JSON.stringify(USER) });
  };
  const flags = async (answer: Promise<Response>) => ((await answer).headers.get("set-cookie") ?? "").split("; ");
  const plain = await flags(login(own.url));
  expect(plain[0]).toMatch(/^twinfold_session=[\w-]{43}$/);
  expect(plain.slice(1).sort()).toEqual(["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax"]);

  const folder = mkdtempSync(join(tmpdir(), "twinfold-https-"));
  const port = await freePort();
  const server = await startServer(
    readSettings({
      TWINFOLD_DATA: folder,
      PORT: String(port),
      TWINFOLD_LOCAL_DROPBOX_PORT: "0",
      TWINFOLD_ADMIN_EMAIL: USER.email,
      TWINFOLD_ADMIN_PASSWORD: USER.password,
      TWINFOLD_PUBLIC_URL: "https://files.example.org",
      // Needed where JupyterLab or code-server is installed.
      TWINFOLD_APPLICATIONS_URL: "https://apps.example.org",
      TWINFOLD_APPLICATIONS_PORT: "0",
    }),
  );
  onTestFinished(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  const localUrl = `http://127.0.0.1:${port}`;
  const secure = await flags(login(localUrl));
  expect(secure[0]).toMatch(/^__Host-twinfold_session=/);
  expect(secure.slice(1).sort()).toEqual(["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax", "Secure"]);
  const cookie = secure[0] ?? "";
  const asked = await fetch(`${localUrl}/api/me`, { headers: { cookie } });
  expect([asked.status, asked.headers.get("strict-transport-security")]).toEqual([200, "max-age=31536000"]);
  // As a neighbour in the domain could set it.
  const tossed = await fetch(`${localUrl}/api/me`, { headers: { cookie: cookie.replace("__Host-", "") } });
  expect(tossed.status).toBe(401);
});

test("guessing one user's password is slowed down from many addresses too, and at once", async () => {
  const guess = async (number: number, email: string) => {
    const headers = { "x-forwarded-for": `10.0.0.${number}` };
    return (await own.call("POST", "/api/login", { email, password: "guess" }, headers)).status;
  };
  const statuses = await Promise.all(
    Array.from({ length: 30 }, (_, number) => guess(number, number % 2 ? USER.email : USER.email.toUpperCase())),
  );
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  expect(await guess(99, "grace@example.org")).toBe(401);
});

test("one address that tries many users is slowed down, too", async () => {
  const tries = Array.from({ length: 15 }, (_, number) =>
    own.call(
      "POST",
      "/api/login",
      { email: `user-${number}@example.org`, password: "guess" },
      { "x-forwarded-for": "10.1.1.1" },
    ),
  );
  const statuses = (await Promise.all(tries)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
});

test("what a request calls the server by decides nothing: where one is led to is the address that its operator gave", async () => {
  const host = { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" };
  const { url } = await json<{ url: string }>(own.call("POST", "/api/dropbox/link", {}, host));
  expect(new URL(url).searchParams.get("redirect_uri")).toBe(`${own.url}/oauth/dropbox/callback`);
  const [organization] = await json<{ id: string }[]>(own.call("GET", "/api/administration"));
  const invited = { email: "h@example.org", role: "organization manager" };
  const path = `/api/administration/organization/${organization?.id}/invitations`;
  expect((await json<{ url: string }>(own.call("POST", path, invited, host))).url).toMatch(`${own.url}/invitation#`);
  const led = await own.call("GET", "/oauth/dropbox/callback", undefined, host);
  expect(led.headers.get("location")).toMatch(/^\/[^/]/);
  expect((await own.call("GET", "/login", undefined, host)).headers.get("location")).toBeNull();
});

/** As a browser opens it. */
async function openTerminal(url: string, origin: string, cookie: string) {
  const headers = { cookie, origin };
  const socket = new WebSocket(url.replace(/^http/, "ws"), { headers } as unknown as string[]);
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  return { socket, closed };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
