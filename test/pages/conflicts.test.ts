import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { barChart } from "./bar-chart.ts";
import { atWork, begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type NamedDropbox, startWithNamedDropbox } from "./named-dropbox.ts";
import { picture } from "./picture.ts";
import { DROPBOX_SYNC, inTerminal, until, untilTerminal } from "./steps.ts";

const INSTANCE = "/Apps/Twinfold/Analytical Engines/First Space/Master";
const LINES = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`);
const withLine = (number: number, text: string) => `${LINES.with(number - 1, text).join("\n")}\n`;
const THEIR_PLOT = barChart([40, 70, 120, 150, 90, 30]);
const MY_PLOT = barChart([40, 70, 120, 60, 90, 30]);

describe("conflict copies on the Dropbox Sync page", { timeout: 300_000 }, () => {
  let world: NamedDropbox;
  let me: Visitor;
  let page: Page;
  let settings: Locator;
  eachStepStandsOnTheLast();

  begin(
    () => startWithNamedDropbox(),
    async (begun) => {
      ({ me, world } = begun);
      page = await atWork(begun);
      await page.goto(`${world.server.url}${DROPBOX_SYNC}`);
      settings = page.getByRole("main");
      await says("up to date");
    },
  );

  const says = (word: string) => settings.getByText(word, { exact: true }).first().waitFor();
  const choose = (name: string) => settings.getByRole("button", { name, exact: true }).click();
  const compare = (name: string) => settings.getByRole("button", { name: new RegExp(`^Compare ${name}`) }).click();
  /** Another client has written the file while sync was paused, and so has she. */
  async function conflict(name: string, theirs: Buffer, mine: string): Promise<void> {
    await choose("Pause the sync of First Space › Master");
    await says("paused");
    const files = world.dropbox().accountFiles(world.accounts[0].email);
    await files.upload(
      `${INSTANCE}/${name}`,
      (async function* () {
        yield theirs;
      })(),
      { ifExists: "overwrite" },
    );
    await inTerminal(me.page, mine);
    await choose("Resume the sync of First Space › Master");
    await settings.getByRole("button", { name: new RegExp(`^Compare ${name.slice(0, -4)}`) }).waitFor();
    await says("needs attention");
  }
  const looksWell = () => expectWell(page, { schemes: ["dark", "light"] });

  test("both versions of a text stand beside each other, where they differ", async () => {
    await conflict(
      "thesis.txt",
      Buffer.from(withLine(20, "theirs, from the laptop")),
      "seq -f 'line %g' 40 | sed 's/^line 20$/mine/' > /files/thesis.txt",
    );
    await compare("thesis");
    const both = settings.getByRole("region", { name: "Both versions of thesis.txt" });
    await both.waitFor();
    expect(await both.locator("del").allTextContents()).toEqual(["theirs, from the laptop"]);
    expect(await both.locator("ins").allTextContents()).toEqual(["mine"]);
    await both.getByText("From line 17").first().waitFor();
    expect(await both.getByText("line 3", { exact: true }).count()).toBe(0);
    await picture(page, "conflict-of-texts");
    await looksWell();
  });

  test("nothing is given up that was written since it was shown", async () => {
    await inTerminal(me.page, "echo more >> /files/thesis.txt");
    await choose("Keep mine");
    await settings.getByText('"thesis.txt" was changed meanwhile').waitFor();
    await settings.locator("del").filter({ hasText: "more" }).waitFor();
    expect(await inTerminal(me.page, "tail -n 1 /files/thesis.txt")).toBe("more");
  });

  test("Keep mine puts mine in the place of theirs, and Activity brings theirs back", async () => {
    const size = Buffer.byteLength(`${withLine(20, "theirs, from the laptop")}more\n`);
    const files = world.dropbox().accountFiles(world.accounts[0].email);
    await until(
      () => files.get(`${INSTANCE}/thesis.txt`),
      (found) => found?.kind === "file" && found.size === size,
    );
    await choose("Keep mine");
    await settings.getByText("Mine is now").waitFor();
    await untilTerminal(me.page, "ls /files; sed -n 20p /files/thesis.txt", (output) => output === "thesis.txt\nmine");
    await settings.getByRole("heading", { name: "Conflict copies" }).waitFor({ state: "detached" });
    await says("up to date");
    await settings.getByRole("link", { name: "Activity" }).click();
    const uploads = page.getByRole("button", { name: "Undo: thesis.txt uploaded" });
    // That of what was appended, and that of mine in its place, which is the first.
    await uploads.nth(1).waitFor();
    await uploads.first().click();
    await page.getByText("thesis.txt is as it was.").waitFor();
    await untilTerminal(me.page, "tail -n 1 /files/thesis.txt", (output) => output === "more");
    await page.goBack();
    await says("up to date");
  });

  test("two pictures are shown; Keep theirs leaves theirs alone in its place", async () => {
    await conflict("plot.png", THEIR_PLOT, `echo ${MY_PLOT.toString("base64")} | base64 -d > /files/plot.png`);
    await compare("plot");
    for (const name of [/^Theirs: plot\.png$/, /^Mine: plot \(/]) {
      const plot = settings.getByRole("img", { name });
      await plot.waitFor();
      expect(await plot.evaluate((image) => "naturalWidth" in image && image.naturalWidth)).toBe(288);
    }
    await picture(page, "conflict-of-pictures");
    await looksWell();
    // On a phone their names take other numbers of lines.
    await page.setViewportSize({ width: 390, height: 844 });
    const tops = await settings
      .getByRole("img")
      .evaluateAll((plots) => plots.map((one) => one.getBoundingClientRect().y));
    expect(tops[1]).toBe(tops[0]);
    await choose("Keep theirs");
    await settings.getByText("Theirs stays as").waitFor();
    const kept = await inTerminal(me.page, "cd /files; ls plot*; base64 -w 0 plot.png");
    expect(kept.replaceAll("\n", "")).toBe(`plot.png${THEIR_PLOT.toString("base64")}`);
    await says("up to date");
  });

  test("Keep both leaves both, mine under a name that is no conflict's", async () => {
    await conflict("notes.txt", Buffer.from("theirs\n"), "echo mine > /files/notes.txt");
    // Who is quick looks before theirs has come down.
    const theirs = /\/file\?.*path=notes\.txt$/;
    await page.route(theirs, (route) =>
      route.fulfill({ status: 404, json: { error: { code: "not-found", message: "" } } }),
    );
    await compare("notes");
    await settings.getByText("the copy is all that is left").waitFor();
    await page.unroute(theirs);
    await settings.locator("ins").filter({ hasText: "mine" }).waitFor();
    await choose("Keep both");
    const said = settings.getByText("Both stay; mine is now");
    await said.waitFor();
    const mine = await said.locator("code").textContent();
    expect(mine).toMatch(/^notes.+\.txt$/);
    expect(mine).not.toContain("conflicted copy");
    const files = world.dropbox().accountFiles(world.accounts[0].email);
    await until(
      () => files.get(`${INSTANCE}/${mine}`),
      (found) => found?.kind === "file" && found.size === "mine\n".length,
    );
    expect(await inTerminal(me.page, `cat /files/notes.txt "/files/${mine}"; ls /files/notes* | wc -l`)).toBe(
      "theirs\nmine\n2",
    );
    await says("up to date");
  });
});
