import type { Page } from "playwright-core";
import { describe, expect, test, vi } from "vitest";
import { type Beginning, begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type FilesPage, openFilesPage } from "./files-page.ts";
import { picture } from "./picture.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { until } from "./steps.ts";

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

/** Three bars, and what must never run. */
const PLOT =
  "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='200'><script>alert(1)</script><rect width='300' height='200' fill='#fff'/>" +
  "<path d='M60 190V90M150 190V30M240 190V130' stroke='#1f5fa8' stroke-width='50'/></svg>";

describe("editing and previews on the Files page", { timeout: 200_000 }, () => {
  let page: Page;
  let files: FilesPage;
  eachStepStandsOnTheLast();

  const ready = async (begun: Beginning<ServerProcess>) => {
    page = begun.page;
    files = await openFilesPage(begun);
    await files.upload("one.txt", "1\n");
    await files.rowIsThere("one.txt");
  };
  // A PDF is shown by the browser itself.
  begin(startServerProcess, ready, { whole: true });

  const looksWell = () => expectWell(page, { schemes: ["dark", "light"] });
  /** What the browser's own questions are answered with while `act` goes on; null is *Cancel*. */
  async function answering(answer: string | null, act: () => Promise<void>): Promise<void> {
    page.once("dialog", (dialog) => void (answer === null ? dialog.dismiss() : dialog.accept(answer)));
    await act();
  }
  /** Over two places of the Files page. */
  async function backToSnapshots(): Promise<void> {
    const asks = page.waitForEvent("dialog");
    await page.evaluate("history.go(-3)");
    await asks;
  }
  /** As another program or person writes, while the page looks elsewhere. */
  async function writtenMeanwhile(name: string, content: string): Promise<void> {
    const answer = await page.request.put(files.fileAddress(name), {
      headers: { "x-twinfold": "1", "content-type": "application/octet-stream" },
      data: content,
    });
    expect(answer.ok()).toBe(true);
  }

  test("edits a text file, in any script, and keeps its lines as they are", async () => {
    const text = "erste Zeile\n\tzweite — 三\n\n";
    await files.row("one.txt").getByRole("button", { name: "Edit" }).click();
    const area = page.getByRole("textbox", { name: "one.txt" });
    expect(await area.inputValue()).toBe("1\n");
    await area.fill("The analytical engine weaves algebraical patterns.\n");
    await looksWell();
    await picture(page, "files-editor");
    await area.fill(text);
    await page.getByRole("button", { name: "Save" }).click();
    await area.waitFor({ state: "detached" });
    expect((await files.download("one.txt")).content).toBe(text);
  });

  test("gives a file back with the line ends that it came with, and does not offer to spoil what is no text", async () => {
    await files.upload("windows.txt", "\ufeffone\r\ntwo\r\n");
    await files.rowIsThere("windows.txt");
    await files.row("windows.txt").getByRole("button", { name: "Edit" }).click();
    const area = page.getByRole("textbox", { name: "windows.txt" });
    expect(await area.inputValue()).toBe("one\ntwo\n");
    await area.fill("one\nmore\ntwo\n");
    await page.getByRole("button", { name: "Save" }).click();
    await area.waitFor({ state: "detached" });
    expect((await files.download("windows.txt")).content).toBe("\ufeffone\r\nmore\r\ntwo\r\n");

    for (const [name, content, why] of [
      ["picture.bin", Buffer.from([0xff, 0xfe, 0, 0x62, 0x69, 0x6e]), "is not a text"],
      ["mixed.txt", Buffer.from("one\r\ntwo\n"), "end in more than one way"],
    ] as const) {
      await page.getByLabel("Files to upload").setInputFiles({ name, mimeType: "", buffer: content });
      await files.row(name).getByRole("button", { name: "Edit" }).click();
      await page.getByRole("alert").getByText(why).waitFor();
      expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
      await page.getByRole("button", { name: "Close" }).click();
    }
  });

  test("asks before it saves over what somebody else wrote meanwhile", async () => {
    await files.upload("shared.txt", "first\n");
    await files.rowIsThere("shared.txt");
    await files.row("shared.txt").getByRole("button", { name: "Edit" }).click();
    const area = page.getByRole("textbox", { name: "shared.txt" });
    await area.fill("mine\n");
    await writtenMeanwhile("shared.txt", "theirs\n");
    const save = () => page.getByRole("button", { name: "Save" }).click();
    await save();
    await files.asked().getByText("changed meanwhile").waitFor();
    await files.asked().getByRole("button", { name: "Cancel" }).click();
    expect(await area.inputValue()).toBe("mine\n");
    await save();
    await files.asked().getByRole("button", { name: "Keep both" }).click();
    await files.rowIsThere("shared (2).txt");
    expect((await files.download("shared.txt")).content).toBe("theirs\n");
    expect((await files.download("shared (2).txt")).content).toBe("mine\n");
  });

  test("asks before an upload takes the place of a file", async () => {
    await files.upload("shared.txt", "uploaded\n");
    await files.asked().waitFor();
    await looksWell();
    await picture(page, "files-question");
    await files.asked().getByRole("button", { name: "Keep both" }).click();
    await files.rowIsThere("shared (3).txt");
    expect((await files.download("shared.txt")).content).toBe("theirs\n");
    await files.upload("shared.txt", "uploaded again\n");
    await files.asked().getByRole("button", { name: "Replace it" }).click();
    await files.asked().waitFor({ state: "detached" });
    await until(
      async () => (await files.download("shared.txt")).content,
      (content) => content === "uploaded again\n",
    );
  });

  test("brings back what an upload has replaced, and that in turn", async () => {
    const kept = page.getByRole("group").filter({ hasText: "Recently deleted or replaced" });
    await kept.getByText("Recently deleted or replaced").click();
    // The newest comes first.
    const item = kept.getByRole("listitem").filter({ hasText: "shared.txt, replaced" }).first();
    for (const content of ["theirs\n", "uploaded again\n"]) {
      await item.getByRole("button", { name: "Bring back: shared.txt" }).click();
      await until(
        async () => (await files.download("shared.txt")).content,
        (now) => now === content,
      );
    }
    await looksWell();
  });

  test("asks before unsaved changes are lost", async () => {
    // Another page to go back to.
    await page.getByRole("link", { name: "Snapshots" }).first().click();
    await page.getByRole("link", { name: "Files" }).first().click();
    await files.row("shared.txt").getByRole("button", { name: "Edit" }).click();
    const area = page.getByRole("textbox", { name: "shared.txt" });
    await area.fill("unsaved\n");
    // Nothing is lost by these, so they do not ask.
    await page.getByLabel("Show hidden files").click();
    await page.getByLabel("Show hidden files").click();
    await page.goBack();
    const leaving: (() => Promise<void>)[] = [
      () => page.getByRole("button", { name: "Personal" }).click(),
      () => page.getByRole("link", { name: "Dropbox Sync" }).first().click(),
      () => page.getByRole("button", { name: "Close" }).click(),
      () => files.row("one.txt").getByRole("button", { name: "Edit" }).click(),
      backToSnapshots,
      // The history is as it was.
      backToSnapshots,
    ];
    for (const leave of leaving) {
      await answering(null, leave);
      // The way back to it takes the browser a moment.
      await expect.poll(() => page.evaluate("location.href")).toMatch(/\/files\?.*hidden=1/);
      expect(await area.inputValue()).toBe("unsaved\n");
    }
    await answering("", backToSnapshots);
    await page.getByRole("heading", { level: 1, name: "Snapshots" }).waitFor();
    await page.goForward();
    await files.rowIsThere("shared.txt");
    expect(await area.count()).toBe(0);
  });

  test("what is edited has an address: a reload and a link open it, Back closes it", async () => {
    await files.row("one.txt").getByRole("button", { name: "Edit" }).click();
    const area = page.getByRole("textbox", { name: "one.txt" });
    await area.waitFor();
    await page.reload();
    await area.waitFor();
    await page.goBack();
    await area.waitFor({ state: "detached" });
    await page.goForward();
    await area.waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await area.waitFor({ state: "detached" });
    await page.goto(`${files.address}?edit=one.txt`);
    await area.waitFor();
    await page.goto(files.address);
  });

  test("marks what is not as it was in the last snapshot, and shows a text's difference", async () => {
    await files.upload("novel.txt", "one\ntwo\nthree\n");
    await files.rowIsThere("novel.txt");
    await page.goto(files.address.replace(/files.*$/, "snapshots"));
    await page.getByRole("button", { name: "Take a snapshot" }).click();
    await page.getByText("just now").first().waitFor();
    await page.goto(files.address);
    await page.getByText("since the last snapshot").waitFor();
    expect(await files.row("novel.txt").getByText("changed").count()).toBe(0);
    await writtenMeanwhile("novel.txt", "one\n2\nthree\n");
    await files.upload("sequel.txt", "four\n");
    await files.row("sequel.txt").getByText("new", { exact: true }).waitFor();
    await files.row("novel.txt").getByText("changed", { exact: true }).waitFor();
    await files.row("novel.txt").getByRole("button", { name: "Compare" }).click();
    const difference = files.asked().getByRole("region", { name: "What has changed" });
    await difference.waitFor();
    expect(
      (await difference.getByRole("deletion").allTextContents()).concat(
        await difference.getByRole("insertion").allTextContents(),
      ),
    ).toEqual(["-two", "+2"]);
    await files.asked().locator("time[title]").waitFor();
    await looksWell();
    await picture(page, "files-text-difference");
    await page.reload();
    await difference.waitFor();
    await files.asked().getByRole("button", { name: "Close" }).click();
    await files.asked().waitFor({ state: "detached" });
  });

  test("shows a folder's README.md as it is meant, but nothing in it that could run or tell others; and pictures", async () => {
    await files.newFolder("thesis");
    await files.row("thesis/").getByRole("button", { name: "thesis/" }).click();
    await files.upload("plot 1.svg", PLOT);
    await files.upload(
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
    await looksWell();
    await picture(page, "files-readme");
    await files.row("plot 1.svg").getByRole("button", { name: "View" }).click();
    await files.asked().getByRole("img", { name: "plot 1.svg" }).waitFor();
    expect(
      await files
        .asked()
        .getByRole("img")
        .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBe(300);
    await looksWell();
    await picture(page, "files-preview");
    await page.reload();
    await files.asked().getByRole("img", { name: "plot 1.svg" }).waitFor();
    await page.keyboard.press("Escape");
    await files.asked().waitFor({ state: "detached" });
    await page.goBack();
    await files.asked().getByRole("img", { name: "plot 1.svg" }).waitFor();
    await page.goForward();
    await files.asked().waitFor({ state: "detached" });
    await readme.getByRole("link", { name: "the data" }).click();
    await files.rowIsThere("one.txt");
    await page.goto(files.address);
  });

  test("shows a PDF in the browser's own viewer, and what is none not at all", async () => {
    await files.upload("paper.PDF", PDF);
    await files.upload("page.pdf", "<script>parent.ran = true</script> %PDF-1.4");
    await files.row("paper.PDF").getByRole("button", { name: "View" }).click();
    await files.asked().locator("iframe[title='paper.PDF']").waitFor();
    // The viewer is an origin of its own, and has been given the file as a PDF.
    await vi.waitFor(() =>
      expect(page.frames().map((frame) => new URL(frame.url()).protocol)).toContain("chrome-extension:"),
    );
    expect(page.frames().filter((frame) => frame.url().startsWith("chrome-error:"))).toEqual([]);
    await expectWell(page);
    const saved = page.waitForEvent("download");
    await files.asked().getByRole("link", { name: "Download" }).click();
    expect((await saved).suggestedFilename()).toBe("paper.PDF");
    await files.asked().getByRole("button", { name: "Close" }).click();
    await files.row("page.pdf").getByRole("button", { name: "View" }).click();
    await files.asked().getByText("page.pdf can't be shown: it does not begin as a PDF does.").waitFor();
    await files.asked().getByRole("link", { name: "Download" }).waitFor();
    expect(await files.asked().locator("iframe").count()).toBe(0);
    expect(await page.evaluate("window.ran")).toBe(undefined);
    await files.asked().getByRole("button", { name: "Close" }).click();
  });
});
