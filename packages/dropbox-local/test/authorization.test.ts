import { describe, expect, test } from "vitest";
import { clientOf, startTestDropbox } from "./harness.ts";

describe("access tokens", () => {
  test("a token that is unknown, expired or revoked is told apart from the others, as JSON", async () => {
    const { client, control, dropbox } = await startTestDropbox();
    const unknown = await clientOf(dropbox.url, "sl.nonsense").rpc("files/list_folder", { path: "" });
    expect(unknown.status).toBe(401);
    expect(unknown.headers.get("www-authenticate")).toBe('Bearer realm="Dropbox-API"');
    expect(unknown.json.error).toEqual({ ".tag": "invalid_access_token" });
    await control("POST", "expire-access-tokens");
    const expired = await client.rpc("files/list_folder", { path: "" });
    expect([expired.status, expired.json.error]).toEqual([401, { ".tag": "expired_access_token" }]);
    expect(expired.json.error_summary).toMatch(/^expired_access_token\/\.*$/);
  });

  test("revoking ends the authorization with all its tokens", async () => {
    const { client, dropbox, ready } = await startTestDropbox();
    expect((await client.rpc("auth/token/revoke", null)).text).toBe("null");
    expect((await client.rpc("users/get_current_account", null)).json.error[".tag"]).toBe("invalid_access_token");
    const refreshed = await fetch(`${dropbox.url}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: ready.refreshToken,
        client_id: ready.appKey,
      }),
    });
    expect(refreshed.status).toBe(400);
    expect(await refreshed.json()).toMatchObject({ error: "invalid_grant" });
  });

  test("no token, or a malformed one, is the caller's mistake, in plain text", async () => {
    const { dropbox } = await startTestDropbox();
    const call = (headers: Record<string, string>) =>
      fetch(`${dropbox.url}/2/files/list_folder`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: '{"path":""}',
      });
    for (const headers of [{}, { authorization: "Basic xxx" }] as Record<string, string>[]) {
      const response = await call(headers);
      expect(response.status).toBe(400);
      expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
      expect(await response.text()).toMatch(/^Error in call to API function "files\/list_folder": /);
    }
  });

  test("a token without the scope says which one it lacks", async () => {
    const { dropbox, ready } = await startTestDropbox();
    const { accessToken } = await dropbox.grant({
      account: ready.email,
      app: ready.appKey,
      scopes: ["files.metadata.read"],
    });
    const reader = clientOf(dropbox.url, accessToken);
    expect((await reader.rpc("files/list_folder", { path: "" })).status).toBe(200);
    const refused = await reader.upload("files/upload", { path: "/a" }, "x");
    expect(refused.status).toBe(401);
    expect(refused.json.error).toEqual({ ".tag": "missing_scope", required_scope: "files.content.write" });
    expect((await reader.rpc("users/get_current_account", null)).json.error.required_scope).toBe("account_info.read");
  });
});

describe("what an app sees", () => {
  test("an app-folder app sees its folder as the root, and nothing else", async () => {
    const { client, dropbox, ready } = await startTestDropbox();
    await client.put("/mine.txt", "x");
    const full = await dropbox.ensureApp({ name: "Everything", access: "full" });
    const { accessToken } = await dropbox.grant({ account: ready.accountId, app: full.appKey });
    const whole = clientOf(dropbox.url, accessToken);
    const secret = await whole.put("/secret.txt", "y");
    expect((await whole.ok("files/get_metadata", { path: "/Apps/Twinfold/mine.txt" })).path_lower).toBe(
      "/apps/twinfold/mine.txt",
    );
    const { entries } = await client.ok("files/list_folder", { path: "", recursive: true });
    expect(entries.map((entry: { path_display: string }) => entry.path_display)).toEqual(["/mine.txt"]);
    for (const path of [secret.id, `rev:${secret.rev}`, "/secret.txt"])
      expect(await client.refusal("files/get_metadata", { path }), path).toBe("path/not_found");
    expect(await client.refusal("files/delete_v2", { path: secret.id })).toBe("path_lookup/not_found");
  });

  test("an app folder that its user has deleted is empty, and made anew by the next write", async () => {
    const { client, dropbox, ready } = await startTestDropbox();
    await client.put("/a", "x");
    await dropbox.accountFiles(ready.accountId).delete("/Apps/Twinfold");
    const listing = await client.ok("files/list_folder", { path: "", recursive: true });
    expect(listing.entries).toEqual([]);
    await client.put("/b", "y");
    const after = await client.ok("files/list_folder/continue", { cursor: listing.cursor });
    expect(after.entries.map((entry: { name: string }) => entry.name)).toEqual(["b"]);
  });

  test("two accounts see nothing of each other", async () => {
    const { client, dropbox, ready } = await startTestDropbox();
    const { accountId } = await dropbox.ensureAccount({
      email: "ada@example.org",
      name: "Ada Lovelace",
      password: "x",
    });
    const other = clientOf(dropbox.url, (await dropbox.grant({ account: accountId, app: ready.appKey })).accessToken);
    const mine = await client.put("/a", "x");
    expect((await other.ok("files/list_folder", { path: "" })).entries).toEqual([]);
    expect(await other.refusal("files/get_metadata", { path: mine.id })).toBe("path/not_found");
    expect((await client.ok("users/get_account", { account_id: accountId })).name.surname).toBe("Lovelace");
    expect(await client.refusal("users/get_account", { account_id: `dbid:${"A".repeat(35)}` })).toBe("no_account");
  });
});

describe("requests that can't be understood", () => {
  test("each says what is wrong with it, in Dropbox's plain-text form", async () => {
    const { client, dropbox } = await startTestDropbox();
    const start = 'Error in call to API function "files/list_folder": ';
    const cases: [unknown, string][] = [
      [{}, "request body: path: missing required field"],
      [{ path: 3 }, "request body: path: expected string, got number"],
      [{ path: "", colour: "red" }, "request body: unknown field 'colour'"],
      [{ path: "a" }, "request body: path: 'a' did not match pattern '(/(.|[\\r\\n])*)?|id:.*|(ns:[0-9]+(/.*)?)'"],
    ];
    for (const [argument, why] of cases.slice(0, 3)) {
      const answer = await client.rpc("files/list_folder", argument);
      expect([answer.status, answer.text]).toEqual([400, start + why]);
    }
    expect((await client.rpc("files/list_folder", cases[3]?.[0])).text).toContain("did not match pattern");
    const response = await fetch(`${dropbox.url}/2/files/list_folder`, {
      method: "POST",
      headers: { authorization: `Bearer ${client.token}`, "content-type": "application/json" },
      body: "{nonsense",
    });
    expect(await response.text()).toBe(`${start}request body: could not decode input as JSON`);
    const type = await client.rpc("files/list_folder", { path: "" }, { "content-type": "text/html" });
    expect([type.status, type.text.startsWith(`${start}Bad HTTP "Content-Type" header: "text/html".`)]).toEqual([
      400,
      true,
    ]);
  });

  test("the root has no metadata, and what is not implemented says so", async () => {
    const { client } = await startTestDropbox();
    expect((await client.rpc("files/get_metadata", { path: "" })).text).toBe(
      'Error in call to API function "files/get_metadata": request body: path: The root folder is unsupported.',
    );
    const missing = await client.rpc("sharing/share_folder", {});
    expect([missing.status, missing.text]).toEqual([
      400,
      'Error in call to API function "sharing/share_folder": This function is not implemented by the local Dropbox.',
    ]);
  });

  test("headers beyond 60 KiB are refused as Dropbox's edge does", async () => {
    const { client } = await startTestDropbox();
    const long = await client.rpc("check/user", { query: "x" }, { "x-long": "x".repeat(61 * 1024) });
    expect(long.status).toBe(431);
    expect((await client.rpc("check/user", { query: "x" }, { "x-long": "x".repeat(50 * 1024) })).status).toBe(200);
  });

  test("paths may be relative to one's own namespace only", async () => {
    const { client } = await startTestDropbox();
    await client.put("/a", "x");
    const { root_info } = await client.ok("users/get_current_account", null);
    const own = root_info.root_namespace_id;
    const root = (value: unknown) => ({ "dropbox-api-path-root": JSON.stringify(value) });
    const list = (value: unknown) => client.rpc("files/list_folder", { path: "" }, root(value));
    expect((await list({ ".tag": "namespace_id", namespace_id: own })).status).toBe(200);
    expect((await list({ ".tag": "root", root: own })).status).toBe(200);
    expect((await list({ ".tag": "home" })).status).toBe(200);
    const foreign = await list({ ".tag": "namespace_id", namespace_id: "938429923" });
    expect([foreign.status, foreign.json.error]).toEqual([422, { ".tag": "no_permission" }]);
    expect((await list({ ".tag": "root", root: "1" })).json.error[".tag"]).toBe("invalid_root");
    expect((await client.ok("files/get_metadata", { path: `ns:${own}/a` })).name).toBe("a");
  });

  test("check/app wants the app's own key and secret", async () => {
    const { dropbox, ready } = await startTestDropbox();
    const call = (secret: string) =>
      fetch(`${dropbox.url}/2/check/app`, {
        method: "POST",
        headers: { authorization: `Basic ${btoa(`${ready.appKey}:${secret}`)}`, "content-type": "application/json" },
        body: '{"query":"echo"}',
      });
    expect(await (await call(ready.appSecret)).json()).toEqual({ result: "echo" });
    expect((await call("wrong")).status).toBe(401);
  });
});
