import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { problemsOf } from "./axe.ts";
import { begin } from "./beginning.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type FilesPage, openFilesPage } from "./files-page.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { inTerminal, linkDropbox, startTerminal, terminalReady, until } from "./steps.ts";

describe("the list on the Files page", { timeout: 200_000 }, () => {
  let server: ServerProcess;
  let me: Visitor;
  let page: Page;
  let files: FilesPage;
  eachStepStandsOnTheLast();

  begin(startServerProcess, async (begun) => {
    ({ me, page, world: server } = begun);
    files = await openFilesPage(begun);
    for (const [name, content] of [
      ["one.txt", "1\n"],
      ["two.txt", "2\n"],
    ] as const) {
      await files.upload(name, content);
      await files.rowIsThere(name);
    }
  });

  test("what is typed or clicked to choose what is shown stays so, however busy the browser is", async () => {
    await page.getByLabel("Find in this folder").focus();
    const typed = `["o", "n", "e"].forEach((one) => document.execCommand("insertText", false, one)); document.activeElement.value`;
    expect(await page.evaluate(typed)).toBe("one");
    await page.getByLabel("Find in this folder").fill("");
    const clicked = `(() => { const box = document.querySelector("label.check input"); box.click(); return box.checked; })()`;
    expect(await page.evaluate(clicked)).toBe(true);
    await page.getByLabel("Show hidden files").click();
  });

  test("shows hidden files only when asked, and says so in its address", async () => {
    await files.upload(".mignore", "*.log\n");
    await files.row(".mignore").waitFor({ state: "detached" });
    await page.getByLabel("Show hidden files").click();
    await files.rowIsThere(".mignore");
    await page.reload();
    await files.rowIsThere(".mignore");
    expect(await page.getByLabel("Show hidden files").isChecked()).toBe(true);
    await page.getByLabel("Show hidden files").click();
    await files.rowIsGone(".mignore");
  });

  test("has the user's own files under Personal, apart from the workspace's", async () => {
    await page.getByRole("button", { name: "Personal" }).click();
    await files.rowIsGone("one.txt");
    await files.upload("mine.txt", "mine\n");
    await files.rowIsThere("mine.txt");
    await page.getByRole("button", { name: "Workspace" }).click();
    await files.rowIsThere("one.txt");
    expect(await files.row("mine.txt").count()).toBe(0);
    await page.getByRole("button", { name: "Personal" }).click();
    await files.rowIsThere("mine.txt");
  });

  test("shows by itself what an application changes, and its application what the page changed", async () => {
    await page.goto(files.address);
    await files.rowIsThere("one.txt");
    const work = await me.context.newPage();
    await startTerminal(work, server);
    expect(await inTerminal(work, "cat /files/two.txt")).toBe("2");
    expect(await inTerminal(work, "cat ~/mine.txt")).toBe("mine");
    await inTerminal(work, "mv /files/two.txt /files/three.txt; ln -s /etc/passwd /files/shortcut");
    await inTerminal(
      work,
      "cd /files; mkdir -p calm drafts/figures; echo 1 > calm/1; ln -s old.png drafts/figures/new.png",
    );
    await files.rowIsThere("three.txt");
    await files.rowIsGone("two.txt");
    // A symbolic link is named, but leads nowhere.
    await files.rowIsThere("shortcut");
    expect(await files.row("shortcut").getByRole("link", { name: "Download" }).count()).toBe(0);
    const followed = await page.request.get(files.fileAddress("shortcut"));
    expect(followed.ok()).toBe(false);
    await work.close();
  });

  test("a folder of 20,000 files has on the page what is on the screen; all are reached, told to a screen reader, and found", async () => {
    const work = await me.context.newPage();
    await work.goto(files.address.replace(/files.*$/, "terminal"));
    await terminalReady(work);
    await inTerminal(work, "mkdir /files/many && cd /files/many && seq -f 'plot %.0f' 1 20000 | xargs -d '\\n' touch");
    await work.close();
    await page.goto(`${files.address}?path=many`);
    await files.rowIsThere("plot 1");
    expect(await page.getByRole("table").getAttribute("aria-rowcount")).toBe("20001");
    expect(await page.locator("tbody tr[data-index]").count()).toBeLessThan(100);
    // Whoever is in a row with the keyboard stays there.
    await files.row("plot 2").getByRole("button", { name: "Rename" }).focus();
    await page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)");
    await files.rowIsThere("plot 20000");
    expect(await files.row("plot 20000").getAttribute("aria-rowindex")).toBe("20001");
    expect(await page.evaluate("document.activeElement.closest('tr').ariaRowIndex")).toBe("3");
    await page.keyboard.press("Shift+Tab");
    await files.rowIsThere("plot 3");
    await page.getByLabel("Find in this folder").fill("PLOT 1999");
    await until(
      () => page.locator("tbody tr[data-index]").count(),
      (count) => count === 11,
    );
    expect(await problemsOf(page)).toEqual([]);
    await page.getByLabel("Find in this folder").fill("nowhere");
    await page.getByText("Nothing here has “nowhere” in its name").waitFor();
  });

  test("says once why no file has a badge, and with a linked Dropbox how each one stands, why, and what to do", async () => {
    await page.goto(files.address);
    await page.getByText("No Dropbox is linked yet.").waitFor();
    expect(await page.getByRole("tooltip").count()).toBe(0);
    if (server.dropbox === null) throw new Error("no local Dropbox was started along");
    await linkDropbox(page, server, server.dropbox);
    await page.goto(files.address);
    await files.row("shortcut").getByRole("button", { name: "not synced" }).waitFor();
    await files.row("one.txt").getByRole("button", { name: "in sync" }).waitFor();
    // A folder speaks for what is in it, however deep.
    await files.row("calm/").getByRole("button", { name: "in sync" }).hover();
    await page.getByRole("tooltip").getByText("so is all in it that is synced.").waitFor();
    // What is told lies over the next row until it is pointed elsewhere.
    await page.mouse.move(0, 0);
    await files.row("drafts/").getByRole("button", { name: "not synced" }).hover();
    await page
      .getByRole("tooltip")
      .getByText("1 item in it: not synced (figures/new.png). Open it: each item")
      .waitFor();
    await page.mouse.move(0, 0);
    await files.upload("left out.log", "x");
    await files.upload(".mignore", "*.log\n");
    await files.asked().getByRole("button", { name: "Replace it" }).click();
    const badge = files.row("left out.log").getByRole("button", { name: "ignored" });
    await badge.waitFor();
    // Where the question was there may be a badge.
    await page.mouse.move(0, 0);
    expect(await page.getByRole("tooltip").count()).toBe(0);
    await badge.focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Shift+Tab");
    const told = await page.getByRole("tooltip").textContent();
    expect(told).toBe(
      "Ignored by line 1 of .mignore: *.log. To sync it, change the ignore file on the Dropbox Sync page.",
    );
    expect(await problemsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Personal" }).click();
    await page.getByText("never synced").waitFor();
    await page.goto(files.address);
  });
});
