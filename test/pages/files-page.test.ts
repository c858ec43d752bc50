import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { problemsOf } from "./axe.ts";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type FilesPage, openFilesPage } from "./files-page.ts";
import { holdAnswers } from "./held-answers.ts";
import { picture } from "./picture.ts";
import { startServerProcess } from "./server-process.ts";

describe("the Files page", { timeout: 200_000 }, () => {
  let me: Visitor;
  let page: Page;
  let files: FilesPage;
  eachStepStandsOnTheLast();

  begin(startServerProcess, async (begun) => {
    ({ me, page } = begun);
    files = await openFilesPage(begun);
  });

  /** Leaves the question open: what is wrong with a name is said in it. */
  async function rename(name: string, to: string): Promise<void> {
    await files.row(name).getByRole("button", { name: "Rename" }).click();
    await files.asked().getByLabel("New name").fill(to);
    await files.asked().getByRole("button", { name: "Rename" }).click();
  }

  test("says what to do first while it is empty", async () => {
    await page.getByText("Nothing here yet").waitFor();
    expect(await page.title()).toMatch(/Files.*Twinfold/);
    await expectWell(page, { schemes: ["dark", "light"] });
    await picture(page, "files-empty");
  });

  test("uploads files, and gives them back byte for byte, whatever their names", async () => {
    const names = ["plain.txt", "50 % of #1 & more.txt", "größe 寸法.txt"];
    for (const name of names) {
      await files.upload(name, `content of ${name}\n`);
      await files.rowIsThere(name);
    }
    for (const name of names) {
      expect(await files.download(name)).toEqual({ name, content: `content of ${name}\n` });
    }
  });

  test("makes folders, goes into them, and has an address for each that opens it again", async () => {
    await files.newFolder("first folder");
    await files.row("first folder/").getByRole("button", { name: "first folder/" }).click();
    await page.getByText("Nothing here yet").waitFor();
    await files.upload("inside.txt", "inside\n");
    await files.rowIsThere("inside.txt");

    const deep = await me.context.newPage();
    await deep.goto(page.url());
    await deep.getByRole("cell", { name: "inside.txt" }).waitFor();
    await deep.close();

    await page.getByLabel("Folder").getByRole("button", { name: "/files" }).click();
    await files.rowIsThere("plain.txt");
    await page.goto(files.address);
    await files.rowIsThere("plain.txt");
  });

  test("renames and moves; what is cancelled is not done", async () => {
    await rename("plain.txt", "renamed.txt");
    await files.rowIsThere("renamed.txt");
    await files.rowIsGone("plain.txt");
    const said = page.getByRole("status").filter({ hasText: "plain.txt is renamed.txt now." });
    expect(await problemsOf(page)).toEqual([]);
    await picture(page, "files-renamed");
    await said.getByRole("button", { name: "Undo" }).click();
    await files.rowIsThere("plain.txt");
    await files.rowIsGone("renamed.txt");
    await said.waitFor({ state: "detached" });
    await rename("plain.txt", "renamed.txt");
    await files.rowIsThere("renamed.txt");
    await files.row("renamed.txt").getByRole("button", { name: "Rename" }).click();
    await files.asked().getByLabel("New name").fill("other.txt");
    await page.keyboard.press("Escape");
    await files.asked().waitFor({ state: "detached" });
    await files.rowIsThere("renamed.txt");
    await rename("renamed.txt", "first folder/renamed.txt");
    await files.rowIsGone("renamed.txt");
    const moved = page.getByRole("status").filter({ hasText: "renamed.txt was moved to first folder/renamed.txt." });
    await files.upload("renamed.txt", "in its place\n");
    await files.rowIsThere("renamed.txt");
    await moved.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("alert").getByText("renamed.txt").waitFor();
    await files.row("renamed.txt").getByRole("button", { name: "Delete" }).click();
    await files.rowIsGone("renamed.txt");
    await page.getByRole("status").filter({ hasText: "renamed.txt was deleted" }).waitFor();
    await page.goto(files.address);
  });

  test("deletes without a question, and brings back what was deleted: at once, or later beside what has its name by then", async () => {
    await files.row("first folder/").getByRole("button", { name: "Delete" }).click();
    await files.rowIsGone("first folder/");
    const said = page.getByRole("status").filter({ hasText: "first folder was deleted" });
    await said.getByRole("button", { name: "Undo" }).click();
    await files.rowIsThere("first folder/");
    await said.waitFor({ state: "detached" });
    await files.row("first folder/").getByRole("button", { name: "first folder/" }).click();
    await files.rowIsThere("renamed.txt");
    await files.row("renamed.txt").getByRole("button", { name: "Delete" }).click();
    await files.rowIsGone("renamed.txt");
    // The row goes at once; its name is free when that is said.
    await page.getByRole("status").filter({ hasText: "renamed.txt was deleted" }).waitFor();
    await files.upload("renamed.txt", "new\n");
    await files.rowIsThere("renamed.txt");
    await page.reload();
    await page.getByText("Recently deleted or replaced (2)").click();
    expect(await problemsOf(page)).toEqual([]);
    await picture(page, "files-bring-back");
    await page.getByRole("listitem").filter({ hasText: "first folder/renamed.txt" }).locator("time[title]").waitFor();
    await page.getByRole("button", { name: "Bring back: first folder/renamed.txt" }).click();
    await files.rowIsThere("renamed (2).txt");
    expect((await files.download("renamed (2).txt")).content).toBe("content of plain.txt\n");
    expect((await files.download("renamed.txt")).content).toBe("new\n");
    await page.goto(files.address);
  });

  test("takes a deleted row off before the server answers; if that fails it is there again, and why is said", async () => {
    await files.upload("soon gone.txt", "1\n");
    await files.rowIsThere("soon gone.txt");
    const answers = await holdAnswers(page, /\/delete$/);
    const remove = files.row("soon gone.txt").getByRole("button", { name: "Delete" });
    await remove.click();
    const first = await answers.next();
    await files.rowIsGone("soon gone.txt");
    await first.fail();
    await files.rowIsThere("soon gone.txt");
    await page.getByRole("alert").getByText("The server is stopping.").waitFor();
    await remove.click();
    const second = await answers.next();
    await files.rowIsGone("soon gone.txt");
    await second.give();
    await page.getByRole("status").filter({ hasText: "soon gone.txt was deleted" }).waitFor();
    await answers.end();
    await files.rowIsGone("soon gone.txt");
  });

  test("does not write over what is there when something is renamed", async () => {
    await files.upload("one.txt", "1\n");
    await files.rowIsThere("one.txt");
    await files.upload("two.txt", "2\n");
    await files.rowIsThere("two.txt");
    await rename("one.txt", "two.txt");
    await files
      .asked()
      .getByRole("alert")
      .getByText(/there already/)
      .waitFor();
    await files.asked().getByRole("button", { name: "Cancel" }).click();
    expect((await files.download("two.txt")).content).toBe("2\n");
    expect((await files.download("one.txt")).content).toBe("1\n");
  });

  test("refuses a path that leads out of the folder", async () => {
    await rename("one.txt", "../../outside.txt");
    await files
      .asked()
      .getByRole("alert")
      .getByText(/not a path in this folder/)
      .waitFor();
    await page.keyboard.press("Escape");
    await files.rowIsThere("one.txt");
  });

  test("does not call a folder empty of which it can't tell", async () => {
    await page.goto(`${files.address}?path=never-made`);
    await page
      .getByRole("alert")
      .getByText(/not there/)
      .waitFor();
    expect(await page.getByText("Nothing here yet").count()).toBe(0);
    await page.goto(files.address);
    await files.rowIsThere("one.txt");
    // An empty one that goes away under the page's eyes.
    await files.newFolder("passing");
    await files.row("passing/").getByRole("button", { name: "passing/" }).click();
    await page.getByText("Nothing here yet").waitFor();
    const other = await me.context.newPage();
    await other.goto(files.address);
    await other
      .getByRole("row")
      .filter({ has: other.getByText("passing/", { exact: true }) })
      .getByRole("button", { name: "Delete" })
      .click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByText("Nothing here yet").count()).toBe(0);
    await other.close();
    await page.goto(files.address);
    await files.rowIsThere("one.txt");
  });

  test("uploads folders with all that is in them, dropped or chosen, and gives them back as a zip file", async () => {
    const local = mkdtempSync(join(tmpdir(), "twinfold-upload-"));
    mkdirSync(join(local, "study/raw"), { recursive: true });
    writeFileSync(join(local, "study/plan.md"), "plan");
    for (let n = 1; n <= 20; n++) writeFileSync(join(local, `study/raw/${n}.csv`), `${n}\n`.repeat(10_000));
    const hand = await me.context.newCDPSession(page);
    const line = (uploadThroughput: number) =>
      hand.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput,
      });
    // As at home, so that it can be looked at on its way.
    await line(50_000);
    await page.getByLabel("Folder to upload").setInputFiles(join(local, "study"));
    await page.getByText(/^Uploading: [1-9]\d* of 21 files/).waitFor();
    await expectWell(page, { schemes: ["dark", "light"] });
    await picture(page, "files-uploading");
    await line(-1);
    await page.getByText("21 files uploaded.").waitFor();
    await files.rowIsThere("study/");
    // Once more: each is there already, and one answer is enough.
    await page.getByLabel("Folder to upload").setInputFiles(join(local, "study"));
    await files.asked().getByLabel("The same for all others").check();
    await files.asked().getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Nothing was uploaded. 21 files left out.").waitFor();

    mkdirSync(join(local, "dropped/empty"), { recursive: true });
    writeFileSync(join(local, "dropped/inside.txt"), "dropped");
    const data = { items: [], files: [join(local, "dropped")], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await hand.send("Input.dispatchDragEvent", { type, x: 600, y: 400, data });
      if (type === "dragOver") await page.getByText("Drop to upload into /files").waitFor();
    }
    await page.getByText("1 file uploaded.").waitFor();
    await files.row("dropped/").getByRole("button", { name: "dropped/" }).click();
    await files.rowIsThere("empty/");
    expect((await files.download("inside.txt")).content).toBe("dropped");
    await page.goto(files.address);
    rmSync(local, { recursive: true });

    const [zip] = await Promise.all([
      page.waitForEvent("download"),
      files.row("study/").getByRole("link", { name: "Download" }).click(),
    ]);
    expect(zip.suggestedFilename()).toBe("study.zip");
    const found = unzipSync(readFileSync(await zip.path()));
    expect(Object.keys(found)).toHaveLength(23);
    expect(new TextDecoder().decode(found["study/raw/20.csv"])).toBe("20\n".repeat(10_000));
  });
});
