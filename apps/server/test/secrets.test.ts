import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { cookieOf } from "./caller.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const ADMIN_PASSWORD = "the-password-of-the-admin";
const APP_SECRET = "the-secret-of-the-app";
const CODE = "the-code-that-dropbox-gave";
const REFRESH_TOKEN = "the-refresh-token-of-the-user";
const ACCESS_TOKEN = "the-access-token-of-the-user";

/** A Dropbox that links, and then says back all that it is told, with what nobody expects: it ends up in errors. */
async function startTalkativeDropbox() {
  const told: string[] = [];
  const answer = async (request: IncomingMessage): Promise<readonly [number, unknown]> => {
    const body = await text(request);
    told.push(body);
    if (request.url === "/oauth2/token")
      return [200, { access_token: ACCESS_TOKEN, refresh_token: REFRESH_TOKEN, account_id: "dbid:1" }];
    if (request.url?.endsWith("/get_current_account"))
      return [200, { account_id: "dbid:1", name: { display_name: "Ada" }, email: "ada@dropbox.example" }];
    // Of the one it is told at once, all else is tried again.
    const status = request.url?.endsWith("/revoke") ? 400 : 500;
    return [
      status,
      { error_summary: `${request.headers.authorization} ${told.join(" ")}`, error: { ".tag": "other" } },
    ];
  };
  const server = createServer(async (request, response) => {
    const [status, body] = await answer(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, told };
}

/** All that lies in a folder, as it lies there. */
function contentsOf(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  return Buffer.concat(files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file)));
}

test("no secret is in the log, in an address that browsers keep, or in the clear in the data folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-secrets-"));
  const dropbox = await startTalkativeDropbox();
  const env = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    PORT: "0",
    TWINFOLD_DATA: folder,
    TWINFOLD_ADMIN_PASSWORD: ADMIN_PASSWORD,
    TWINFOLD_DROPBOX_URL: dropbox.url,
    DROPBOX_APP_KEY: "key",
    DROPBOX_APP_SECRET: APP_SECRET,
  };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (log += chunk));
  const ended = new Promise((resolve) => child.once("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  const url = await vi.waitFor(() => {
    const found = /Twinfold is at\s+(\S+)/.exec(log)?.[1];
    if (found === undefined) throw new Error(`it has not started: ${log}`);
    return found;
  }, 60_000);

  let cookie = "";
  const addresses: string[] = [];
  const call = async (method: string, path: string, body?: object) => {
    const headers = {
      cookie,
      "x-twinfold": "1",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const init = { method, headers, redirect: "manual" as const };
    const answer = await fetch(`${url}${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) });
    addresses.push(answer.headers.get("location") ?? "");
    return answer;
  };
  const admin = { email: "ada@example.org", password: ADMIN_PASSWORD };
  expect((await call("POST", "/api/login", { ...admin, password: `${ADMIN_PASSWORD}-wrong` })).status).toBe(401);
  cookie = cookieOf(await call("POST", "/api/login", admin));
  const begin = async () => {
    const { url: page } = (await (await call("POST", "/api/dropbox/link", {})).json()) as { url: string };
    return new URL(page).searchParams.get("state") ?? "";
  };
  const state = await begin();
  // Half of a request that was never made, a state that is used again, and one that is right.
  await call("GET", `/oauth/dropbox/callback?state=${state}x&code=${CODE}`);
  const linked = await call("GET", `/oauth/dropbox/callback?state=${state}&code=${CODE}`);
  expect(linked.headers.get("location")).toMatch(/linked=1$/);
  await call("GET", `/oauth/dropbox/callback?state=${state}&code=${CODE}`);
  const verifier = new URLSearchParams(dropbox.told[0]).get("code_verifier") ?? "";
  expect(new URLSearchParams(dropbox.told[0]).get("client_secret")).toBe(APP_SECRET);

  // As the settings page does, which is told that Dropbox does not answer.
  await call("GET", "/api/dropbox");
  const [organization] = (await (await call("GET", "/api/administration")).json()) as { id: string }[];
  const invitations = `/api/administration/organization/${organization?.id}/invitations`;
  const invited = await call("POST", invitations, { email: "grace@example.org", role: "organization manager" });
  const invitation = new URL(((await invited.json()) as { url: string }).url);
  addresses.push(invitation.href.replace(invitation.hash, ""));

  const secrets = [ADMIN_PASSWORD, APP_SECRET, CODE, REFRESH_TOKEN, ACCESS_TOKEN, state, verifier];
  const tokens = [cookie.replace(/^.*=/, ""), invitation.hash.slice(1)];
  for (const secret of [...secrets, ...tokens]) expect(secret.length).toBeGreaterThan(15);
  const expectNoneKept = () => {
    const kept = contentsOf(folder);
    for (const secret of [...secrets, ...tokens]) expect(kept.includes(secret)).toBe(false);
  };
  expectNoneKept();

  // That it could not be revoked is noted, with what Dropbox said.
  expect((await call("POST", "/api/dropbox/unlink")).status).toBe(200);
  await vi.waitFor(() => expect(log).toContain("a link lives on"), 30_000);
  child.kill("SIGKILL");
  await ended;
  for (const secret of [...secrets, ...tokens]) {
    expect(log).not.toContain(secret);
    expect(addresses.join("\n")).not.toContain(secret);
  }
  expectNoneKept();
  // What opens all of it is for its owner alone.
  expect(statSync(join(folder, "secret.key")).mode & 0o777).toBe(0o600);
}, 120_000);
