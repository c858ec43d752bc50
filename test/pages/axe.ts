import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";

/** What axe-core's rules, best practices among them, have against a page as it is now: the rule, and what breaks it. */
export async function problemsOf(page: Page): Promise<readonly string[]> {
  // By the debugger, not as a script of the page: the page's policy allows none.
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id} (${help}): ${node.html}`));
}
