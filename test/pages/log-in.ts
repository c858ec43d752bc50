import type { Page } from "playwright-core";
import type { Account, ServerProcess } from "./server-process.ts";

export async function logIn(page: Page, server: ServerProcess): Promise<void> {
  await page.goto(`${server.url}/login`);
  await fillLogin(page, server.user);
  await page.getByRole("heading", { level: 1, name: "Applications" }).waitFor();
}

/** At our login page, wherever it was come from. */
export async function fillLogin(page: Page, account: Account): Promise<void> {
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Log in" }).click();
}
