import type { Page } from "playwright-core";
import { expect } from "vitest";
import { OF_COLOURS, problemsOf } from "./axe.ts";
import { brokenWords } from "./looks.ts";

/** A phone's, and a laptop's. */
const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
] as const;

/**
 * At both widths the page is no wider than its window, and axe finds nothing.
 * @param schemes each of which it is looked at in; left out: the browser's own @param words are not cut in two in tables either
 */
export async function expectWell(
  page: Page,
  {
    schemes = [null],
    words = false,
  }: { readonly schemes?: readonly ("dark" | "light" | null)[]; readonly words?: boolean } = {},
): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(size.width);
    if (words) expect(await brokenWords(page)).toEqual([]);
    for (const [count, colorScheme] of schemes.entries()) {
      await page.emulateMedia({ colorScheme });
      // In another scheme nothing else is another.
      const found = await problemsOf(page, count === 0 ? null : OF_COLOURS);
      expect(found, `${colorScheme ?? "its own"}, ${size.width} px`).toEqual([]);
    }
  }
}
