import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";

/** What depends on a page's colours alone. */
export const OF_COLOURS = ["color-contrast", "link-in-text-block"] as const;

/**
 * What axe-core's rules, best practices among them, have against a page as it is now: the rule, and what breaks it.
 * @param rules only these; all when left out
 */
export async function problemsOf(page: Page, rules: readonly string[] | null = null): Promise<readonly string[]> {
  // By the debugger, not as a script of the page: the page's policy allows none.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
  const options = rules === null ? {} : { runOnly: rules };
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as AxeResults;
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id} (${help}): ${node.html}`));
}
