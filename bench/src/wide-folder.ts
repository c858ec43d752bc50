import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { openBrowser, visit } from "../../test/pages/chromium.ts";
import { logIn } from "../../test/pages/log-in.ts";
import { startServerProcess } from "../../test/pages/server-process.ts";
import { median, percentile, row } from "./rows.ts";
import { writeTree } from "./trees.ts";

/** All in one place. */
const WIDE = { files: 100_000, folders: 0, size: 1 };
/** A turn of the mouse wheel in CSS pixels, and how many of them a person makes one after the other. */
const TURN = 600;
const TURNS = 150;
/** Jumps to anywhere in the list. */
const JUMPS = 20;

const NOTE_FRAMES = `(() => {
  const seen = { times: [], goesOn: true };
  const note = (time) => {
    seen.times.push(time);
    if (seen.goesOn) requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
  return seen;
})()`;

/** How a folder with 100,000 files is to look through in a browser: until it is there, while it is scrolled, and where one jumps. */
export async function wideFolder(): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), "twinfold-bench-"));
  const server = await startServerProcess({ TWINFOLD_DATA: data });
  const browser = await openBrowser();
  try {
    const { page } = await visit(browser);
    await logIn(page, server);
    await page.getByRole("link", { name: "Files" }).first().click();
    await page.getByText("Nothing here yet").waitFor();
    const { id } = /instances\/(?<id>[^/]+)/.exec(page.url())?.groups ?? {};
    if (id === undefined) throw new Error(`${page.url()} names no instance`);
    writeTree(join(data, "files", id), WIDE);

    const opened = performance.now();
    await page.reload({ waitUntil: "commit" });
    await page.getByText("file 1.bin", { exact: true }).waitFor();
    row(`${WIDE.files} files in a folder, first rows`, inMs(performance.now() - opened), "smooth");

    await page.mouse.move(600, 500);
    const frames = await framesWhile(page, async () => {
      for (let turn = 0; turn < TURNS; turn++) await page.mouse.wheel(0, TURN);
    });
    row(
      "while it is scrolled, from frame to frame",
      `${inMs(median(frames))}, 99 % within ${inMs(percentile(frames, 0.99))}`,
      "smooth",
    );
    row("rows on the page then", `${await page.locator("table.files tr").count()}`, "smooth");

    const jumps: number[] = [];
    for (let jump = 1; jump <= JUMPS; jump++) {
      const began = performance.now();
      // Two frames later the page has heard of it.
      await page.evaluate(`new Promise((heard) => {
        window.scrollTo(0, document.body.scrollHeight * ${((jump * 7) % JUMPS) / JUMPS});
        requestAnimationFrame(() => requestAnimationFrame(heard));
      })`);
      await page
        .locator("table.files tbody tr[data-index] td.quiet", { hasText: "Listing" })
        .first()
        .waitFor({ state: "detached" });
      jumps.push(performance.now() - began);
    }
    row(
      "anywhere in it, until its rows are there",
      `${inMs(median(jumps))}, at most ${inMs(percentile(jumps, 1))}`,
      "smooth",
    );
  } finally {
    await browser.close();
    await server.dispose();
    rmSync(data, { recursive: true, force: true });
  }
}

/** @returns milliseconds from each frame that the browser drew to the next */
async function framesWhile(page: Page, act: () => Promise<void>): Promise<number[]> {
  const frames = await page.evaluateHandle<{ times: number[]; goesOn: boolean }>(NOTE_FRAMES);
  await act();
  const times = await frames.evaluate((seen) => {
    seen.goesOn = false;
    return seen.times;
  });
  return times.slice(1).map((time, index) => time - (times[index] ?? time));
}

const inMs = (milliseconds: number) => `${milliseconds.toFixed(0)} ms`;
