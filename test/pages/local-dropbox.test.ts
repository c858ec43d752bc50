import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, type Visitor, visit } from "./chromium.ts";
import { brokenWords } from "./looks.ts";

const ADA = { email: "ada@dropbox.example", name: "Ada L.", password: "ada's password" };
const LONG = "/notes/without-any-space-without-any-space-without-any-space-without-any-space.txt";
const APP_KEY = "notebookappkey1";
const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
] as const;

describe("the local Dropbox's own pages", { timeout: 200_000 }, () => {
  let browser: Browser;
  let dropbox: RunningDropboxLocal;
  let me: Visitor;
  let page: Page;
  const dataFolder = mkdtempSync(join(tmpdir(), "twinfold-pages-own-"));

  const files = () => dropbox.accountFiles(ADA.email);
  const go = (path: string) => page.goto(`${dropbox.url}${path}`);
  const row = (name: string) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });

  beforeAll(async () => {
    browser = await openBrowser();
    dropbox = await startDropboxLocal({ dataFolder, port: 0 });
    const { accountId } = await dropbox.ensureAccount(ADA);
    const { appKey } = await dropbox.ensureApp({
      name: "Notebook",
      developer: accountId,
      redirectUris: ["https://notebook.example/a-long-way-down/where-codes-are-taken/and-more-of-it"],
      key: APP_KEY,
    });
    await dropbox.grant({ account: accountId, app: appKey });
    for (const path of ["/notes/a.txt", LONG, "/notes/old/b.txt"]) await files().upload(path, bytesOf("text\n"));
    me = await visit(browser);
    page = me.page;
    await go("/login");
    await page.getByLabel("E-mail address").fill(ADA.email);
    await page.getByLabel("Password").fill(ADA.password);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { level: 1, name: "Files" }).waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await dropbox?.close();
    rmSync(dataFolder, { recursive: true, force: true });
  }, 60_000);

  const pages = {
    "a folder": "/files?path=/notes",
    "a history": `/files/history?path=${LONG}`,
    "an editor": `/files/edit?path=${LONG}`,
    "a question": `/files/delete?path=${LONG}`,
    "the account": "/account",
    "the app console": "/developers/apps",
    "an app": `/developers/apps/info/${APP_KEY}`,
  };
  test.each(Object.entries(pages))(
    "%s has one main heading, fits a phone and a laptop, and breaks names only",
    async (_, path) => {
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await go(path);
        expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(size.width);
      }
      expect(await brokenWords(page)).toEqual([]);
    },
  );

  test("a file's pages lead to its folder, and not to the file as if it were one", async () => {
    await go("/files/history?path=/notes/a.txt");
    const folders = page.getByRole("navigation", { name: "Folder" });
    expect(await folders.getByRole("link").allTextContents()).toEqual(["Dropbox", "notes"]);
    await folders.getByRole("link", { name: "notes" }).click();
    await page.getByRole("heading", { level: 1, name: "notes" }).waitFor();
  });

  test("counts as Dropbox does: its 2 TB are 2 TB", async () => {
    await go("/account");
    await page.getByText(/\d+ bytes of 2\.0 TB used/).waitFor();
  });

  test.each([
    { name: "a.txt", path: "/notes/a.txt", says: "restored from its history" },
    { name: "old/", path: "/notes/old", says: "everything in it" },
  ])("Delete asks before $name is gone; Cancel leads back to its folder", async ({ name, path, says }) => {
    await go("/files?path=/notes");
    await row(name).getByRole("link", { name: "Delete" }).click();
    await page.getByText(says).waitFor();
    expect(await files().get(path)).not.toBeNull();
    await page.getByRole("link", { name: "Cancel" }).click();
    await row(name).getByRole("link", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { level: 1, name: "notes" }).waitFor();
    expect(await row(name).count()).toBe(0);
    expect(await files().get(path)).toBeNull();
  });

  test("what is gone already is not asked about", async () => {
    await go("/files/delete?path=/notes/none.txt");
    await page.getByText("Nothing is at this path any more").waitFor();
    expect(await page.getByRole("button", { name: "Delete" }).count()).toBe(0);
  });

  test("Disconnect asks before an app loses its access; Cancel leaves it", async () => {
    await go("/account");
    await page.getByRole("link", { name: "Disconnect Notebook" }).click();
    await page.getByText("The files that it made stay").waitFor();
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.getByRole("link", { name: "Disconnect Notebook" }).click();
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("No app is connected").waitFor();
  });

  test("no page threw an error on the way", () => {
    expect(me.thrown).toEqual([]);
  });
});

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
