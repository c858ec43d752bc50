import type { Locator, Page } from "playwright-core";

/** `NodeFilter.SHOW_TEXT` of the DOM. */
const SHOW_TEXT = 4;

/** The words in table cells, but in names, that are cut in two by the end of a line. */
export function brokenWords(page: Page): Promise<readonly string[]> {
  return page.locator("tbody td:not(:first-child), thead th").evaluateAll(
    (cells, onlyText) =>
      cells.flatMap((cell) => {
        const texts = cell.ownerDocument.createTreeWalker(cell, onlyText);
        const range = cell.ownerDocument.createRange();
        const broken: string[] = [];
        while (texts.nextNode()) {
          const { currentNode: text } = texts;
          if (!text.parentElement?.checkVisibility()) continue;
          for (const word of (text.textContent ?? "").matchAll(/\S+/g)) {
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (range.getClientRects().length > 1) broken.push(word[0]);
          }
        }
        return broken;
      }),
    SHOW_TEXT,
  );
}

/** How much a colour of an element stands out from what is behind the element (WCAG 2, "contrast ratio"). */
export async function contrast(element: Locator, property: string): Promise<number> {
  const [colour, behind] = await element.evaluate((node, name) => {
    const page = node.ownerDocument.defaultView;
    return [
      page?.getComputedStyle(node).getPropertyValue(name),
      page?.getComputedStyle(node.ownerDocument.documentElement).backgroundColor,
    ];
  }, property);
  const [darker = 0, lighter = 0] = [luminance(colour), luminance(behind)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Of `rgb(1, 2, 3)`. */
function luminance(colour = ""): number {
  const parts = [...colour.matchAll(/\d+/g)].slice(0, 3).map(([part]) => {
    const share = Number(part) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = parts;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
