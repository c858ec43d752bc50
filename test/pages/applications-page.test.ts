import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problemsOf } from "./axe.ts";
import { openBrowser, type Visitor, visit } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { linkDropbox, logIn } from "./steps.ts";

const PHONE = { width: 390, height: 844 };
const LAPTOP = { width: 1280, height: 800 };

describe("the Applications page", { timeout: 200_000 }, () => {
  let browser: Browser;
  let server: ServerProcess;
  let me: Visitor;
  let page: Page;
  eachStepStandsOnTheLast();

  beforeAll(async () => {
    browser = await openBrowser();
    server = await startServerProcess();
    if (server.dropbox === null) throw new Error("no local Dropbox was started along");
    me = await visit(browser);
    page = me.page;
    await logIn(page, server);
    await linkDropbox(page, server, server.dropbox);
    await page.getByRole("link", { name: "Applications" }).first().click();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await server?.dispose();
  }, 60_000);

  /** Nothing sticks out, and axe finds nothing. */
  async function looksWell(): Promise<void> {
    for (const size of [PHONE, LAPTOP]) {
      await page.setViewportSize(size);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(size.width);
      for (const colorScheme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await problemsOf(page), `${colorScheme}, ${size.width} px`).toEqual([]);
      }
    }
  }
  const card = (name: string) =>
    page.locator(".card").filter({ has: page.getByRole("heading", { level: 2, name, exact: true }) });
  const state = (word: string) => card("Dropbox Sync").getByText(word, { exact: true });

  test("an instance is set to always on by the keyboard, and syncs from then on with no application running", async () => {
    await state("not running").waitFor();
    const choice = page.getByRole("checkbox", { name: "Always on" });
    await choice.focus();
    await page.keyboard.press("Space");
    await state("up to date").waitFor();
    await page.getByText("whether an application runs or not").waitFor();
    await page.reload();
    await state("up to date").waitFor();
    expect(await choice.isChecked()).toBe(true);
    await card("Terminal").getByRole("button", { name: "Start" }).waitFor();
    await looksWell();
  });

  test("what it can be told while it runs is at hand on the Dropbox Sync page", async () => {
    await page.getByRole("link", { name: "Details and settings" }).click();
    await page.getByRole("heading", { level: 1, name: "Dropbox Sync" }).waitFor();
    await page.getByRole("button", { name: "Pause" }).first().waitFor();
    await page.goBack();
    await page.getByRole("checkbox", { name: "Always on" }).uncheck();
    await state("not running").waitFor();
  });

  test("no page threw an error on the way", () => {
    expect(me.thrown).toEqual([]);
  });
});
