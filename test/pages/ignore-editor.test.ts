import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import { PATIENCE } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { DROPBOX_SYNC, inTerminal, linkDropbox, startTerminal, terminalReady, untilTerminal } from "./steps.ts";

describe("the ignore editor", { timeout: 200_000 }, () => {
  let server: ServerProcess;
  let page: Page;
  let terminal: string;
  eachStepStandsOnTheLast();

  begin(
    () => startServerProcess(),
    async (begun) => {
      ({ page, world: server } = begun);
      if (server.dropbox === null) throw new Error("no local Dropbox was started along");
      await linkDropbox(page, server, server.dropbox);
      await startTerminal(page, server);
      terminal = page.url();
      await inTerminal(
        page,
        "cd /files; echo 1 > a.log; echo 22 > b.log; mkdir out; echo 3 > out/c.o; echo out/ > .mignore",
      );
      await untilTerminal(page, "twinfold wait --timeout 20 && echo rests", (said) => said.endsWith("rests"));
    },
  );

  const editor = () => page.locator("details").filter({ hasText: "Excluded files of First Space › Master" });
  const patterns = () => editor().getByLabel("Patterns");
  const says = (words: string | RegExp) => editor().getByRole("status").filter({ hasText: words }).waitFor();
  const listed = (name: string) => editor().getByRole("list", { name }).getByRole("listitem").allTextContents();

  async function openEditor(): Promise<void> {
    await page.goto(`${server.url}${DROPBOX_SYNC}`);
    await page.getByText("Excluded files of First Space › Master").click();
    await patterns().waitFor();
  }
  const fitsAndIsInOrder = () => expectWell(page);

  test("says while one types what would be left out and what would come into sync, before anything is saved", async () => {
    await openEditor();
    await patterns().fill("# new\n*.log\n");
    await says(
      "Once this is saved, 2 files (5 B) would be left out, and 1 file (2 B) would come into sync. What is left out stays where it is, on both sides.",
    );
    expect(await listed("Would be left out")).toEqual(["a.log by line 2, *.log", "b.log by line 2, *.log"]);
    expect(await listed("Would come into sync")).toEqual(["out/c.o now left out by line 1, out/"]);
    await patterns().fill("out/\n!out/c.o\n[a\n");
    await says("Once this is saved, the same files are left out as now. 2 lines are of no use.");
    expect(await listed("Lines of no use")).toEqual([
      "!out/c.o (line 2): Line 1 leaves out a whole folder, out/ or one around it, and nothing in it can be brought back.",
      expect.stringMatching(/^\[a \(line 3\): ./),
    ]);
    await patterns().fill("out/\n*.log\n!out/c.o\n");
    await says("One line is of no use.");
    await fitsAndIsInOrder();
    await page.goto(terminal);
  });

  test("asks when the typing rests, not at each key, and breaks off what is out of date", async () => {
    const opened = page.waitForResponse("**/ignore/preview");
    await openEditor();
    await opened;
    let asked = 0;
    let brokenOff = 0;
    await page.route("**/ignore/preview", async (route) => {
      // The first is never answered.
      if (++asked > 1) await route.continue();
    });
    page.on("requestfailed", (request) => {
      if (request.url().endsWith("/ignore/preview")) brokenOff++;
    });
    const first = page.waitForRequest("**/ignore/preview");
    await patterns().press("Control+End");
    await patterns().pressSequentially("*.tmp");
    await first;
    await patterns().pressSequentially("\n*.log");
    await says(/^Once this is saved, 2 files/);
    expect(brokenOff).toBe(1);
    expect(asked).toBeLessThan(6);
    await page.unroute("**/ignore/preview");
  });

  test(
    "takes what the saved lines leave out of Dropbox after saying how much, and leaves the disk alone",
    async () => {
      const take = editor().getByRole("button", { name: "Take it out of Dropbox" });
      expect(await take.isDisabled()).toBe(true);
      await editor().getByRole("button", { name: "Save" }).click();
      await says("Saved: it holds from now on.");
      await take.click();
      const asks = page.getByRole("dialog", { name: "Take 2 files out of Dropbox?" });
      await asks.getByText("2 files, 5 B, that the lines in .mignore leave out").waitFor();
      await fitsAndIsInOrder();
      await asks.getByRole("button", { name: "Cancel" }).click();
      await take.click();
      await asks.getByRole("button", { name: "Take out" }).click();
      await says("2 files, 5 B taken out of Dropbox; on disk everything is as it was.");
      await take.click();
      await says("There is nothing to take out.");

      await editor()
        .getByRole("link", { name: "Activity page" })
        .or(page.getByRole("link", { name: "Activity" }))
        .first()
        .click();
      await page.getByRole("heading", { level: 1, name: "Activity" }).waitFor();
      const entry = page.getByRole("row").filter({ hasText: "taken out of Dropbox, on disk it stays" });
      await entry.filter({ hasText: "a.log" }).getByRole("button", { name: "Undo: a.log deleted" }).waitFor();
      expect(await entry.count()).toBe(2);

      await page.goto(terminal);
      await terminalReady(page);
      expect(await inTerminal(page, "cat /files/a.log /files/b.log")).toBe("1\n22");
    },
    PATIENCE,
  );
});
