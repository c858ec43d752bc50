import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { atWork, begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type FilesPage, openFilesPage } from "./files-page.ts";
import { type NamedDropbox, startWithNamedDropbox } from "./named-dropbox.ts";
import { DROPBOX_SYNC, inTerminal } from "./steps.ts";

const INSTANCE = "/Apps/Twinfold/Analytical Engines/First Space/Master";

/** What each badge says, and where it leads. */
describe("badges on the Files page", { timeout: 300_000 }, () => {
  let world: NamedDropbox;
  let me: Visitor;
  let page: Page;
  let files: FilesPage;
  eachStepStandsOnTheLast();

  begin(
    () => startWithNamedDropbox(),
    async (begun) => {
      ({ me, world } = begun);
      page = await atWork(begun);
      await page.goto(world.server.url);
      files = await openFilesPage({ ...begun, page, world: world.server });
    },
  );

  const badge = (name: string, state: string) => files.row(name).getByRole("button", { name: state, exact: true });
  /** What it tells when it is reached with the keyboard. */
  async function told(name: string, state: string): Promise<string> {
    await badge(name, state).waitFor();
    const described = await badge(name, state).getAttribute("aria-describedby");
    return (await page.locator(`[id="${described}"]`).textContent()) ?? "";
  }

  test("each cause of what is not synced has the fix that belongs to it, and the Dropbox Sync page lists the same", async () => {
    await inTerminal(
      me.page,
      "cd /files; echo 1 > 'back\\slash.txt'; truncate -s 3T huge; ln -s huge link; mkfifo pipe",
    );
    const fixes = {
      "back\\slash.txt": /with a backslash: rename it without\. Rename it, for example to “back_slash\.txt”/,
      huge: /^Larger than Dropbox takes .*\. Split it into smaller files, or leave it out by a line of the ignore file\.$/,
      link: /^Symbolic link\. Links are never followed: put a copy of what it leads to in its place/,
      pipe: /^Named pipe\. It means something to programs on this machine only/,
    };
    for (const [name, words] of Object.entries(fixes)) expect(await told(name, "not synced"), name).toMatch(words);
    await page.goto(`${world.server.url}${DROPBOX_SYNC}`);
    await page.getByText("put a copy of what it leads to in its place").waitFor();
    await page.getByText("back_slash.txt").waitFor();
    await page.goto(files.address);
    await files.row("huge").getByRole("button", { name: "Delete" }).click();
    await files.rowIsGone("huge");
  });

  test("what waits to be brought over says that nobody has to do anything, and is in sync by itself", async () => {
    await world.close();
    await files.upload("late.txt", "1");
    expect(await told("late.txt", "pending")).toMatch(/[.] There is nothing to do: it is brought over by itself\.$/);
    await badge("late.txt", "pending").hover();
    await page.getByRole("tooltip").getByText("There is nothing to do").waitFor();
    await page.mouse.move(0, 0);
    await world.open();
    await badge("late.txt", "in sync").waitFor();
  });

  test("a conflict leads to both versions beside each other", async () => {
    await page.goto(`${world.server.url}${DROPBOX_SYNC}`);
    await page.getByRole("button", { name: "Pause the sync of First Space › Master", exact: true }).click();
    await page.getByRole("main").getByText("paused", { exact: true }).first().waitFor();
    await world
      .dropbox()
      .accountFiles(world.accounts[0].email)
      .upload(
        `${INSTANCE}/late.txt`,
        (async function* () {
          yield Buffer.from("theirs\n");
        })(),
        { ifExists: "overwrite" },
      );
    await inTerminal(me.page, "echo mine > /files/late.txt");
    // Meanwhile each file still has its badge, and what waits says for what.
    await page.goto(files.address);
    await page.getByText("Nothing is synced until you resume.").waitFor();
    expect(await told("late.txt", "pending")).toMatch(/[.] It is brought over once you resume sync\.$/);
    await badge("back\\slash.txt", "not synced").waitFor();
    await page.goto(`${world.server.url}${DROPBOX_SYNC}`);
    await page.getByRole("button", { name: "Resume the sync of First Space › Master", exact: true }).click();
    await page.getByRole("heading", { name: "Conflict copies" }).waitFor();
    await page.goto(files.address);
    const conflict = page.getByRole("link", { name: "conflict", exact: true });
    await conflict.focus();
    const tooltip = page.getByRole("tooltip");
    expect(await conflict.getAttribute("aria-describedby")).not.toBeNull();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Shift+Tab");
    expect(await tooltip.textContent()).toBe(
      "A version that was kept beside another; both are in sync. Follow this to see both versions side by side, and to keep one or both.",
    );
    await page.keyboard.press("Enter");
    const both = page.getByRole("region", { name: "Both versions of late.txt" });
    await both.waitFor();
    expect(await both.locator("del").allTextContents()).toEqual(["theirs"]);
    expect(await both.locator("ins").allTextContents()).toEqual(["mine"]);
    // The keyboard is there, too.
    expect(
      await page.evaluate("document.activeElement.querySelector('[aria-label^=\"Both versions\"]') !== null"),
    ).toBe(true);
    // Also when what is told of the instance is known already, as when its user goes back and comes again.
    await page.goBack();
    await conflict.click();
    await both.waitFor();
    await expectWell(page);
  });
});
