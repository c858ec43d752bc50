import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { problemsOf } from "./axe.ts";
import { begin } from "./beginning.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { startWithApplications } from "./own-applications.ts";
import { picture } from "./picture.ts";
import { linkDropbox } from "./steps.ts";

const PROGRAM = fileURLToPath(new URL("../../apps/server/test/echo-program.mjs", import.meta.url));
const ECHO = {
  kind: "echo",
  name: "Echo",
  description: "Says what it was asked.",
  command: [process.execPath, PROGRAM, "{socket}"],
  env: { ECHO_SECRET: "{secret}" },
  headers: { "x-secret": "{secret}" },
};
const PHONE = { width: 390, height: 844 };
const LAPTOP = { width: 1280, height: 800 };

describe("the Applications page", { timeout: 200_000 }, () => {
  let me: Visitor;
  let page: Page;
  eachStepStandsOnTheLast();

  begin(
    () => startWithApplications([ECHO], { TWINFOLD_IDLE_STOP_MINUTES: "0.3" }),
    async (begun) => {
      ({ me, page } = begun);
      const { server } = begun.world;
      if (server.dropbox === null) throw new Error("no local Dropbox was started along");
      await linkDropbox(page, server, server.dropbox);
      await page.getByRole("link", { name: "Applications" }).first().click();
    },
  );

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

  test("a program with pages of its own is started, and opened in a tab of its own", async () => {
    for (const name of ["Terminal", "Echo"])
      await card(name)
        .getByText(/mount namespace/)
        .waitFor();
    await card("Echo").getByRole("button", { name: "Start" }).click();
    await state("up to date").waitFor();
    const opened = me.context.waitForEvent("page");
    await card("Echo").getByRole("link", { name: "Open" }).click();
    const tab = await opened;
    // While it does not listen yet, the tab looks again by itself.
    await tab.getByText('"method":"GET"').waitFor();
    expect(await tab.locator("body").textContent()).toContain(new URL(tab.url()).pathname);
    await card("Echo").getByText("What it printed last").click();
    await card("Echo").getByText("listening at").waitFor();
    await looksWell();
    await tab.goto(`${tab.url()}crash`).catch(() => undefined);
    await tab.close();
  });

  test("one that has crashed says so, and why, and is started again", async () => {
    await card("Echo").getByText("It ended with exit code 3").waitFor();
    await card("Echo").getByText("out of ideas").waitFor();
    await looksWell();
    await picture(page, "applications-crashed");
    await card("Echo").getByRole("button", { name: "Start again" }).click();
    await card("Echo").getByText("Running since").waitFor();
    expect(await card("Echo").getByText("exit code").count()).toBe(0);
  });

  test("one that nobody uses is going to be stopped, which is said; it can be kept, or it stops", async () => {
    await card("Echo").getByText("Nobody has used it for a while").waitFor();
    await card("Echo").locator("time[title]", { hasText: "in less than a minute" }).waitFor();
    await looksWell();
    await picture(page, "applications-idle");
    await card("Echo").getByRole("button", { name: "Keep it running" }).click();
    await card("Echo").getByText("Nobody has used it for a while").waitFor({ state: "detached" });
    await card("Echo").getByRole("button", { name: "Stop" }).click();
    await card("Echo").getByRole("button", { name: "Start" }).waitFor();
  });
});
