import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import type { Visitor } from "./chromium.ts";
import { fillLogin, logIn } from "./log-in.ts";
import { picture } from "./picture.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { DROPBOX_SYNC } from "./steps.ts";

describe("logging in and out", { timeout: 200_000 }, () => {
  let server: ServerProcess;
  /** Logged in already: ten tries a minute are allowed. */
  let me: Visitor;
  /** A browser in which nobody is. */
  let another: () => Promise<Visitor>;

  const looksWell = (page: Page) => expectWell(page, { schemes: ["dark", "light"] });

  begin(startServerProcess, (begun) => {
    ({ me, another, world: server } = begun);
  });

  test("a wrong password and an unknown address are told in the same words", async () => {
    const { page, context } = await another();
    const said: string[] = [];
    for (const [email, password] of [
      [server.user.email, "wrong"],
      ["nobody@example.org", server.user.password],
    ] as const) {
      await page.goto(`${server.url}/login`);
      await fillLogin(page, { email, password });
      said.push((await page.getByRole("alert").textContent()) ?? "");
      // The address stays, and the password is ready to be typed anew.
      expect(await page.getByLabel("E-mail").inputValue()).toBe(email);
      expect(await page.evaluate("document.activeElement.name")).toBe("password");
      if (password === "wrong") {
        await looksWell(page);
        await picture(page, "login-wrong-password");
      }
    }
    expect(said[0]).toMatch(/password is wrong/);
    expect(said[1]).toBe(said[0]);
    expect(new URL(page.url()).pathname).toBe("/login");
    await context.close();
  });

  test("every page leads to the login first, and so does every address of the API", async () => {
    const { page, context } = await another();
    for (const path of ["/", DROPBOX_SYNC, "/instances/none/files", "/no/such/page"]) {
      await page.goto(`${server.url}${path}`);
      await page.getByRole("button", { name: "Log in" }).waitFor();
      expect(await page.title()).toContain("Log in");
    }
    await looksWell(page);
    await picture(page, "login");
    for (const path of ["/api/me", "/api/instances", "/api/dropbox", "/api/events"]) {
      expect((await page.request.get(`${server.url}${path}`)).status()).toBe(401);
    }
    await context.close();
  });

  test("the e-mail address can be typed at once, and after the login one is where one wanted to go", async () => {
    const { page, context } = await another();
    await page.goto(`${server.url}${DROPBOX_SYNC}?problem=network#here`);
    await page.getByRole("button", { name: "Log in" }).waitFor();
    expect(await page.evaluate("document.activeElement.name")).toBe("email");
    await fillLogin(page, server.user);
    await page.getByRole("heading", { level: 1, name: "Dropbox Sync" }).waitFor();
    expect(page.url()).toBe(`${server.url}${DROPBOX_SYNC}?problem=network#here`);
    // Logged in already, the login page leads on; but never to another site.
    for (const next of ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]) {
      await page.goto(`${server.url}/login?${new URLSearchParams({ next })}`);
      await page.getByRole("heading", { level: 1, name: "Applications" }).waitFor();
      expect(new URL(page.url()).origin).toBe(server.url);
    }
    await context.close();
  });

  test("a login that ends elsewhere leaves nothing on the page but the way back in", async () => {
    const { page, context } = await another();
    await logIn(page, server);
    await page.getByRole("link", { name: "Files" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Files" }).waitFor();
    const files = page.url();
    // What another window's logout, or the login's end in time, comes to for this one.
    await context.clearCookies();
    await page.getByRole("button", { name: "Log in" }).waitFor();
    expect(await page.getByText("Nothing here yet").count()).toBe(0);
    await fillLogin(page, server.user);
    await page.getByRole("heading", { level: 1, name: "Files" }).waitFor();
    expect(page.url()).toBe(files);
    await context.close();
  });

  test("a login stays through reloads and other windows until it is ended, and then is worth nothing", async () => {
    const { page, context } = await another();
    await logIn(page, server);
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax" });
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Applications" }).waitFor();
    const other = await context.newPage();
    await other.goto(`${server.url}${DROPBOX_SYNC}`);
    await other.getByRole("heading", { level: 1, name: "Dropbox Sync" }).waitFor();

    await Promise.all([
      page.waitForResponse((answer) => answer.url().endsWith("/api/logout")),
      page.getByRole("button", { name: "Log out" }).click(),
    ]);
    await other.reload();
    await other.getByRole("button", { name: "Log in" }).waitFor();
    if (cookie !== undefined) await context.addCookies([cookie]);
    expect((await page.request.get(`${server.url}/api/me`)).status()).toBe(401);
    await context.close();
  });

  test("a page that does not exist says so", async () => {
    const { page } = me;
    await page.goto(`${server.url}/no/such/page`);
    await page.getByRole("heading", { level: 1, name: "There is no such page" }).waitFor();
    expect(await page.title()).toContain("There is no such page");
    await looksWell(page);
    await picture(page, "not-found");
    const unknown = await page.request.post(`${server.url}/no/such/page`, { headers: { "x-twinfold": "1" } });
    expect(unknown.status()).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { code: "not-found" } });
  });

  test("an instance that one is not in has no pages", async () => {
    const { page } = me;
    for (const name of ["applications", "files", "terminal"]) {
      await page.goto(`${server.url}/instances/none/${name}`);
      await page.getByRole("heading", { level: 1, name: "There is no such instance" }).waitFor();
    }
    await looksWell(page);
    await picture(page, "no-such-instance");
    await page.getByRole("link", { name: "To your applications" }).click();
    await page.getByRole("heading", { level: 1, name: "Applications" }).waitFor();
  });

  test("nothing inline runs as a script, and no other site may frame a page", async () => {
    const { page, context } = await another();
    const answer = await page.goto(`${server.url}/login`);
    const policy = answer?.headers()["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    await context.close();
  });
});
