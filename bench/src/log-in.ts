import type { Page } from "playwright-core";
import type { ServerProcess } from "../../test/pages/server-process.ts";

/** On the login page, all but the click. */
export async function fillLogin(page: Page, { user }: ServerProcess): Promise<void> {
  await page.getByLabel("E-mail").fill(user.email);
  await page.getByLabel("Password").fill(user.password);
}
