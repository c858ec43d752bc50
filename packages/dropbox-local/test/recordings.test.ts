import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { Browser } from "./browser.ts";
import { type Client, clientOf, type Json, startTestDropbox, type TestDropbox } from "./harness.ts";
import { ABSENT, EXCUSED, FORMS, NEWER, OWN_VALUES, PREPARATIONS } from "./recorded-fixtures.ts";

/** One exchange with the real Dropbox, recorded by the authors of the Ruby gem dropbox_api (licence beside the file). */
interface Exchange {
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly request: string;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly response: string;
}

const recordings = JSON.parse(await readFile(new URL("./recordings/dropbox.json", import.meta.url), "utf8")) as Record<
  string,
  Exchange[]
>;

/** The recordings are of an app with full access. */
async function fullAccess(options = {}): Promise<{ test: TestDropbox; client: Client }> {
  const test = await startTestDropbox(options);
  const app = await test.dropbox.ensureApp({ name: "Recorder", access: "full" });
  const { accessToken } = await test.dropbox.grant({ account: test.ready.accountId, app: app.appKey });
  // What a linked app folder has brought along would stand in listings.
  await test.dropbox.accountFiles(test.ready.accountId).delete("/Apps");
  return { test, client: clientOf(test.dropbox.url, accessToken) };
}

describe("what Dropbox was recorded to answer is answered here", () => {
  for (const [name, prepare] of Object.entries(PREPARATIONS))
    test(name, async () => {
      const { test, client } = await fullAccess();
      const ours = new Map<string, string>();
      await prepare({ test, client, same: (recorded, own) => ours.set(recorded, own) });
      const exchanges = recordings[name];
      if (exchanges === undefined) throw new Error(`there is no recording ${name}`);
      for (const exchange of exchanges) await replay(test, client, exchange, ours);
    });

  test("every recording is replayed, or excused with a reason", () => {
    expect(Object.keys({ ...PREPARATIONS, ...EXCUSED }).sort()).toEqual(Object.keys(recordings).sort());
  });
});

async function replay(test: TestDropbox, client: Client, exchange: Exchange, ours: Map<string, string>): Promise<void> {
  const { pathname } = new URL(exchange.url);
  const translate = (text: string) => [...ours].reduce((all, [recorded, own]) => all.replaceAll(recorded, own), text);
  const headers: Record<string, string> = { authorization: `Bearer ${client.token}` };
  for (const [header, value] of Object.entries(exchange.requestHeaders))
    if (value !== "") headers[header] = translate(value);
  const response = await fetch(`${test.dropbox.url}${pathname}`, {
    method: "POST",
    headers,
    body: exchange.request === "" ? null : translate(exchange.request),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString();
  expect(response.status, text).toBe(exchange.status);
  expect(response.headers.get("x-dropbox-request-id")).toMatch(/^[0-9a-f]{32}$/);
  const result = exchange.responseHeaders["dropbox-api-result"];
  if (result !== undefined) {
    if (pathname === "/2/files/get_thumbnail") await compareThumbnails(exchange.response, bytes);
    else expect(text).toBe(exchange.response);
    expect(response.headers.get("original-content-length")).toBe(String(bytes.length));
    if (pathname === "/2/files/download") expect(response.headers.get("etag")).toMatch(/^W\/"[0-9a-f]{9,}"$/);
    compare(JSON.parse(result), JSON.parse(response.headers.get("dropbox-api-result") ?? ""), "", ours);
  } else {
    expect(response.headers.get("content-type")).toBe(exchange.responseHeaders["content-type"]);
    if (exchange.status === 400) expect(text).toBe(exchange.response);
    else compare(JSON.parse(exchange.response), JSON.parse(text), "", ours);
  }
}

/** Pictures are our own, and so only have a format and a size. */
async function compareThumbnails(recorded: string, own: Uint8Array): Promise<void> {
  const [expected, found] = await Promise.all(
    [Buffer.from(recorded, "base64"), own].map((bytes) => sharp(bytes, { failOn: "none" }).metadata()),
  );
  expect([found?.format, found?.width, found?.height]).toEqual([expected?.format, expected?.width, expected?.height]);
}

/** Tags, fields and their order, and the values or at least their forms. */
function compare(recorded: Json, own: Json, at: string, ours: Map<string, string>): void {
  const field = at.slice(at.lastIndexOf(".") + 1);
  if (field === "error_summary") {
    expect(own.replace(/\.*$/, ""), at).toBe(recorded.replace(/\.*$/, ""));
  } else if (Array.isArray(recorded)) {
    expect(own.length, at).toBe(recorded.length);
    for (const [index, item] of recorded.entries()) compare(item, own[index], `${at}[${index}]`, ours);
  } else if (typeof recorded === "object" && recorded !== null) {
    const expected = Object.keys(recorded).filter((key) => !ABSENT.has(key));
    const found = Object.keys(own).filter((key) => expected.includes(key) || !NEWER.has(key));
    expect(found, at).toEqual(expected);
    for (const key of expected) compare(recorded[key], own[key], `${at}.${key}`, ours);
  } else if (FORMS[field] !== undefined) {
    expect(own, at).toMatch(FORMS[field]);
    ours.set(String(recorded), String(own));
  } else if (OWN_VALUES.has(field)) expect(typeof own, at).toBe(typeof recorded);
  else expect(own, at).toEqual(recorded);
}

test("a code is exchanged for what was recorded", async () => {
  const { test } = await fullAccess();
  const app = await test.dropbox.ensureApp({ name: "Recorder" });
  const browser = new Browser(test.dropbox.url);
  for (const [name, access] of [
    ["authenticator/success_with_refresh_token", "offline"],
    ["authenticator/success_with_short_lived_token", "online"],
  ] as const) {
    const query = `client_id=${app.appKey}&response_type=code&token_access_type=${access}`;
    let page = await browser.open(`/oauth2/authorize?${query}`);
    if (page.path === "/login") {
      const { email, password } = test.ready;
      page = await browser.submit(page, "/login", { email, password });
    }
    const shown = await browser.submit(page, "/oauth2/authorize", { decision: "allow" });
    const code = /id="code"[^>]*value="([^"]+)"/.exec(shown.html)?.[1] ?? "";
    const [exchange] = recordings[name] ?? [];
    if (exchange === undefined) throw new Error(`there is no recording ${name}`);
    const body = new URLSearchParams(exchange.request);
    body.set("client_id", app.appKey);
    body.set("client_secret", app.appSecret);
    body.set("code", code);
    const response = await fetch(`${test.dropbox.url}/oauth2/token`, { method: "POST", body });
    expect(response.status).toBe(exchange.status);
    const answer: Json = await response.json();
    const recorded = JSON.parse(exchange.response);
    // The clock had moved on by a second there.
    expect(Math.abs(answer.expires_in - recorded.expires_in)).toBeLessThanOrEqual(1);
    compare({ ...recorded, expires_in: answer.expires_in }, answer, "", new Map());
  }
});

test("many writers at once: some are turned away, as was recorded", async () => {
  const { client } = await fullAccess({ commitMs: 100, lockWaitMs: 150 });
  const exchanges = recordings["upload/too_many_write_operations"] ?? [];
  const forms = new Map(exchanges.map((exchange) => [exchange.status, exchange]));
  const answers = await Promise.all(
    exchanges.map(({ requestHeaders, request }) =>
      client.upload("files/upload", JSON.parse(requestHeaders["dropbox-api-arg"] ?? ""), request),
    ),
  );
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 429]));
  for (const answer of answers) {
    const form = forms.get(answer.status);
    if (form === undefined) throw new Error("neither 200 nor 429");
    expect(answer.headers.get("retry-after")).toBe(form.responseHeaders["retry-after"] ?? null);
    const recorded = JSON.parse(form.response);
    const { name, path_lower, path_display } = answer.json;
    compare(
      answer.status === 200 ? { ...recorded, name, path_lower, path_display } : recorded,
      answer.json,
      "",
      new Map(),
    );
  }
});
