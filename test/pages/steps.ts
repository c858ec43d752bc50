import type { Page } from "playwright-core";
import { vi } from "vitest";
import { PATIENCE } from "./chromium.ts";
import type { Account, ServerProcess } from "./server-process.ts";

/** Where the pages are. */
export const DROPBOX_SYNC = "/account/settings/dropbox";

/** At the local Dropbox's own login page, on the way to its consent page. */
export async function logInToDropbox(page: Page, account: Account): Promise<void> {
  await page.getByRole("heading", { name: "Log in to your Dropbox" }).waitFor();
  await page.getByLabel("E-mail address").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await consentPage(page);
}

/** Waits for Dropbox to ask. @returns the address, with the request in its query */
export async function consentPage(page: Page): Promise<URL> {
  await page.getByRole("heading", { name: /^Connect .* to your Dropbox\?$/ }).waitFor();
  return new URL(page.url());
}

export async function enableAccess(page: Page, server: ServerProcess): Promise<void> {
  await page.goto(`${server.url}${DROPBOX_SYNC}`);
  await page.getByRole("button", { name: "Enable Access" }).click();
}

/** At Dropbox, wherever Enable Access led to: on to the consent page, as this account. */
export async function consentAs(page: Page, account: Account): Promise<void> {
  const login = page.getByRole("heading", { name: "Log in to your Dropbox" });
  const other = page.getByRole("button", { name: "Use another account" });
  await login.or(other).first().waitFor();
  if (await other.isVisible()) {
    if (await page.getByText(`(${account.email})`).isVisible()) return;
    await other.click();
  }
  await logInToDropbox(page, account);
}

/** From logged in to linked; the browser is logged in at Dropbox from then on. */
export async function linkDropbox(page: Page, server: ServerProcess, account: Account): Promise<void> {
  await enableAccess(page, server);
  await consentAs(page, account);
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText(account.email).first().waitFor();
}

/** On the settings page: Disconnect, and yes. */
export async function disconnectDropbox(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("button", { name: "Enable Access" }).waitFor();
}

/** Starts the first instance's terminal from the Applications page and waits until it can be typed into. */
export async function startTerminal(page: Page, server: ServerProcess): Promise<void> {
  await page.goto(server.url);
  // The terminal is the first of the catalogue.
  await page.getByRole("button", { name: "Start", exact: true }).first().click();
  await terminalReady(page);
}

/** The one that runs already. */
export async function openTerminal(page: Page, server: ServerProcess): Promise<void> {
  await page.goto(server.url);
  await page.getByRole("link", { name: "Open", exact: true }).first().click();
  await terminalReady(page);
}

export async function terminalReady(page: Page): Promise<void> {
  await page.getByText("Connected.").waitFor();
  await page.locator(".xterm").click();
  await inTerminal(page, "true");
}

let commands = 0;

/** Types a command into the open terminal. @returns what it printed, once it has ended */
export async function inTerminal(page: Page, command: string): Promise<string> {
  const mark = `${++commands}-${Math.random().toString(36).slice(2, 8)}`;
  // The quotes tell what is printed from what is typed.
  await page.keyboard.type(`clear; ${command}; echo "end"-${mark}\n`);
  let screen = "";
  await vi.waitFor(
    async () => {
      const rows = await page.locator(".xterm-rows > div").allTextContents();
      screen = rows.map((row) => row.replaceAll("\u00a0", " ").trimEnd()).join("\n");
      if (!screen.includes(`end-${mark}`)) throw new Error(`"${command}" has not ended; the screen:\n${screen}`);
    },
    { timeout: PATIENCE, interval: 100 },
  );
  // What was typed stands above what it printed, unless `clear` took it away.
  const printed = screen.slice(0, screen.lastIndexOf(`end-${mark}`));
  const typed = printed.lastIndexOf(`"end"-${mark}`);
  return (typed === -1 ? printed : printed.slice(printed.indexOf("\n", typed) + 1)).trim();
}

/** Runs a command again and again until what it prints is as wanted. */
export async function untilTerminal(page: Page, command: string, wanted: (output: string) => boolean): Promise<string> {
  let output = "";
  await vi.waitFor(
    async () => {
      output = await inTerminal(page, command);
      if (!wanted(output)) throw new Error(`"${command}" still prints:\n${output}`);
    },
    { timeout: PATIENCE, interval: 300 },
  );
  return output;
}

/** Looks again until what is found is as wanted. @returns it */
export async function until<T>(look: () => Promise<T>, wanted: (found: T) => boolean): Promise<T> {
  return vi.waitFor(
    async () => {
      const found = await look();
      if (!wanted(found)) throw new Error(`still found: ${JSON.stringify(found)}`);
      return found;
    },
    { timeout: PATIENCE, interval: 150 },
  );
}
