import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { holdAnswers } from "./held-answers.ts";
import { picture } from "./picture.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { DROPBOX_SYNC, linkDropbox } from "./steps.ts";

const NAMED = "First Space › Master";

/** Whether each instance syncs, and when, is said where all else about its sync is. */
describe("the switches of each instance on the Dropbox Sync page", { timeout: 200_000 }, () => {
  let server: ServerProcess;
  let page: Page;
  let card: Locator;
  eachStepStandsOnTheLast();

  begin(startServerProcess, async (begun) => {
    ({ page, world: server } = begun);
    if (server.dropbox === null) throw new Error("no local Dropbox was started along");
    await linkDropbox(page, server, server.dropbox);
    card = page
      .locator(".card")
      .filter({ has: page.getByRole("button", { name: /the sync of First Space › Master/ }) });
  });

  const says = (word: string) => card.getByText(word, { exact: true }).waitFor();
  const button = (word: "Pause" | "Resume") =>
    page.getByRole("button", { name: `${word} the sync of ${NAMED}`, exact: true });
  const alwaysOn = () => page.getByRole("checkbox", { name: `Always on of ${NAMED}`, exact: true });
  async function press(control: Locator, key: string): Promise<void> {
    await control.focus();
    await page.keyboard.press(key);
  }

  test("with nothing running, it can be paused, which is said, and stays so", async () => {
    await says("not running");
    await card.getByRole("link", { name: "Start an application" }).waitFor();
    await press(button("Pause"), "Enter");
    await card.getByText("It is paused").waitFor();
    await page.reload();
    await card.getByText("It is paused").waitFor();
    await button("Resume").waitFor();
    await expectWell(page, { schemes: ["dark", "light"] });
  });

  test("set to always on by the keyboard, it begins as it was left: paused", async () => {
    await press(alwaysOn(), "Space");
    await says("paused");
    expect(await alwaysOn().isChecked()).toBe(true);
    await card.getByText("whether an application runs or not").waitFor();
    expect(await card.getByText("It is paused").count()).toBe(0);
    await press(button("Resume"), "Space");
    await says("up to date");
    await button("Pause").waitFor();
    await picture(page, "sync-switches");
    await expectWell(page, { schemes: ["dark", "light"] });
  });

  test("its switch turns before the server answers, and it is called paused when it is; a refusal turns it back, and why is said", async () => {
    const answers = await holdAnswers(page, /\/sync$/);
    await press(button("Pause"), "Enter");
    const first = await answers.next();
    await button("Resume").waitFor();
    await card.getByText("Pausing").waitFor();
    await says("up to date");
    await first.fail();
    await card.getByText("The server is stopping.").waitFor();
    await button("Pause").waitFor();
    expect(await card.getByText("Pausing").count()).toBe(0);
    await press(button("Pause"), "Enter");
    await (await answers.next()).give();
    await says("paused");
    await press(button("Resume"), "Enter");
    await (await answers.next()).give();
    await says("up to date");
    await answers.end();
  });

  test("the Applications page has the same switch, in the same position", async () => {
    await page.getByRole("link", { name: "Applications" }).first().click();
    expect(await page.getByRole("checkbox", { name: "Always on" }).isChecked()).toBe(true);
    await page.goto(`${server.url}${DROPBOX_SYNC}`);
    await press(alwaysOn(), "Space");
    await says("not running");
    await button("Pause").waitFor();
  });
});
