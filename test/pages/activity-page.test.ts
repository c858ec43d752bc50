import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { picture } from "./picture.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { inTerminal, linkDropbox, startTerminal, untilTerminal } from "./steps.ts";

/** The page stays open in one window and is never reloaded: what it lists comes by itself. */
describe("the Activity page", { timeout: 300_000 }, () => {
  let server: ServerProcess;
  let me: Visitor;
  let page: Page;
  eachStepStandsOnTheLast();

  begin(startServerProcess, async (begun) => {
    ({ me, world: server } = begun);
    page = await me.context.newPage();
    await page.goto(server.url);
    await page.getByRole("link", { name: "Activity" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Activity" }).waitFor();
  });

  /** Whole, without cuts in words, and axe finds nothing. */
  const looksWell = () => expectWell(page, { schemes: ["dark", "light"], words: true });
  const row = (...words: readonly string[]) =>
    words.reduce((rows, hasText) => rows.filter({ hasText }), page.getByRole("row")).first();

  test("says what to do first while there is nothing", async () => {
    await page.getByRole("heading", { name: "Nothing has happened yet" }).waitFor();
    expect(await page.title()).toBe("Activity of Master · Twinfold");
    await looksWell();
    await picture(page, "activity-empty");
  });

  test("what was deleted on the pages comes back from here too, with no Dropbox linked", async () => {
    const address = page
      .url()
      .replace("/instances/", "/api/instances/")
      .replace(/\/activity$/, "");
    const headers = { "x-twinfold": "1", origin: server.url };
    const put = await page.request.put(`${address}/file?area=workspace&path=plan.md`, { headers, data: "by hand\n" });
    expect(put.ok()).toBe(true);
    await me.page.goto(page.url().replace(/activity$/, "files"));
    await me.page.getByRole("row").filter({ hasText: "plan.md" }).getByRole("button", { name: "Delete" }).click();
    await row("plan.md", "deleted by Ada Lovelace", "Pages")
      .getByRole("button", { name: "Undo: plan.md deleted" })
      .click();
    await page.getByRole("status").filter({ hasText: "plan.md is as it was." }).waitFor();
    await row("deleted by Ada Lovelace", "Undone").waitFor();
    await row("plan.md", "brought back by Ada Lovelace: its deletion was undone", "Pages").waitFor();
    const content = await page.request.get(`${address}/file?area=workspace&path=plan.md`);
    expect(await content.text()).toBe("by hand\n");
    await looksWell();
    await page.getByRole("button", { name: "Dismiss what became of the undo of plan.md" }).click();
    await page.getByText("plan.md is as it was.").waitFor({ state: "detached" });
  });

  test("lists what sync does as it happens, with the side, the reason and the time", async () => {
    if (server.dropbox === null) throw new Error("no local Dropbox was started along");
    await linkDropbox(me.page, server, server.dropbox);
    await startTerminal(me.page, server);
    await inTerminal(me.page, "echo first > /files/thesis.txt");
    await row("thesis.txt", "uploaded, 6 B: new on disk", "Dropbox").waitFor();
    await inTerminal(me.page, "rm /files/thesis.txt");
    await row("thesis.txt", "deleted: deleted on disk", "Dropbox").waitFor();
    const time = row("deleted on disk").getByRole("time");
    const exact = await time.getAttribute("datetime");
    expect(await time.getAttribute("title")).toBe(
      await page.evaluate(`new Date(${JSON.stringify(exact)}).toLocaleString()`),
    );
    await looksWell();
  });

  test("Undo brings a deleted file back, and says so", async () => {
    await row("deleted on disk").getByRole("button", { name: "Undo: thesis.txt deleted" }).click();
    await page.getByRole("status").filter({ hasText: "thesis.txt is as it was." }).waitFor();
    await row("deleted on disk", "Undone").waitFor();
    await row("thesis.txt", "brought back by Ada Lovelace: its deletion was undone", "Pages").waitFor();
    await untilTerminal(me.page, "cat /files/thesis.txt", (output) => output === "first");
    await looksWell();
  });

  test("Undo leaves what is newer in its place, and names where the old version is", async () => {
    await inTerminal(me.page, "echo second > /files/thesis.txt");
    await row("thesis.txt", "uploaded, 7 B: edited on disk").waitFor();
    await inTerminal(me.page, "echo 'third, and newer' > /files/thesis.txt");
    await row("uploaded, 7 B").getByRole("button", { name: "Undo" }).click();
    await page.getByText("thesis.txt was changed since, and stays").waitFor();
    await untilTerminal(me.page, "cat /files/thesis*", (output) => output === "first\nthird, and newer");
    await looksWell();
  });

  test("each entry shows what the file was before and after it, for as long as anybody has that", async () => {
    const edit = row("thesis.txt", "uploaded, 7 B: edited on disk");
    const shown = page.getByRole("dialog");
    for (const [name, when, text] of [
      ["Before", "before", "first\n"],
      ["After", "after", "second\n"],
    ] as const) {
      await edit.getByRole("button", { name: `${name}: thesis.txt uploaded` }).click();
      await shown.getByRole("heading", { name: `thesis.txt, ${when}` }).waitFor();
      expect(await shown.getByRole("document", { name: "Text of thesis.txt" }).textContent()).toBe(text);
      if (name === "Before") {
        const saved = page.waitForEvent("download");
        await shown.getByRole("link", { name: "Download" }).click();
        expect((await saved).suggestedFilename()).toBe("thesis.txt");
        await looksWell();
        // A link to it, in another window.
        const other = await me.context.newPage();
        await other.goto(page.url());
        await other.getByRole("dialog", { name: "thesis.txt, before" }).getByText("first").waitFor();
        await other.close();
      }
      await shown.getByRole("button", { name: "Close" }).click();
      await shown.waitFor({ state: "detached" });
    }
    await page.goBack();
    await shown.getByRole("heading", { name: "thesis.txt, after" }).waitFor();
    await page.keyboard.press("Escape");
    await shown.waitFor({ state: "detached" });
    // What was new had nothing before.
    const made = row("thesis.txt", "uploaded, 6 B: new on disk");
    await made.getByRole("button", { name: "After: thesis.txt uploaded" }).waitFor();
    expect(await made.getByRole("button", { name: /^Before/ }).count()).toBe(0);
  });

  test("a move is taken back, whoever made it: where it was made on disk, on both sides", async () => {
    await inTerminal(me.page, "mkdir /files/later; mv /files/thesis.txt /files/later/final.txt");
    const moved = row("thesis.txt → later/final.txt", "moved", "Dropbox");
    await moved.getByRole("button", { name: "Undo: later/final.txt moved" }).click();
    await page.getByRole("status").filter({ hasText: "thesis.txt is as it was." }).waitFor();
    await moved.getByText("Undone").waitFor();
    await row("later/final.txt → thesis.txt", "moved by Ada Lovelace: its move was undone", "Pages").waitFor();
    await untilTerminal(
      me.page,
      "ls -A /files/later; cat /files/thesis.txt",
      (output) => output === "third, and newer",
    );
    await looksWell();
    await picture(page, "activity-moved-back");
  });

  test("older entries are a page away, and so is the way back", async () => {
    await inTerminal(me.page, "for i in $(seq 60); do echo $i > /files/$i.txt; done");
    await page.getByRole("link", { name: "Older" }).click();
    await row("thesis.txt", "uploaded, 6 B: new on disk").waitFor();
    await page.getByRole("link", { name: "Newest" }).click();
    await row("brought back by").waitFor({ state: "detached" });
    await page.getByRole("row").nth(50).waitFor();
    expect(await page.getByRole("row").count()).toBe(51);
    await page.getByRole("link", { name: "Older" }).waitFor();
  });
});
