import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

/** Set by `npm run screenshots`; else nothing is written, so that a test run leaves the checkout as it is. */
const WANTED = process.env.TWINFOLD_SCREENSHOTS !== undefined;
const FOLDER = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const WIDTHS = [
  { name: "desktop", width: 1280, height: 800 },
  { name: "phone", width: 390, height: 844 },
] as const;
/** No picture is longer than so many screens. */
const SCREENS = 2;

/** Takes the pictures of a page as it is now: at a laptop's and a phone's width, and in dark as well where that is said. */
export async function picture(page: Page, name: string, schemes: readonly ("light" | "dark")[] = ["light"]) {
  if (!WANTED) return;
  const size = page.viewportSize();
  const debug = await page.context().newCDPSession(page);
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const { name: device, ...viewport } of WIDTHS) {
      await page.setViewportSize(viewport);
      await page.evaluate(SAME_EACH_TIME);
      // What a dialog lies over ends with the screen.
      const asks = await page.getByRole("dialog").first().isVisible();
      const tall = asks ? 0 : Number(await page.evaluate("document.documentElement.scrollHeight"));
      const height = Math.max(viewport.height, Math.min(tall, viewport.height * SCREENS));
      const { data } = await debug.send("Page.captureScreenshot", {
        format: "webp",
        quality: 60,
        captureBeyondViewport: true,
        clip: { x: 0, y: 0, width: viewport.width, height, scale: 1 },
      });
      const file = join(FOLDER, `${name}-${device}${colorScheme === "dark" ? "-dark" : ""}.webp`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, Buffer.from(data, "base64"));
    }
  }
  await debug.detach();
  await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
  if (size !== null) await page.setViewportSize(size);
}

/** Once a page has come to rest: when something was is another thing at each run, so are a server's port, its folder and today's date. */
const SAME_EACH_TIME = `(async () => {
  window.scrollTo(0, 0);
  await document.fonts.ready;
  await new Promise((done) => setTimeout(done, 300));
  const sameTime = (text) =>
    text.endsWith("UTC") ? "2026-12-01 09:30 UTC" : text.startsWith("in ") ? text : "a minute ago";
  for (const { firstChild } of document.querySelectorAll("time"))
    if (firstChild) firstChild.nodeValue = sameTime(firstChild.nodeValue);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    const same = text.nodeValue
      .replace(/\\/tmp\\/twinfold-[\\w-]+\\/\\w+/, "/run/twinfold")
      .replace(/127\\.0\\.0\\.1:\\d+/, "127.0.0.1:4180")
      .replace(/conflicted copy \\d{4}-\\d\\d-\\d\\d/, "conflicted copy 2026-12-01");
    if (same !== text.nodeValue) text.nodeValue = same;
  }
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
})()`;
