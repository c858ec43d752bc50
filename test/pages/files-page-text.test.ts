import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type FilesPage, openFilesPage } from "./files-page.ts";
import { joinAsViewer } from "./joining.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const GRACE = { email: "grace@example.org", name: "Grace Hopper", password: "nanoseconds of wire" };
/** A picture of one dot. */
const DOT = Buffer.from("Qk06AAAAAAAAADYAAAAoAAAAAQAAAAEAAAABABgAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAM2aZAA==", "base64");
const PROGRAM = "def f():\n\treturn '<b>三</b>'\n";

/** Who may only look at the files looks at them, too. */
describe("texts on the Files page of a viewer", { timeout: 200_000 }, () => {
  let server: ServerProcess;
  let page: Page;
  let files: FilesPage;
  let grace: Visitor;
  let hers: Page;
  eachStepStandsOnTheLast();

  begin(startServerProcess, async (begun) => {
    ({ page, world: server } = begun);
    grace = await begun.another();
    hers = grace.page;
    files = await openFilesPage(begun);
  });

  async function put(name: string, data: Buffer | string): Promise<void> {
    const answer = await page.request.put(files.fileAddress(name), {
      headers: { "x-twinfold": "1", "content-type": "application/octet-stream" },
      data,
    });
    expect(answer.ok()).toBe(true);
  }
  const row = (name: string) => hers.getByRole("row").filter({ has: hers.getByText(name, { exact: true }) });
  const shown = () => hers.getByRole("dialog");
  const textOf = (name: string) => shown().getByRole("document", { name: `Text of ${name}` });
  async function look(name: string): Promise<void> {
    await row(name).getByRole("button", { name: "View" }).click();
    await shown().getByRole("heading", { name }).waitFor();
  }
  async function close(): Promise<void> {
    await shown().getByRole("button", { name: "Close" }).click();
    await shown().waitFor({ state: "detached" });
  }

  test("a viewer is invited, and sees the files", async () => {
    await put("program.py", PROGRAM);
    await put("data.csv", "a,b\n1,2\n");
    await put("notes.md", "# Notes\n");
    await put("LICENSE", "As is.\n");
    await put("empty.txt", "");
    await put("latin.txt", Buffer.from("Prüfung\n", "latin1"));
    await put("wide.txt", Buffer.from("\ufeffPrüfung\n", "utf16le"));
    await put("model.unknown", Buffer.from([1, 0, 2, 0, 3]));
    await put("dot.bmp", DOT);
    await put("archive.zip", Buffer.from([1, 0, 2, 0, 3]));
    await put("long.log", "x".repeat(1024 * 1024 + 1));
    await joinAsViewer(page, hers, GRACE);
    await hers.goto(`${server.url}${new URL(files.address).pathname}`);
    await row("program.py").waitFor();
    for (const name of ["Edit", "Rename", "Delete"]) expect(await hers.getByRole("button", { name }).count()).toBe(0);
  });

  test("looks at texts of any name, as they are and not to be changed", async () => {
    await look("program.py");
    expect(await textOf("program.py").textContent()).toBe(PROGRAM);
    expect(await shown().locator("textarea, b").count()).toBe(0);
    await expectWell(hers);
    const saved = hers.waitForEvent("download");
    await shown().getByRole("link", { name: "Download" }).click();
    expect((await saved).suggestedFilename()).toBe("program.py");
    await close();
    for (const [name, text] of [
      ["data.csv", "a,b\n1,2\n"],
      ["notes.md", "# Notes\n"],
      ["LICENSE", "As is.\n"],
    ] as const) {
      await look(name);
      expect(await textOf(name).textContent()).toBe(text);
      await close();
    }
    await look("empty.txt");
    await shown().getByText("empty.txt is empty.").waitFor();
    await close();
  });

  test("is sent a link to what somebody else edits, and looks at it", async () => {
    await hers.goto(`${server.url}${new URL(files.address).pathname}?edit=program.py`);
    expect(await textOf("program.py").textContent()).toBe(PROGRAM);
    await close();
  });

  test("what is not in UTF-8 is shown as well as can be, and that is said", async () => {
    await look("latin.txt");
    await shown().getByText("not in UTF-8. It is shown as Windows-1252").waitFor();
    expect(await textOf("latin.txt").textContent()).toBe("Prüfung\n");
    await close();
    await look("wide.txt");
    await shown().getByText("in UTF-16, not in UTF-8").waitFor();
    expect(await textOf("wide.txt").textContent()).toBe("Prüfung\n");
    await close();
  });

  test("looks at a picture of any type that browsers show", async () => {
    await look("dot.bmp");
    await shown().getByRole("img", { name: "dot.bmp" }).waitFor();
    await close();
  });

  test("what is no text, or too large, is not offered; where only its bytes tell, that is said", async () => {
    for (const name of ["archive.zip", "long.log"]) {
      await row(name).getByRole("link", { name: "Download" }).waitFor();
      expect(await row(name).getByRole("button", { name: "View" }).count(), name).toBe(0);
    }
    await look("model.unknown");
    await shown().getByText("model.unknown is not a text, so it can't be shown.").waitFor();
    await close();
    // Grown since it was listed.
    await hers.route("**/files?*", (route) => route.abort());
    await put("notes.md", "x".repeat(1024 * 1024 + 1));
    await look("notes.md");
    await shown().getByText("notes.md is too large to be shown here.").waitFor();
    await close();
  });

  test("so does an editor, who is shown the same", async () => {
    await page.goto(files.address);
    await files.row("program.py").getByRole("button", { name: "View" }).click();
    expect(await files.asked().getByRole("document").textContent()).toBe(PROGRAM);
    await files.asked().getByRole("button", { name: "Close" }).click();
    await expectWell(page);
  });
});
