import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { problemsOf } from "./axe.ts";
import { expectWell } from "./both-widths.ts";
import { openBrowser, type Visitor, visit } from "./chromium.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { inTerminal, linkDropbox, logIn, startTerminal, terminalReady, until } from "./steps.ts";

/** One page that says *The study*. */
const PDF = `%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj
4 0 obj <</Length 41>> stream
BT /F 24 Tf 20 100 Td (The study) Tj ET
endstream endobj
5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
trailer <</Root 1 0 R>>
%%EOF
`;

describe("the Files page", { timeout: 200_000 }, () => {
  let browser: Browser;
  let server: ServerProcess;
  let me: Visitor;
  let page: Page;
  let address: string;

  beforeAll(async () => {
    browser = await openBrowser();
    server = await startServerProcess();
    me = await visit(browser);
    page = me.page;
    await logIn(page, server);
    await page.getByRole("link", { name: "Files" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Files" }).waitFor();
    address = page.url();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await server?.dispose();
  }, 60_000);

  const row = (name: string): Locator => page.getByRole("row").filter({ has: page.getByText(name, { exact: true }) });
  const rowIsThere = (name: string) => row(name).first().waitFor();
  const rowIsGone = (name: string) => row(name).first().waitFor({ state: "detached" });
  const upload = (name: string, content: string) =>
    page
      .getByLabel("Files to upload")
      .setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
  /** What the browser's own questions are answered with while `act` goes on; null is *Cancel*. */
  async function answering(answer: string | null, act: () => Promise<void>): Promise<void> {
    page.once("dialog", (dialog) => void (answer === null ? dialog.dismiss() : dialog.accept(answer)));
    await act();
  }
  const asked = () => page.getByRole("dialog");
  async function newFolder(name: string): Promise<void> {
    await page.getByRole("button", { name: "New folder" }).click();
    await asked().getByLabel("Name").fill(name);
    await asked().getByRole("button", { name: "Make it" }).click();
    await asked().waitFor({ state: "detached" });
  }
  /** Leaves the question open: what is wrong with a name is said in it. */
  async function rename(name: string, to: string): Promise<void> {
    await row(name).getByRole("button", { name: "Rename" }).click();
    await asked().getByLabel("New name").fill(to);
    await asked().getByRole("button", { name: "Rename" }).click();
  }
  async function download(name: string): Promise<{ readonly name: string; readonly content: string }> {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      row(name).getByRole("link", { name: "Download" }).click(),
    ]);
    return { name: file.suggestedFilename(), content: readFileSync(await file.path(), "utf8") };
  }

  test("says what to do first while it is empty", async () => {
    await page.getByText("Nothing here yet").waitFor();
    expect(await page.title()).toMatch(/Files.*Twinfold/);
  });

  test("uploads files, and gives them back byte for byte, whatever their names", async () => {
    const names = ["plain.txt", "50 % of #1 & more.txt", "größe 寸法.txt"];
    for (const name of names) {
      await upload(name, `content of ${name}\n`);
      await rowIsThere(name);
    }
    for (const name of names) {
      expect(await download(name)).toEqual({ name, content: `content of ${name}\n` });
    }
  });

  test("makes folders, goes into them, and has an address for each that opens it again", async () => {
    await newFolder("first folder");
    await row("first folder/").getByRole("button", { name: "first folder/" }).click();
    await page.getByText("Nothing here yet").waitFor();
    await upload("inside.txt", "inside\n");
    await rowIsThere("inside.txt");

    const deep = await me.context.newPage();
    await deep.goto(page.url());
    await deep.getByRole("cell", { name: "inside.txt" }).waitFor();
    await deep.close();

    await page.getByLabel("Folder").getByRole("button", { name: "/files" }).click();
    await rowIsThere("plain.txt");
    await page.goto(address);
    await rowIsThere("plain.txt");
  });

  test("renames and moves; what is cancelled is not done", async () => {
    await rename("plain.txt", "renamed.txt");
    await rowIsThere("renamed.txt");
    await rowIsGone("plain.txt");
    await row("renamed.txt").getByRole("button", { name: "Rename" }).click();
    await asked().getByLabel("New name").fill("other.txt");
    await page.keyboard.press("Escape");
    await asked().waitFor({ state: "detached" });
    await rowIsThere("renamed.txt");
    await rename("renamed.txt", "first folder/renamed.txt");
    await rowIsGone("renamed.txt");
  });

  test("deletes without a question, and brings back what was deleted: at once, or later beside what has its name by then", async () => {
    await row("first folder/").getByRole("button", { name: "Delete" }).click();
    await rowIsGone("first folder/");
    const said = page.getByRole("status").filter({ hasText: "first folder was deleted" });
    await said.getByRole("button", { name: "Undo" }).click();
    await rowIsThere("first folder/");
    await said.waitFor({ state: "detached" });
    await row("first folder/").getByRole("button", { name: "first folder/" }).click();
    await rowIsThere("renamed.txt");
    await row("renamed.txt").getByRole("button", { name: "Delete" }).click();
    await rowIsGone("renamed.txt");
    await upload("renamed.txt", "new\n");
    await rowIsThere("renamed.txt");
    await page.reload();
    await page.getByText("Recently deleted (1)").click();
    expect(await problemsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Bring back: first folder/renamed.txt" }).click();
    await rowIsThere("renamed (2).txt");
    expect((await download("renamed (2).txt")).content).toBe("content of plain.txt\n");
    expect((await download("renamed.txt")).content).toBe("new\n");
    await page.goto(address);
  });

  test("does not write over what is there when something is renamed", async () => {
    await upload("one.txt", "1\n");
    await rowIsThere("one.txt");
    await upload("two.txt", "2\n");
    await rowIsThere("two.txt");
    await rename("one.txt", "two.txt");
    await asked()
      .getByRole("alert")
      .getByText(/there already/)
      .waitFor();
    await asked().getByRole("button", { name: "Cancel" }).click();
    expect((await download("two.txt")).content).toBe("2\n");
    expect((await download("one.txt")).content).toBe("1\n");
  });

  test("refuses a path that leads out of the folder", async () => {
    await rename("one.txt", "../../outside.txt");
    await asked()
      .getByRole("alert")
      .getByText(/not a path in this folder/)
      .waitFor();
    await page.keyboard.press("Escape");
    await rowIsThere("one.txt");
  });

  test("does not call a folder empty of which it can't tell", async () => {
    await page.goto(`${address}?path=never-made`);
    await page
      .getByRole("alert")
      .getByText(/not there/)
      .waitFor();
    expect(await page.getByText("Nothing here yet").count()).toBe(0);
    await page.goto(address);
    await rowIsThere("one.txt");
    // An empty one that goes away under the page's eyes.
    await newFolder("passing");
    await row("passing/").getByRole("button", { name: "passing/" }).click();
    await page.getByText("Nothing here yet").waitFor();
    const other = await me.context.newPage();
    await other.goto(address);
    await other
      .getByRole("row")
      .filter({ has: other.getByText("passing/", { exact: true }) })
      .getByRole("button", { name: "Delete" })
      .click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByText("Nothing here yet").count()).toBe(0);
    await other.close();
    await page.goto(address);
    await rowIsThere("one.txt");
  });

  test("edits a text file, in any script, and keeps its lines as they are", async () => {
    const text = "erste Zeile\n\tzweite — 三\n\n";
    await row("one.txt").getByRole("button", { name: "Edit" }).click();
    const area = page.getByRole("textbox", { name: "one.txt" });
    expect(await area.inputValue()).toBe("1\n");
    await area.fill(text);
    await page.getByRole("button", { name: "Save" }).click();
    await area.waitFor({ state: "detached" });
    expect((await download("one.txt")).content).toBe(text);
  });

  test("gives a file back with the line ends that it came with, and does not offer to spoil what is no text", async () => {
    await upload("windows.txt", "\ufeffone\r\ntwo\r\n");
    await rowIsThere("windows.txt");
    await row("windows.txt").getByRole("button", { name: "Edit" }).click();
    const area = page.getByRole("textbox", { name: "windows.txt" });
    expect(await area.inputValue()).toBe("one\ntwo\n");
    await area.fill("one\nmore\ntwo\n");
    await page.getByRole("button", { name: "Save" }).click();
    await area.waitFor({ state: "detached" });
    expect((await download("windows.txt")).content).toBe("\ufeffone\r\nmore\r\ntwo\r\n");

    for (const [name, content, why] of [
      ["picture.bin", Buffer.from([0xff, 0xfe, 0, 0x62, 0x69, 0x6e]), "is not a text"],
      ["mixed.txt", Buffer.from("one\r\ntwo\n"), "end in more than one way"],
    ] as const) {
      await page.getByLabel("Files to upload").setInputFiles({ name, mimeType: "", buffer: content });
      await row(name).getByRole("button", { name: "Edit" }).click();
      await page.getByRole("alert").getByText(why).waitFor();
      expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
      await page.getByRole("button", { name: "Close" }).click();
    }
  });

  /** As another program or person writes, while the page looks elsewhere. */
  async function writtenMeanwhile(name: string, content: string): Promise<void> {
    const id = new URL(address).pathname.split("/")[2];
    const query = new URLSearchParams({ area: "workspace", path: name });
    const answer = await page.request.put(`${server.url}/api/instances/${id}/file?${query}`, {
      headers: { "x-twinfold": "1", "content-type": "application/octet-stream" },
      data: content,
    });
    expect(answer.ok()).toBe(true);
  }

  test("asks before it saves over what somebody else wrote meanwhile", async () => {
    await upload("shared.txt", "first\n");
    await rowIsThere("shared.txt");
    await row("shared.txt").getByRole("button", { name: "Edit" }).click();
    const area = page.getByRole("textbox", { name: "shared.txt" });
    await area.fill("mine\n");
    await writtenMeanwhile("shared.txt", "theirs\n");
    const save = () => page.getByRole("button", { name: "Save" }).click();
    await save();
    await asked().getByText("changed meanwhile").waitFor();
    await asked().getByRole("button", { name: "Cancel" }).click();
    expect(await area.inputValue()).toBe("mine\n");
    await save();
    await asked().getByRole("button", { name: "Keep both" }).click();
    await rowIsThere("shared (2).txt");
    expect((await download("shared.txt")).content).toBe("theirs\n");
    expect((await download("shared (2).txt")).content).toBe("mine\n");
  });

  test("asks before an upload takes the place of a file", async () => {
    await upload("shared.txt", "uploaded\n");
    await asked().getByRole("button", { name: "Keep both" }).click();
    await rowIsThere("shared (3).txt");
    expect((await download("shared.txt")).content).toBe("theirs\n");
    await upload("shared.txt", "uploaded again\n");
    await asked().getByRole("button", { name: "Replace it" }).click();
    await asked().waitFor({ state: "detached" });
    await until(
      async () => (await download("shared.txt")).content,
      (content) => content === "uploaded again\n",
    );
  });

  test("asks before unsaved changes are lost", async () => {
    await row("shared.txt").getByRole("button", { name: "Edit" }).click();
    const area = page.getByRole("textbox", { name: "shared.txt" });
    await area.fill("unsaved\n");
    // Nothing is lost by this one, so it does not ask.
    await page.getByLabel("Show hidden files").click();
    await page.getByLabel("Show hidden files").click();
    const leaving: (() => Promise<void>)[] = [
      () => page.getByRole("button", { name: "Personal" }).click(),
      () => page.getByRole("link", { name: "Dropbox Sync" }).first().click(),
      () => page.getByRole("button", { name: "Close" }).click(),
      () => row("one.txt").getByRole("button", { name: "Edit" }).click(),
    ];
    for (const leave of leaving) {
      await answering(null, leave);
      expect(await area.inputValue()).toBe("unsaved\n");
    }
    await answering("", () => page.getByRole("button", { name: "Close" }).click());
    await area.waitFor({ state: "detached" });
  });

  test("uploads folders with all that is in them, dropped or chosen, and gives them back as a zip file", async () => {
    const local = mkdtempSync(join(tmpdir(), "twinfold-upload-"));
    mkdirSync(join(local, "study/raw"), { recursive: true });
    writeFileSync(join(local, "study/plan.md"), "plan");
    for (let n = 1; n <= 20; n++) writeFileSync(join(local, `study/raw/${n}.csv`), String(n));
    await page.getByLabel("Folder to upload").setInputFiles(join(local, "study"));
    await page.getByText("21 files uploaded.").waitFor();
    await rowIsThere("study/");
    // Once more: each is there already, and one answer is enough.
    await page.getByLabel("Folder to upload").setInputFiles(join(local, "study"));
    await asked().getByLabel("The same for all others").check();
    await asked().getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Nothing was uploaded. 21 files left out.").waitFor();

    mkdirSync(join(local, "dropped/empty"), { recursive: true });
    writeFileSync(join(local, "dropped/inside.txt"), "dropped");
    const hand = await me.context.newCDPSession(page);
    const data = { items: [], files: [join(local, "dropped")], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await hand.send("Input.dispatchDragEvent", { type, x: 600, y: 400, data });
      if (type === "dragOver") await page.getByText("Drop to upload into /files").waitFor();
    }
    await page.getByText("1 file uploaded.").waitFor();
    await row("dropped/").getByRole("button", { name: "dropped/" }).click();
    await rowIsThere("empty/");
    expect((await download("inside.txt")).content).toBe("dropped");
    await page.goto(address);
    rmSync(local, { recursive: true });

    const [zip] = await Promise.all([
      page.waitForEvent("download"),
      row("study/").getByRole("link", { name: "Download" }).click(),
    ]);
    expect(zip.suggestedFilename()).toBe("study.zip");
    const found = unzipSync(readFileSync(await zip.path()));
    expect(Object.keys(found)).toHaveLength(23);
    expect(new TextDecoder().decode(found["study/raw/20.csv"])).toBe("20");
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
    await upload(".mignore", "*.log\n");
    await row(".mignore").waitFor({ state: "detached" });
    await page.getByLabel("Show hidden files").click();
    await rowIsThere(".mignore");
    await page.reload();
    await rowIsThere(".mignore");
    expect(await page.getByLabel("Show hidden files").isChecked()).toBe(true);
    await page.getByLabel("Show hidden files").click();
    await rowIsGone(".mignore");
  });

  test("has the user's own files under Personal, apart from the workspace's", async () => {
    await page.getByRole("button", { name: "Personal" }).click();
    await rowIsGone("one.txt");
    await upload("mine.txt", "mine\n");
    await rowIsThere("mine.txt");
    await page.getByRole("button", { name: "Workspace" }).click();
    await rowIsThere("one.txt");
    expect(await row("mine.txt").count()).toBe(0);
    await page.getByRole("button", { name: "Personal" }).click();
    await rowIsThere("mine.txt");
  });

  test("shows by itself what an application changes, and its application what the page changed", async () => {
    await page.goto(address);
    await rowIsThere("one.txt");
    const work = await me.context.newPage();
    await startTerminal(work, server);
    expect(await inTerminal(work, "cat /files/two.txt")).toBe("2");
    expect(await inTerminal(work, "cat ~/mine.txt")).toBe("mine");
    await inTerminal(work, "mv /files/two.txt /files/three.txt; ln -s /etc/passwd /files/shortcut");
    await inTerminal(
      work,
      "cd /files; mkdir -p calm drafts/figures; echo 1 > calm/1; ln -s old.png drafts/figures/new.png",
    );
    await rowIsThere("three.txt");
    await rowIsGone("two.txt");
    // A symbolic link is named, but leads nowhere.
    await rowIsThere("shortcut");
    expect(await row("shortcut").getByRole("link", { name: "Download" }).count()).toBe(0);
    const followed = await page.request.get(
      `${server.url}/api/instances/${new URL(address).pathname.split("/")[2]}/file?area=workspace&path=shortcut`,
    );
    expect(followed.ok()).toBe(false);
    await work.close();
  });

  test("marks what is not as it was in the last snapshot, and shows a text's difference", async () => {
    await upload("novel.txt", "one\ntwo\nthree\n");
    await rowIsThere("novel.txt");
    await page.goto(address.replace(/files.*$/, "snapshots"));
    await page.getByRole("button", { name: "Take a snapshot" }).click();
    await page.getByText("just now").first().waitFor();
    await page.goto(address);
    await page.getByText("since the last snapshot").waitFor();
    expect(await row("novel.txt").getByText("changed").count()).toBe(0);
    await writtenMeanwhile("novel.txt", "one\n2\nthree\n");
    await upload("sequel.txt", "four\n");
    await row("sequel.txt").getByText("new", { exact: true }).waitFor();
    await row("novel.txt").getByText("changed", { exact: true }).waitFor();
    await row("novel.txt").getByRole("button", { name: "Compare" }).click();
    const difference = asked().getByRole("region", { name: "What has changed" });
    await difference.waitFor();
    expect(
      (await difference.getByRole("deletion").allTextContents()).concat(
        await difference.getByRole("insertion").allTextContents(),
      ),
    ).toEqual(["-two", "+2"]);
    expect(await problemsOf(page)).toEqual([]);
    await asked().getByRole("button", { name: "Close" }).click();
    await asked().waitFor({ state: "detached" });
  });

  test("shows a folder's README.md as it is meant, but nothing in it that could run or tell others; and pictures", async () => {
    await newFolder("thesis");
    await row("thesis/").getByRole("button", { name: "thesis/" }).click();
    const picture = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'><script>alert(1)</script></svg>";
    await upload("plot 1.svg", picture);
    await upload(
      "readme.MD",
      [
        "# The study",
        "| a | b |\n| - | - |\n| 1 | **2** |",
        "<script>window.ran = true</script><img src=x onerror='window.ran = true'>",
        "[run](javascript:window.ran=true) [the data](../)",
        "![the plot](plot%201.svg) ![far](https://elsewhere.example/p.png)",
      ].join("\n\n"),
    );
    const readme = page.getByRole("article", { name: "readme.MD" });
    await readme.getByRole("heading", { name: "The study" }).waitFor();
    expect(await readme.getByRole("cell", { name: "2" }).count()).toBe(1);
    const plot = readme.getByRole("img", { name: "the plot" });
    await plot.waitFor();
    expect(await readme.getByRole("img").count()).toBe(1);
    expect(await readme.locator("script, a[href^=javascript]").count()).toBe(0);
    expect(await page.evaluate("window.ran")).toBe(undefined);
    expect(await problemsOf(page)).toEqual([]);
    await row("plot 1.svg").getByRole("button", { name: "View" }).click();
    await asked().getByRole("img", { name: "plot 1.svg" }).waitFor();
    expect(
      await asked()
        .getByRole("img")
        .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBe(40);
    await page.keyboard.press("Escape");
    await readme.getByRole("link", { name: "the data" }).click();
    await rowIsThere("one.txt");
    await page.goto(address);
  });

  test("shows a PDF in the browser's own viewer, and what is none not at all", async () => {
    await upload("paper.PDF", PDF);
    await upload("page.pdf", "<script>parent.ran = true</script> %PDF-1.4");
    await row("paper.PDF").getByRole("button", { name: "View" }).click();
    await asked().locator("iframe[title='paper.PDF']").waitFor();
    // The viewer is an origin of its own, and has been given the file as a PDF.
    await vi.waitFor(() =>
      expect(page.frames().map((frame) => new URL(frame.url()).protocol)).toContain("chrome-extension:"),
    );
    expect(page.frames().filter((frame) => frame.url().startsWith("chrome-error:"))).toEqual([]);
    await expectWell(page);
    const saved = page.waitForEvent("download");
    await asked().getByRole("link", { name: "Download" }).click();
    expect((await saved).suggestedFilename()).toBe("paper.PDF");
    await asked().getByRole("button", { name: "Close" }).click();
    await row("page.pdf").getByRole("button", { name: "View" }).click();
    await asked().getByText("page.pdf can't be shown: it does not begin as a PDF does.").waitFor();
    await asked().getByRole("link", { name: "Download" }).waitFor();
    expect(await asked().locator("iframe").count()).toBe(0);
    expect(await page.evaluate("window.ran")).toBe(undefined);
    await asked().getByRole("button", { name: "Close" }).click();
  });

  test("a folder of 20,000 files has on the page what is on the screen; all are reached, told to a screen reader, and found", async () => {
    const work = await me.context.newPage();
    await work.goto(address.replace(/files.*$/, "terminal"));
    await terminalReady(work);
    await inTerminal(work, "mkdir /files/many && cd /files/many && seq -f 'plot %.0f' 1 20000 | xargs -d '\\n' touch");
    await work.close();
    await page.goto(`${address}?path=many`);
    await rowIsThere("plot 1");
    expect(await page.getByRole("table").getAttribute("aria-rowcount")).toBe("20001");
    expect(await page.locator("tbody tr[data-index]").count()).toBeLessThan(100);
    // Whoever is in a row with the keyboard stays there.
    await row("plot 2").getByRole("button", { name: "Rename" }).focus();
    await page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)");
    await rowIsThere("plot 20000");
    expect(await row("plot 20000").getAttribute("aria-rowindex")).toBe("20001");
    expect(await page.evaluate("document.activeElement.closest('tr').ariaRowIndex")).toBe("3");
    await page.keyboard.press("Shift+Tab");
    await rowIsThere("plot 3");
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
    await page.goto(address);
    await page.getByText("No Dropbox is linked yet.").waitFor();
    expect(await page.getByRole("tooltip").count()).toBe(0);
    if (server.dropbox === null) throw new Error("no local Dropbox was started along");
    await linkDropbox(page, server, server.dropbox);
    await page.goto(address);
    await row("shortcut").getByRole("button", { name: "not synced" }).waitFor();
    await row("one.txt").getByRole("button", { name: "in sync" }).waitFor();
    // A folder speaks for what is in it, however deep.
    await row("calm/").getByRole("button", { name: "in sync" }).hover();
    await page.getByRole("tooltip").getByText("so is all in it that is synced.").waitFor();
    await row("drafts/").getByRole("button", { name: "not synced" }).hover();
    await page.getByRole("tooltip").getByText("1 item in it: not synced (figures/new.png).").waitFor();
    await page.mouse.move(0, 0);
    await upload("left out.log", "x");
    await upload(".mignore", "*.log\n");
    await asked().getByRole("button", { name: "Replace it" }).click();
    const badge = row("left out.log").getByRole("button", { name: "ignored" });
    await badge.waitFor();
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
    await page.goto(address);
  });

  test("no page threw an error on the way", () => {
    expect(me.thrown).toEqual([]);
  });
});
