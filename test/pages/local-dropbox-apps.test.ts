import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OWN_APP_KEY, type OwnPages, openOwnPages } from "./own-pages.ts";

const GRACE = { email: "grace@dropbox.example", name: "Grace H.", password: "grace's password" };

describe("the local Dropbox's app console", { timeout: 200_000 }, () => {
  let own: OwnPages;
  /** An app's own site, to which its users come back. */
  const site = createServer((_, response) => void response.end("<!doctype html><title>Back</title>Back at the app"));
  let back: string;

  beforeAll(async () => {
    own = await openOwnPages();
    await own.dropbox.ensureAccount(GRACE);
    await new Promise<void>((listening) => site.listen(0, "127.0.0.1", listening));
    back = `http://localhost:${(site.address() as AddressInfo).port}/back`;
  }, 120_000);
  afterAll(async () => {
    await own?.dispose();
    site.closeAllConnections();
    site.close();
  }, 60_000);

  /** Leads to the page of the app that was registered. */
  async function register(page: Page, name: string, access = "App folder"): Promise<void> {
    await page.goto(`${own.dropbox.url}/developers/apps`);
    await page.getByRole("link", { name: "Register an app" }).click();
    await page.getByLabel("Name").fill(name);
    await page.getByRole("radio", { name: access }).check();
    await page.getByRole("button", { name: "Register" }).click();
    await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  }

  async function addRedirect(page: Page, address: string): Promise<void> {
    await page.getByLabel("Redirect URI").fill(address);
    await page.getByRole("button", { name: "Add redirect URI" }).click();
    await page.getByRole("button", { name: `Remove ${address}` }).waitFor();
  }

  const shown = async (page: Page, term: string) =>
    (await page.locator(`dt:has-text("${term}") + dd code`).textContent()) ?? "";

  const authorize = (client_id: string, redirect_uri: string) =>
    `${own.dropbox.url}/oauth2/authorize?${new URLSearchParams({ client_id, redirect_uri, response_type: "code" })}`;

  test.each([
    { access: "App folder", sees: "App folder (Apps > Journal)", asks: "Apps > Journal", name: "Journal" },
    { access: "Full Dropbox", sees: "Full Dropbox", asks: "all files and folders", name: "Atlas" },
  ])(
    "without scripts, an app for $access is registered, and connected by its code",
    async ({ access, sees, asks, name }) => {
      const { context, page } = await own.another({
        javaScriptEnabled: false,
        viewport: { width: 390, height: 844 },
      });
      await register(page, name, access);
      await page.getByText(sees, { exact: true }).waitFor();
      await addRedirect(page, back);
      const key = await shown(page, "App key");
      await page.getByText("Show", { exact: true }).click();
      const secret = await shown(page, "App secret");

      await page.goto(authorize(key, back));
      await page.getByText(asks).first().waitFor();
      await page.getByRole("button", { name: "Allow" }).click();
      await page.getByText("Back at the app").waitFor();
      const code = new URL(page.url()).searchParams.get("code") ?? "";
      const exchange = (redirect_uri: string, password = secret) =>
        fetch(`${own.dropbox.url}/oauth2/token`, {
          method: "POST",
          headers: { authorization: `Basic ${btoa(`${key}:${password}`)}` },
          body: new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri }),
        });
      expect((await exchange(back, "another secret")).status).toBe(401);
      expect(await (await exchange(`${back}/`)).json()).toMatchObject({ error: "invalid_grant" });
      const { access_token: token } = (await (await exchange(back)).json()) as { access_token: string };
      const upload = await fetch(`${own.dropbox.url}/2/files/upload`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/octet-stream",
          "dropbox-api-arg": JSON.stringify({ path: `/by ${name}.txt` }),
        },
        body: "by the app",
      });
      expect(upload.status).toBe(200);
      const root = access === "App folder" ? `/Apps/${name}` : "";
      expect(await own.files.get(`${root}/by ${name}.txt`)).not.toBeNull();
      await context.close();
    },
  );

  test("a redirect address is good in exactly its characters, and until it is removed", async () => {
    const { page } = own;
    await register(page, "Exact");
    const key = await shown(page, "App key");
    const refused = () => page.getByRole("heading", { level: 1, name: "This link does not work" }).waitFor();
    await page.goto(authorize(key, back));
    await refused();
    await own.go(`/developers/apps/info/${key}`);
    await addRedirect(page, back);
    await addRedirect(page, back);
    for (const other of [`${back}/`, `${back}?a=1`, back.replace("localhost", "127.0.0.1")]) {
      await page.goto(authorize(key, other));
      await refused();
    }
    await page.goto(authorize(key, back));
    await page.getByRole("heading", { level: 1, name: "Connect Exact" }).waitFor();
    await own.go(`/developers/apps/info/${key}`);
    await page.getByRole("button", { name: `Remove ${back}` }).click();
    await page.getByRole("button", { name: `Remove ${back}` }).waitFor({ state: "detached" });
    await page.goto(authorize(key, back));
    await refused();
  });

  test("what is refused is named, and what was typed and chosen stays", async () => {
    const { page } = own;
    await own.go("/developers/apps/create");
    await page.getByRole("radio", { name: "Full Dropbox" }).check();
    for (const [name, why] of [
      ["NoteBook", 'There is an app called "NoteBook" already'],
      ["a/b", `An app can't be called "a/b": Dropbox can't store a name with a slash`],
    ] as const) {
      await page.getByLabel("Name").fill(name);
      await page.getByRole("button", { name: "Register" }).click();
      await page.getByRole("alert").filter({ hasText: why }).waitFor();
      expect(await page.getByLabel("Name").inputValue()).toBe(name);
      expect(await page.getByRole("radio", { name: "Full Dropbox" }).isChecked()).toBe(true);
    }
    await own.go(`/developers/apps/info/${OWN_APP_KEY}`);
    await page.getByLabel("Redirect URI").fill("http://notebook.example/back");
    await page.getByRole("button", { name: "Add redirect URI" }).click();
    await page.getByText(`"http://notebook.example/back" can't be a redirect URI: http:// is for localhost`).waitFor();
    expect(await page.getByLabel("Redirect URI").inputValue()).toBe("http://notebook.example/back");
    expect(await page.getByRole("button", { name: "Remove http://notebook.example/back" }).count()).toBe(0);
  });

  test("the keyboard is enough to register an app and to add an address", async () => {
    const { page } = own;
    await own.go("/developers/apps/create");
    const press = (key: string) => page.keyboard.press(key);
    // The page begins at the name, a moment after it is loaded.
    await page.getByLabel("Name").and(page.locator(":focus")).waitFor();
    await page.keyboard.type("By keys");
    await press("Tab");
    await press("ArrowDown");
    await press("Enter");
    await page.getByRole("heading", { level: 1, name: "By keys" }).waitFor();
    await page.getByText("Full Dropbox", { exact: true }).waitFor();
    await page.getByLabel("Redirect URI").focus();
    await page.keyboard.type(back);
    await press("Enter");
    await page.getByRole("button", { name: `Remove ${back}` }).waitFor();
  });

  test("another account neither sees nor changes the app", async () => {
    await register(own.page, "Private");
    const key = await shown(own.page, "App key");
    await addRedirect(own.page, back);
    const { context, page } = await own.another({}, GRACE);
    await page.goto(`${own.dropbox.url}/developers/apps`);
    await page.getByText("You have no app here yet").waitFor();
    expect((await page.goto(`${own.dropbox.url}/developers/apps/info/${key}`))?.status()).toBe(404);
    // Her own app's forms, with the key of the other's: her form token is good, her claim is not.
    for (const button of ["Add redirect URI", `Remove ${back}`]) {
      await register(page, `Hers, to ${button.split(" ")[0]}`);
      await addRedirect(page, back);
      await page.getByLabel("Redirect URI").fill("https://grace.example/");
      await page.locator('input[name="app"]').evaluateAll((fields, value) => {
        for (const field of fields) field.setAttribute("value", value);
      }, key);
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.request().method() === "POST"),
        page.getByRole("button", { name: button }).click(),
      ]);
      expect(answer.status()).toBe(404);
    }
    await context.close();
    await own.go(`/developers/apps/info/${key}`);
    expect(await own.page.getByRole("button", { name: /^Remove / }).count()).toBe(1);
    await own.page.getByRole("button", { name: `Remove ${back}` }).waitFor();
  });

  test("a new secret and a deletion are asked about, and Cancel leaves the app as it is", async () => {
    const { page } = own;
    await register(page, "Passing");
    const key = await shown(page, "App key");
    const secret = await shown(page, "App secret");
    for (const [link, heading] of [
      ["Draw a new secret", "Draw a new secret for Passing?"],
      ["Delete the app", "Delete Passing?"],
    ] as const) {
      await page.getByRole("link", { name: link }).click();
      await page.getByRole("heading", { level: 1, name: heading }).waitFor();
      await page.getByRole("link", { name: "Cancel" }).click();
      await page.getByRole("heading", { level: 1, name: "Passing" }).waitFor();
      expect(await shown(page, "App secret")).toBe(secret);
    }

    await page.getByRole("link", { name: "Draw a new secret" }).click();
    await page.getByRole("button", { name: "Draw it" }).click();
    await page.getByRole("status").filter({ hasText: "The app has a new secret" }).waitFor();
    const drawn = page.locator("details code");
    await drawn.waitFor({ state: "visible" });
    expect(await drawn.textContent()).not.toBe(secret);
    // To load the page again asks for nothing and draws no other.
    const second = await shown(page, "App secret");
    await page.reload();
    expect(await shown(page, "App secret")).toBe(second);

    await page.getByRole("link", { name: "Delete the app" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("Nobody is connected to it.").waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "App console" }).waitFor();
    expect(await page.getByRole("link", { name: "Settings of Passing" }).count()).toBe(0);
    expect((await page.goto(`${own.dropbox.url}/developers/apps/info/${key}`))?.status()).toBe(404);
  });

  test("no page threw an error on the way", () => {
    expect(own.me.thrown).toEqual([]);
  });
});
