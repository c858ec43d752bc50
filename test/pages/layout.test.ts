import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import { brokenWords, contrast } from "./looks.ts";
import { startServerProcess } from "./server-process.ts";
import { DROPBOX_SYNC, inTerminal, linkDropbox, startTerminal, terminalReady } from "./steps.ts";

/** A common phone, and a laptop; CSS pixels. */
const SIZES = [
  { name: "a phone", width: 390, height: 844 },
  { name: "a laptop", width: 1280, height: 800 },
] as const;

describe("every page", { timeout: 200_000 }, () => {
  let page: Page;
  const addresses = new Map<string, string>();

  begin(startServerProcess, async (begun) => {
    const { world: server } = begun;
    page = begun.page;
    if (server.dropbox === null) throw new Error("no local Dropbox was started along");
    await linkDropbox(page, server, server.dropbox);
    await startTerminal(page, server);
    addresses.set("Terminal", page.url());
    await page.getByRole("link", { name: "Files" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Files" }).waitFor();
    addresses.set("Files", page.url());
    for (const name of ["a", `${"a long name ".repeat(12)}.txt`, `${"without-any-space".repeat(10)}.txt`]) {
      await page
        .getByLabel("Files to upload")
        .setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from("x") });
      await page.getByText(name, { exact: true }).waitFor();
    }
    addresses.set("Snapshots", page.url().replace(/files.*$/, "snapshots"));
    addresses.set("Activity", page.url().replace(/files.*$/, "activity"));
    addresses.set("Applications", server.url);
    addresses.set("Dropbox Sync", `${server.url}${DROPBOX_SYNC}`);
  });

  async function open(name: string): Promise<void> {
    await page.goto(addresses.get(name) ?? "");
    await page.getByRole("heading", { level: 1, name }).waitFor();
    if (name === "Terminal") await terminalReady(page);
  }

  for (const { name: device, ...size } of SIZES) {
    test.each(["Applications", "Files", "Snapshots", "Activity", "Terminal", "Dropbox Sync"])(
      `%s fits ${device}'s width`,
      async (name) => {
        await page.setViewportSize(size);
        await open(name);
        const width = await page.evaluate("document.documentElement.scrollWidth");
        expect(width).toBeLessThanOrEqual(size.width);
      },
    );
  }

  test.each(["Applications", "Files", "Snapshots", "Activity", "Terminal", "Dropbox Sync"])(
    "%s has a title, one main heading, and a name for each control",
    async (name) => {
      await open(name);
      expect(await page.title()).toMatch(new RegExp(`${name}.*Twinfold`));
      expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
      for (const role of ["button", "link", "textbox", "checkbox"] as const) {
        expect(await page.getByRole(role, { name: /^$/ }).count(), `a ${role} without a name`).toBe(0);
      }
    },
  );

  test("axe finds nothing at the terminal, with something printed in it", async () => {
    await page.setViewportSize(SIZES[1]);
    await open("Terminal");
    await inTerminal(page, "seq 60; printf '\\033[31m%s\\033[0m\\n' 'in red'");
    await expectWell(page, { schemes: ["dark", "light"] });
  });

  test("a file's long name breaks, what stands beside it does not", async () => {
    await page.setViewportSize(SIZES[1]);
    await open("Files");
    await page.getByRole("row").filter({ hasText: "without-any-space" }).first().waitFor();
    expect(await brokenWords(page)).toEqual([]);
  });

  test("controls end at a line that can be seen, in light and in dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await open("Files");
      const button = page.getByRole("button", { name: "New folder" });
      expect(await contrast(button, "border-top-color"), `a button, ${colorScheme}`).toBeGreaterThanOrEqual(3);
      await open("Dropbox Sync");
      const field = page.locator("textarea").first();
      await field.waitFor({ state: "attached" });
      expect(await contrast(field, "border-top-color"), `a field, ${colorScheme}`).toBeGreaterThanOrEqual(3);
    }
    await page.emulateMedia({ colorScheme: "light" });
  });

  test("the space that is used is shown within its card on a phone", async () => {
    await page.setViewportSize(SIZES[0]);
    await open("Dropbox Sync");
    const meter = await page.getByRole("meter").boundingBox();
    const card = await page
      .locator(".card")
      .filter({ has: page.getByRole("meter") })
      .boundingBox();
    if (meter === null || card === null) return expect.unreachable("both are on the page");
    expect(meter.x + meter.width).toBeLessThanOrEqual(card.x + card.width);
  });

  test("the state leads from every page to what it means; the user's own files, which never sync, have none", async () => {
    await page.setViewportSize(SIZES[1]);
    for (const name of ["Files", "Terminal"]) {
      await open(name);
      await page.getByRole("main").getByRole("link", { name: "up to date" }).click();
      await page.getByRole("heading", { level: 1, name: "Dropbox Sync" }).waitFor();
      await page
        .locator(".card:focus")
        .getByRole("heading", { name: /^Master/ })
        .waitFor();
    }
    await open("Files");
    await page.getByRole("button", { name: "Personal" }).click();
    await page.getByText("Nothing here yet").waitFor();
    expect(await page.getByRole("main").getByRole("link", { name: "up to date" }).count()).toBe(0);
  });

  test("the terminal takes the Tab key until Ctrl+M, and says so", async () => {
    await page.setViewportSize(SIZES[1]);
    await open("Terminal");
    const inTheTerminal = () => page.evaluate("document.activeElement.closest('.terminal') !== null");
    await page.getByText("Tab is typed into the terminal").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Shift+Tab");
    expect(await inTheTerminal()).toBe(true);
    await page.keyboard.press("Control+m");
    await page.getByText("Tab goes on to the next control").waitFor();
    await page.keyboard.press("Control+m");
    await page.getByText("Tab is typed into the terminal").waitFor();
    await page.keyboard.press("Control+m");
    await page.keyboard.press("Shift+Tab");
    expect(await inTheTerminal()).toBe(false);
    // The next one who comes in types again.
    await page.getByText("Tab is typed into the terminal").waitFor();
    await terminalReady(page);
  });

  test("programs print in any colour, though the pages' policy allows no inline style", async () => {
    await open("Terminal");
    // The quotes keep what is typed from being taken for what is printed.
    await inTerminal(page, "printf '\\033[38;2;12;200;99;48;2;70;0;90m%s\\033[0m\\n' 'in col''our'");
    const looks = await page.evaluate(`(() => {
      const printed = [...document.querySelectorAll(".xterm-rows span")].find((one) => one.textContent === "in colour");
      const { color, backgroundColor, display } = getComputedStyle(printed);
      return [color, backgroundColor, display];
    })()`);
    expect(looks).toEqual(["rgb(12, 200, 99)", "rgb(70, 0, 90)", "inline-block"]);
  });

  test("the keyboard alone leads from the login to every page's link", async () => {
    await page.setViewportSize(SIZES[1]);
    await open("Applications");
    const reached = new Set<string>();
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press("Tab");
      reached.add(String(await page.evaluate("document.activeElement?.textContent?.trim() ?? ''")));
    }
    for (const wanted of ["Files", "Snapshots", "Activity", "Applications", "Dropbox Sync", "Log out", "Stop"]) {
      expect([...reached], wanted).toContain(wanted);
    }
  });
});
