import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** It has all that shows pages and nothing else of a browser's: it takes a fifth less of a processor for the same tests. */
const SHELL = "/usr/bin/chromium-headless-shell";
const CHROMIUM = "/usr/bin/chromium";

/** How long a page may take to show what is waited for, in milliseconds: two cores, many tests. */
export const PATIENCE = 120_000;

/**
 * Debian's Chromium, without a window.
 * @param whole with viewers of its own, which its shell does not have. @throws Error saying how to install it
 */
export async function openBrowser(whole = false): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? (!whole && existsSync(SHELL) ? SHELL : CHROMIUM);
  if (!existsSync(executablePath)) {
    throw new Error(
      `The tests of the pages need Chromium, and there is none at ${executablePath}: ` +
        "install it with `apt-get install chromium chromium-headless-shell`, or set CHROMIUM to where yours is.",
    );
  }
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A person's own browser window; what its pages threw, or did against their policy, is gathered in `thrown`. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly thrown: readonly string[];
}

/** What a page does against its own policy is an error of its own. */
const THROW_AT_VIOLATION = `document.addEventListener("securitypolicyviolation", (violation) => {
  throw new Error("against the policy " + violation.violatedDirective + ": " + violation.blockedURI);
});`;

/** What a person's browser is like. */
export interface BrowserLike {
  /** CSS pixels; those of a laptop when left out. */
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
  /** Whether scripts run. */
  readonly javaScriptEnabled?: boolean;
}

export async function visit(browser: Browser, like: BrowserLike = {}): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    ...like,
    locale: "en-US",
    acceptDownloads: true,
  });
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript(THROW_AT_VIOLATION);
  const page = await context.newPage();
  const thrown: string[] = [];
  context.on("weberror", (error) => thrown.push(error.error().message));
  return { context, page, thrown };
}
