import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { atWork, begin } from "./beginning.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type NamedDropbox, startWithNamedDropbox } from "./named-dropbox.ts";
import { inTerminal, until } from "./steps.ts";

const INSTANCE = "/Apps/Twinfold/Analytical Engines/First Space/Master";
/** More than any of these pages has controls. */
const MOST_TABS = 120;

/** What others do is done by other means; what she does, from here on, is done without a mouse. */
describe("with the keyboard alone", { timeout: 300_000 }, () => {
  let world: NamedDropbox;
  let terminal: Page;
  let page: Page;
  eachStepStandsOnTheLast();

  begin(
    () => startWithNamedDropbox(),
    async (begun) => {
      ({ page: terminal, world } = begun);
      page = await atWork(begun);
      await page.goto(world.server.url);
      await heading("Applications");
    },
  );

  const heading = (name: string) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  const press = (key: string) => page.keyboard.press(key);
  const hasFocus = (target: Locator) => target.evaluate((node) => node === node.ownerDocument.activeElement);
  /** Tab by Tab, and it can be seen where one is. */
  async function reach(target: Locator): Promise<void> {
    await target.waitFor();
    for (let tabs = 0; !(await hasFocus(target)); tabs++) {
      if (tabs === MOST_TABS) throw new Error(`Tab never comes to ${target}`);
      await press("Tab");
    }
    expect(await target.evaluate((node) => node.matches(":focus-visible"))).toBe(true);
  }
  async function push(target: Locator): Promise<void> {
    await reach(target);
    await press("Enter");
  }
  const button = (name: string | RegExp, within: Locator | Page = page) =>
    within.getByRole("button", { name, exact: true });
  const goTo = (name: string) => push(page.getByRole("link", { name, exact: true }).first());
  const row = (name: string) => page.getByRole("row").filter({ has: page.getByText(name, { exact: true }) });
  const asked = () => page.getByRole("dialog");
  async function name(as: string): Promise<void> {
    await reach(asked().getByRole("textbox"));
    await press("Control+a");
    await page.keyboard.type(as);
    await press("Enter");
    await asked().waitFor({ state: "detached" });
  }

  test("a folder is made, renamed and deleted; a question that is over leaves one where one was", async () => {
    await goTo("Files");
    await heading("Files");
    await push(button("New folder"));
    await name("drafts");
    await row("drafts/").waitFor();
    expect(await hasFocus(button("New folder"))).toBe(true);
    await push(button("Rename", row("drafts/")));
    await asked().waitFor();
    await press("Escape");
    await asked().waitFor({ state: "detached" });
    expect(await hasFocus(button("Rename", row("drafts/")))).toBe(true);
    await press("Enter");
    await asked().waitFor();
    // In one go: that the first question is over does not end the second.
    await Promise.all([press("Escape"), press("Enter")]);
    await name("papers");
    await row("papers/").waitFor();
    await push(button("Delete", row("papers/")));
    await row("papers/").waitFor({ state: "detached" });
    await push(button("Undo"));
    await row("papers/").waitFor();
  });

  test("a conflict is looked at and settled", async () => {
    await goTo("Dropbox Sync");
    await heading("Dropbox Sync");
    await push(button("Pause the sync of First Space › Master"));
    await page.getByRole("main").getByText("paused", { exact: true }).first().waitFor();
    const files = world.dropbox().accountFiles(world.accounts[0].email);
    await files.upload(`${INSTANCE}/notes.txt`, bytesOf("theirs\n"));
    await inTerminal(terminal, "echo mine > /files/notes.txt");
    await push(button("Resume the sync of First Space › Master"));
    await push(button(/^Compare notes/));
    const both = page.getByRole("region", { name: "Both versions of notes.txt" });
    await both.locator("ins").filter({ hasText: "mine" }).waitFor();
    await push(button("Keep mine"));
    await page.getByText("Mine is now").waitFor();
    await until(
      () => inTerminal(terminal, "cat /files/notes*"),
      (output) => output === "mine",
    );
  });

  test("a snapshot is taken, and restored after its question", async () => {
    await goTo("Snapshots");
    await heading("Snapshots");
    await reach(page.getByLabel("What is it for?"));
    await page.keyboard.type("before the review");
    await press("Enter");
    const card = page.getByRole("article", { name: "before the review", exact: true });
    await card.waitFor();
    await inTerminal(terminal, "echo spoilt > /files/notes.txt");
    await push(button("Restore", card));
    await asked().getByText("1 item becomes what it was.").waitFor();
    await push(button("Restore", asked()));
    await page.getByText("The snapshot is restored").waitFor();
    await until(
      () => world.dropbox().accountFiles(world.accounts[0].email).get(`${INSTANCE}/notes.txt`),
      (found) => found?.kind === "file" && found.size === "mine\n".length,
    );
  });

  test("a file is uploaded, edited and saved", async () => {
    await goTo("Files");
    await heading("Files");
    const chooser = page.waitForEvent("filechooser");
    await push(button("Upload"));
    const uploaded = { name: "plan.md", mimeType: "text/markdown", buffer: Buffer.from("# Plan\n") };
    await (await chooser).setFiles(uploaded);
    await row("plan.md").waitFor();
    await push(button("Edit", row("plan.md")));
    await reach(page.getByRole("textbox", { name: "plan.md" }));
    await press("Control+End");
    await page.keyboard.type("by keyboard");
    await push(button("Save"));
    await button("Save").waitFor({ state: "detached" });
    await push(button("View", row("plan.md")));
    await asked().getByText("by keyboard").waitFor();
    await press("Escape");
    await asked().waitFor({ state: "detached" });
  });

  test("it is chosen and distributed, which is undone", async () => {
    await reach(page.getByRole("checkbox", { name: "Choose plan.md" }));
    await press("Space");
    await push(page.getByRole("link", { name: "Distribute 1 item…" }));
    await heading("Distribute");
    await reach(page.getByRole("region", { name: "Targets" }).getByRole("checkbox", { name: "Distributed" }));
    await press("Space");
    await reach(page.getByRole("radio", { name: /^Overwrite/ }));
    await press("ArrowDown");
    expect(await page.getByRole("radio", { name: /^Distribute extra/ }).isChecked()).toBe(true);
    await push(button("Distribute to 1 instance"));
    await page.getByText("1 copied.").waitFor();
    await push(button("Undo in Analytical Engines › First Space › Distributed"));
    await page.getByText("undone", { exact: true }).waitFor();
  });

  test("somebody is invited, and the link is taken along", async () => {
    await goTo("Admin");
    await heading("Admin");
    await goTo("First Space");
    await heading("First Space");
    await reach(page.getByLabel("E-mail"));
    await page.keyboard.type("grace@example.org");
    await press("Enter");
    const link = page.getByLabel("Invitation link");
    await reach(link);
    // All of it is chosen, to be copied.
    expect(await page.evaluate("String(getSelection())")).toBe(await link.inputValue());
    await reach(button("Copy the link"));
  });
});

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
