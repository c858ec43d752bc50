import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { DropboxLocalOptions, RunningDropboxLocal } from "../src/index.ts";
import { Browser, type Page } from "./browser.ts";
import { clientOf, type Json, startTestDropbox } from "./harness.ts";

const RETURN = "http://localhost:9/back";
const VERIFIER = "a-verifier-that-is-long-enough-to-be-one-0123456789";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

interface Site {
  readonly dropbox: RunningDropboxLocal;
  readonly browser: Browser;
  readonly key: string;
  readonly secret: string;
  readonly control: (method: "POST" | "DELETE", name: string, body?: unknown) => Promise<Json>;
  authorize(parameters?: Record<string, string>): string;
  token(parameters: Record<string, string>): Promise<{ status: number; json: Json }>;
}

async function site(options: Partial<DropboxLocalOptions> = {}): Promise<Site> {
  const { dropbox, control } = await startTestDropbox(options);
  await dropbox.ensureAccount({ email: "ada@example.org", name: "Ada Lovelace", password: "engine" });
  const app = await dropbox.ensureApp({ name: "nuvolos.cloud", redirectUris: [RETURN] });
  return {
    dropbox,
    control,
    browser: new Browser(dropbox.url),
    key: app.appKey,
    secret: app.appSecret,
    authorize: (parameters = {}) =>
      `/oauth2/authorize?${new URLSearchParams({
        client_id: app.appKey,
        response_type: "code",
        redirect_uri: RETURN,
        state: "st&te 1",
        code_challenge: CHALLENGE,
        code_challenge_method: "S256",
        token_access_type: "offline",
        ...parameters,
      })}`,
    async token(parameters) {
      const response = await fetch(`${dropbox.url}/oauth2/token`, {
        method: "POST",
        body: new URLSearchParams(parameters),
      });
      return { status: response.status, json: await response.json() };
    },
  };
}

async function consentPage({ browser, authorize }: Site, parameters: Record<string, string> = {}): Promise<Page> {
  const login = await browser.open(authorize(parameters));
  expect(login.path).toBe("/login");
  return browser.submit(login, "/login", { email: "Ada@Example.org", password: "engine" });
}

async function allow(site: Site, parameters: Record<string, string> = {}): Promise<URL> {
  const page = await consentPage(site, parameters);
  const { left } = await site.browser.submit(page, "/oauth2/authorize", { decision: "allow" });
  if (left === null) throw new Error("was not sent back");
  return left;
}

const codeOf = (address: URL) => address.searchParams.get("code") ?? "";

describe("login and consent", () => {
  test("the user logs in, sees what the app asks for, and is sent back with a code and the state", async () => {
    const here = await site();
    const page = await consentPage(here);
    expect(page.path).toBe("/oauth2/authorize");
    expect(page.text).toContain("Connect nuvolos.cloud to your Dropbox?");
    expect(page.text).toContain("Apps > nuvolos.cloud , and sees nothing else");
    expect(page.text).toContain("Read the content of files in Apps > nuvolos.cloud");
    expect(page.text).toContain("Create, change, move and delete files and folders in Apps > nuvolos.cloud");
    expect(page.text).toContain("You are logged in as Ada Lovelace (ada@example.org)");
    const { left } = await here.browser.submit(page, "/oauth2/authorize", { decision: "allow" });
    expect(left?.origin + (left?.pathname ?? "")).toBe(RETURN);
    expect(left?.searchParams.get("state")).toBe("st&te 1");
    expect(left?.searchParams.get("code")).toMatch(/^[\w-]{30,}$/);
  });

  test("pages carry a strict policy and no script", async () => {
    const here = await site();
    const page = await consentPage(here);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-inline");
    expect(page.html).not.toMatch(/<script|style=|onclick/);
    const css = await fetch(`${here.dropbox.url}/assets/pages.css`);
    expect(css.headers.get("content-type")).toBe("text/css; charset=utf-8");
  });

  test("cancelling tells the app so, and connects nothing", async () => {
    const here = await site();
    const page = await consentPage(here);
    const { left } = await here.browser.submit(page, "/oauth2/authorize", { decision: "cancel" });
    expect(left?.searchParams.get("error")).toBe("access_denied");
    expect(left?.searchParams.get("state")).toBe("st&te 1");
    expect(left?.searchParams.get("code")).toBeNull();
    expect((await here.browser.open("/account")).text).toContain("No app is connected");
  });

  test("only the scopes that are asked for are shown and given", async () => {
    const here = await site();
    const page = await consentPage(here, { scope: "files.metadata.read account_info.read" });
    expect(page.text).not.toContain("files.content.write");
    const { left } = await here.browser.submit(page, "/oauth2/authorize", { decision: "allow" });
    const { json } = await here.token({
      grant_type: "authorization_code",
      code: codeOf(left as URL),
      redirect_uri: RETURN,
      client_id: here.key,
      code_verifier: VERIFIER,
    });
    expect(json.scope.split(" ").sort()).toEqual(["account_info.read", "files.metadata.read"]);
    const refused = await clientOf(here.dropbox.url, json.access_token).upload("files/upload", { path: "/a" }, "x");
    expect(refused.json.error.required_scope).toBe("files.content.write");
  });

  test("another account can be chosen, and logging out ends the session", async () => {
    const here = await site();
    await here.dropbox.ensureAccount({ email: "grace@example.org", name: "Grace Hopper", password: "navy" });
    const page = await consentPage(here);
    const login = await here.browser.submit(page, "/oauth2/authorize", { decision: "other account" });
    expect(login.path).toBe("/login");
    const again = await here.browser.submit(login, "/login", { email: "grace@example.org", password: "navy" });
    expect(again.text).toContain("You are logged in as Grace Hopper");
    expect((await here.browser.submit(again, "/logout", {})).path).toBe("/login");
    expect((await here.browser.open("/account")).path).toBe("/login");
  });

  test("who has allowed it before is sent on at once, unless the app wants to ask or to log in again", async () => {
    const here = await site();
    const first = await allow(here);
    await here.token({
      grant_type: "authorization_code",
      code: codeOf(first),
      redirect_uri: RETURN,
      client_id: here.key,
      code_verifier: VERIFIER,
    });
    expect(codeOf((await here.browser.open(here.authorize())).left as URL)).not.toBe("");
    expect((await here.browser.open(here.authorize({ force_reapprove: "true" }))).text).toContain("Connect nuvolos");
    expect((await here.browser.open(here.authorize({ force_reauthentication: "true" }))).path).toBe("/login");
  });

  test("a wrong password is refused, and guessing is stopped", async () => {
    const here = await site();
    let page = await here.browser.open("/login");
    for (let attempt = 0; attempt < 10; attempt++)
      page = await here.browser.submit(page, "/login", { email: "ada@example.org", password: "wrong" });
    expect([page.status, page.text]).toEqual([401, expect.stringContaining("don't belong together")]);
    page = await here.browser.submit(page, "/login", { email: "ada@example.org", password: "engine" });
    expect([page.status, page.text]).toEqual([429, expect.stringContaining("Too many attempts")]);
    await here.control("POST", "advance-clock", { seconds: 301 });
    expect((await here.browser.submit(page, "/login", { email: "ada@example.org", password: "engine" })).path).toBe(
      "/files",
    );
  });

  test("guessing at once is no way round: ten guesses are looked at, however many come together", async () => {
    const here = await site();
    const guesses = await Promise.all(
      Array.from({ length: 30 }, () => here.browser.post("/login", { email: "ada@example.org", password: "wrong" })),
    );
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(20);
  });

  test("forms from elsewhere, or without the visitor's own token, do nothing", async () => {
    const here = await site();
    await consentPage(here);
    const request = here.authorize().split("?")[1] ?? "";
    const forged = await here.browser.post("/oauth2/authorize", { request, decision: "allow", form_token: "x" });
    expect([forged.status, forged.left]).toEqual([403, null]);
    const foreign = await here.browser.post("/logout", {}, { origin: "http://evil.example" });
    expect(foreign.status).toBe(403);
    expect((await here.browser.open("/account")).path).toBe("/account");
  });

  test("after logging in nobody is sent to another site", async () => {
    const here = await site();
    for (const cont of ["//evil.example/x", "https://evil.example", "/\\evil.example"]) {
      const page = await here.browser.open(`/login?${new URLSearchParams({ cont })}`);
      const inside = await here.browser.submit(page, "/login", { email: "ada@example.org", password: "engine" });
      expect([inside.left, inside.path]).toEqual([null, "/files"]);
    }
  });

  test("without an address to return to, the code is shown for copying", async () => {
    const here = await site();
    const url = new URL(here.authorize(), here.dropbox.url);
    url.searchParams.delete("redirect_uri");
    const login = await here.browser.open(url.href);
    const page = await here.browser.submit(login, "/login", { email: "ada@example.org", password: "engine" });
    const shown = await here.browser.submit(page, "/oauth2/authorize", { decision: "allow" });
    const code = /id="code"[^>]*value="([^"]+)"/.exec(shown.html)?.[1] ?? "";
    const { status } = await here.token({
      grant_type: "authorization_code",
      code,
      client_id: here.key,
      code_verifier: VERIFIER,
    });
    expect(status).toBe(200);
  });

  test("an unknown app or address is told to the user, who is sent nowhere", async () => {
    const here = await site();
    const unknown = await here.browser.open(here.authorize({ client_id: "nobody" }));
    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining("No app with the key")]);
    for (const redirect_uri of [`${RETURN}/`, "http://localhost:9/", "https://evil.example/back"]) {
      const page = await here.browser.open(here.authorize({ redirect_uri }));
      expect([page.status, page.left]).toEqual([400, null]);
    }
  });

  test("an app's own mistakes are told to the app", async () => {
    const here = await site();
    const errorOf = async (parameters: Record<string, string>) =>
      (await here.browser.open(here.authorize(parameters))).left?.searchParams.get("error");
    expect(await errorOf({ response_type: "token" })).toBe("unsupported_response_type");
    expect(await errorOf({ scope: "files.content.read nonsense" })).toBe("invalid_scope");
    expect(await errorOf({ code_challenge_method: "S1" })).toBe("invalid_request");
    expect(await errorOf({ code_challenge: "short" })).toBe("invalid_request");
  });

  test("an app is disconnected on the account's page", async () => {
    const here = await site();
    const code = codeOf(await allow(here));
    const { json } = await here.token({
      grant_type: "authorization_code",
      code,
      redirect_uri: RETURN,
      client_id: here.key,
      code_verifier: VERIFIER,
    });
    const page = await here.browser.open("/account");
    expect(page.text).toContain("nuvolos.cloud");
    const question = await here.browser.open(`/account/disconnect?app=${here.key}`);
    expect(question.text).toContain("Disconnect nuvolos.cloud?");
    expect((await here.browser.open("/account")).text).toContain("nuvolos.cloud");
    const after = await here.browser.submit(question, "/account/disconnect", {});
    expect(after.text).toContain("No app is connected");
    const gone = await clientOf(here.dropbox.url, json.access_token).rpc("users/get_current_account", null);
    expect(gone.json.error[".tag"]).toBe("invalid_access_token");
  });
});
