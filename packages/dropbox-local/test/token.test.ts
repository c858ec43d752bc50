import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test, vi } from "vitest";
import { ALL_SCOPES } from "../src/oauth/scopes.ts";
import { Browser } from "./browser.ts";
import { clientOf, type Json, startTestDropbox } from "./harness.ts";

const RETURN = "https://app.example/back";
const VERIFIER = "plain-verifier-that-is-long-enough-to-be-one-0123456789";

async function setUp() {
  const { dropbox, control } = await startTestDropbox();
  await dropbox.ensureAccount({ email: "ada@example.org", name: "Ada", password: "engine" });
  const app = await dropbox.ensureApp({ name: "Tester", redirectUris: [RETURN, "https://app.example/other"] });
  const browser = new Browser(dropbox.url);
  const token = async (parameters: Record<string, string>, headers: Record<string, string> = {}): Promise<Json> => {
    const response = await fetch(`${dropbox.url}/oauth2/token`, {
      method: "POST",
      headers,
      body: new URLSearchParams(parameters),
    });
    return { status: response.status, ...((await response.json()) as object) };
  };
  /** Walks through login and consent to a code. */
  const newCode = async (parameters: Record<string, string> = {}): Promise<string> => {
    const query = new URLSearchParams({
      client_id: app.appKey,
      response_type: "code",
      redirect_uri: RETURN,
      force_reapprove: "true",
      ...parameters,
    });
    let page = await browser.open(`/oauth2/authorize?${query}`);
    if (page.path === "/login")
      page = await browser.submit(page, "/login", { email: "ada@example.org", password: "engine" });
    const { left } = await browser.submit(page, "/oauth2/authorize", { decision: "allow" });
    return left?.searchParams.get("code") ?? "";
  };
  const exchange = (code: string, more: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    token({ grant_type: "authorization_code", code, redirect_uri: RETURN, ...more }, headers);
  const secret = { client_id: app.appKey, client_secret: app.appSecret };
  return { dropbox, control, app, token, newCode, exchange, secret };
}

describe("exchanging a code", () => {
  test("the answer has what was recorded of Dropbox", async () => {
    const { newCode, exchange, secret } = await setUp();
    const answer = await exchange(await newCode({ token_access_type: "offline" }), secret);
    expect(answer).toMatchObject({
      status: 200,
      access_token: expect.stringMatching(/^sl\./),
      token_type: "bearer",
      expires_in: 14_400,
      refresh_token: expect.any(String),
      account_id: expect.stringMatching(/^dbid:AA[\w-]{33}$/),
      uid: expect.stringMatching(/^\d+$/),
      scope: ALL_SCOPES.join(" "),
    });
    expect(await exchange(await newCode(), secret)).not.toHaveProperty("refresh_token");
  });

  test("the app shows itself by header, by body, or by the verifier of PKCE", async () => {
    const { newCode, exchange, secret, app } = await setUp();
    const basic = { authorization: `Basic ${btoa(`${app.appKey}:${app.appSecret}`)}` };
    expect((await exchange(await newCode(), {}, basic)).status).toBe(200);
    expect((await exchange(await newCode(), secret)).status).toBe(200);
    const plain = await newCode({ code_challenge: VERIFIER, code_challenge_method: "plain" });
    expect((await exchange(plain, { client_id: app.appKey, code_verifier: VERIFIER })).status).toBe(200);
    const wrongSecret = await exchange(await newCode(), { ...secret, client_secret: "wrong" });
    expect(wrongSecret).toMatchObject({ status: 401, error: "invalid_client" });
    const unproven = await exchange(await newCode(), { client_id: app.appKey });
    expect(unproven).toMatchObject({ status: 401, error: "invalid_client" });
  });

  test("a wrong or missing verifier is refused, also with the secret, and costs nothing", async () => {
    const { newCode, exchange, secret } = await setUp();
    const code = await newCode({ code_challenge: VERIFIER, code_challenge_method: "plain" });
    for (const more of [secret, { ...secret, code_verifier: `${VERIFIER}x` }])
      expect(await exchange(code, more)).toMatchObject({ status: 400, error: "invalid_grant" });
    expect((await exchange(code, { ...secret, code_verifier: VERIFIER })).status).toBe(200);
  });

  test("a code is good once, and using it again ends nothing", async () => {
    const { newCode, exchange, secret, dropbox } = await setUp();
    const code = await newCode({ token_access_type: "offline" });
    const first = await exchange(code, secret);
    expect(await exchange(code, secret)).toMatchObject({ status: 400, error: "invalid_grant" });
    expect((await clientOf(dropbox.url, first.access_token).rpc("users/get_current_account", null)).status).toBe(200);
  });

  test("a code is good for ten minutes, for its app, and for its address", async () => {
    const { newCode, exchange, secret, control, dropbox } = await setUp();
    const other = await dropbox.ensureApp({ name: "Other" });
    const code = await newCode();
    const stranger = { client_id: other.appKey, client_secret: other.appSecret };
    expect(await exchange(code, stranger)).toMatchObject({ error: "invalid_grant" });
    const elsewhere = { ...secret, redirect_uri: "https://app.example/other" };
    expect(await exchange(code, elsewhere)).toMatchObject({ error: "invalid_grant" });
    await control("POST", "advance-clock", { seconds: 599 });
    const late = await newCode();
    expect((await exchange(code, secret)).status).toBe(200);
    await control("POST", "advance-clock", { seconds: 601 });
    expect(await exchange(late, secret)).toMatchObject({ status: 400, error: "invalid_grant" });
  });

  test("what is missing or not known is said", async () => {
    const { token, secret } = await setUp();
    expect(await token({ grant_type: "password" })).toMatchObject({ status: 400, error: "unsupported_grant_type" });
    expect(await token({ grant_type: "authorization_code", ...secret })).toMatchObject({ error: "invalid_request" });
    expect(await token({ grant_type: "refresh_token", refresh_token: "x" })).toMatchObject({
      error: "invalid_request",
    });
  });
});

describe("refreshing", () => {
  test("an expired token is followed by a new one; the refresh token stays", async () => {
    const { newCode, exchange, secret, control, dropbox, token } = await setUp();
    const { access_token, refresh_token } = await exchange(await newCode({ token_access_type: "offline" }), secret);
    await control("POST", "advance-clock", { seconds: 14_401 });
    const expired = await clientOf(dropbox.url, access_token).rpc("users/get_current_account", null);
    expect(expired.json.error[".tag"]).toBe("expired_access_token");
    for (let round = 0; round < 2; round++) {
      const fresh = await token({ grant_type: "refresh_token", refresh_token, ...secret });
      expect(Object.keys(fresh).sort()).toEqual(["access_token", "expires_in", "status", "token_type"]);
      const answer = await clientOf(dropbox.url, fresh.access_token).rpc("users/get_current_account", null);
      expect(answer.json.email).toBe("ada@example.org");
    }
  });

  test("without the secret only where the link was made without it", async () => {
    const { newCode, exchange, secret, token, app } = await setUp();
    const confidential = await exchange(await newCode({ token_access_type: "offline" }), secret);
    const open = { client_id: app.appKey };
    const refused = await token({ grant_type: "refresh_token", refresh_token: confidential.refresh_token, ...open });
    expect(refused).toMatchObject({ status: 401, error: "invalid_client" });
    const code = await newCode({ token_access_type: "offline", code_challenge: VERIFIER });
    const publicly = await exchange(code, { ...open, code_verifier: VERIFIER });
    expect((await token({ grant_type: "refresh_token", refresh_token: publicly.refresh_token, ...open })).status).toBe(
      200,
    );
  });

  test("fewer scopes may be asked for, not more", async () => {
    const { newCode, exchange, secret, token } = await setUp();
    const scope = "files.metadata.read files.content.read";
    const { refresh_token } = await exchange(await newCode({ token_access_type: "offline", scope }), secret);
    const ask = (wanted: string) => token({ grant_type: "refresh_token", refresh_token, scope: wanted, ...secret });
    expect((await ask("files.metadata.read")).status).toBe(200);
    expect(await ask("files.content.write")).toMatchObject({ status: 400, error: "invalid_scope" });
  });
});

test("redirect addresses must be encrypted, or this machine's", async () => {
  const { dropbox } = await setUp();
  for (const uri of ["http://example.org/x", "ftp://x", "nonsense", "https://x/#part"])
    await expect(dropbox.ensureApp({ name: "Bad", redirectUris: [uri] })).rejects.toMatchObject({
      code: "bad-argument",
    });
  const app = await dropbox.ensureApp({
    name: "Good",
    redirectUris: ["http://127.0.0.1:1/x", "https://example.org/x"],
  });
  expect(app.redirectUris).toEqual(["http://127.0.0.1:1/x", "https://example.org/x"]);
});

test("who goes away in the middle of a request is not complained about", async () => {
  const complaints = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { dropbox, token, secret } = await setUp();
  const { port } = new URL(dropbox.url);
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  socket.write("POST /oauth2/token HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\ngrant_");
  await token({ grant_type: "refresh_token", ...secret });
  socket.destroy();
  await dropbox.close();
  expect(complaints).not.toHaveBeenCalled();
  complaints.mockRestore();
});
