import type { CDPSession, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { begin } from "./beginning.ts";
import type { Visitor } from "./chromium.ts";
import { fillLogin } from "./log-in.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

/** Bytes over the wire, all headers among them, from an empty cache to the first page after the login. */
const ALL_WITHIN = 250_000;

/** What the first page is made of, and what each must be called, compressed or not. */
const KINDS = {
  html: "text/html; charset=utf-8",
  js: "application/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

describe("what a browser loads", { timeout: 200_000 }, () => {
  let server: ServerProcess;
  let another: () => Promise<Visitor>;
  /** One of each kind. */
  const addresses = new Map<string, string>();

  begin(startServerProcess, (begun) => {
    ({ another, world: server } = begun);
  });

  test("the login and the first page after it come in less than 250 KB", async () => {
    const { page, context } = await another();
    const loaded = await countLoaded(page);
    const began = performance.now();
    await page.goto(`${server.url}/login`);
    await page.getByRole("button", { name: "Log in" }).waitFor();
    const loginShown = performance.now();
    await fillLogin(page, server.user);
    const asked = performance.now();
    await page.getByRole("button", { name: "Start", exact: true }).first().waitFor();
    const firstShown = performance.now();
    await page.waitForLoadState("networkidle");
    // Printed for whoever looks: how long it takes is this machine's, and no test's to hold.
    console.info(
      `the login page shown after ${Math.round(loginShown - began)} ms, the first page ${Math.round(firstShown - asked)} ms ` +
        `after the login; ${loaded.bytes()} bytes in all`,
    );
    for (const kind of Object.keys(KINDS)) {
      const address = loaded.addresses().find((one) => one.endsWith(kind === "html" ? "/login" : `.${kind}`));
      if (address !== undefined) addresses.set(kind, address);
    }
    expect([...addresses.keys()]).toEqual(Object.keys(KINDS));
    expect(loaded.addresses()).toContainEqual(expect.stringMatching(/\/api\/instances/));
    // A count that saw nothing would pass, too.
    expect(loaded.bytes()).toBeGreaterThan(100_000);
    expect(loaded.bytes()).toBeLessThan(ALL_WITHIN);
    await context.close();
  });

  test.each(Object.entries(KINDS))("%s comes as the browser can have it, and is the same", async (kind, type) => {
    const address = addresses.get(kind) ?? "";
    const plain = await fetch(address, { headers: { "accept-encoding": "identity" } });
    const text = await plain.text();
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(Number(plain.headers.get("content-length"))).toBe(Buffer.byteLength(text));
    for (const [asked, given] of [
      ["gzip, deflate, br, zstd", "br"],
      ["gzip, deflate", "gzip"],
      ["br;q=0, gzip", "gzip"],
    ] as const) {
      const answer = await fetch(address, { headers: { "accept-encoding": asked } });
      expect(answer.headers.get("content-encoding"), asked).toBe(given);
      expect(Number(answer.headers.get("content-length")), asked).toBeLessThan(Buffer.byteLength(text));
      expect(await answer.text(), asked).toBe(text);
      for (const one of [plain, answer]) {
        expect(one.headers.get("content-type"), asked).toBe(type);
        // Else a cache in between would give one browser what is for another.
        expect(one.headers.get("vary"), asked).toBe("accept-encoding");
      }
      expect(answer.headers.get("cache-control"), asked).toBe(plain.headers.get("cache-control"));
      expect(answer.headers.get("content-security-policy"), asked).toBe(plain.headers.get("content-security-policy"));
      // Without a word on caches `fetch` says "no-cache" here.
      const known = {
        "accept-encoding": asked,
        "if-none-match": answer.headers.get("etag") ?? "",
        "cache-control": "max-age=0",
      };
      expect((await fetch(address, { headers: known })).status, asked).toBe(304);
    }
  });

  test("what was compressed has no address of its own, and what the API answers is never compressed", async () => {
    const beside = await fetch(`${addresses.get("js")}.br`);
    expect(beside.headers.get("content-type")).toMatch(/^text\/html/);
    const answer = await fetch(`${server.url}/api/openapi.json`, { headers: { "accept-encoding": "gzip, br" } });
    expect(answer.headers.get("content-encoding")).toBeNull();
    expect((await answer.text()).length).toBeGreaterThan(10_000);
  });
});

/** All that a page loads from now on, as it came over the wire. */
async function countLoaded(page: Page) {
  const debug: CDPSession = await page.context().newCDPSession(page);
  const addresses: string[] = [];
  let bytes = 0;
  debug.on("Network.responseReceived", ({ response }) => addresses.push(response.url));
  debug.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await debug.send("Network.enable");
  return { bytes: () => bytes, addresses: () => addresses };
}
