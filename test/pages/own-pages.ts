import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AccountFiles, type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import type { Locator, Page } from "playwright-core";
import { type BrowserLike, openBrowser, type Visitor, visit } from "./chromium.ts";

const ADA = { email: "ada@dropbox.example", name: "Ada L.", password: "ada's password" };

/** Of the app that she has registered and connected. */
export const OWN_APP_KEY = "notebookappkey1";

export interface Login {
  readonly email: string;
  readonly password: string;
}

/** A local Dropbox, and Ada's browser, in which she is logged in to its own pages. */
export interface OwnPages {
  readonly dropbox: RunningDropboxLocal;
  readonly files: AccountFiles;
  readonly me: Visitor;
  readonly page: Page;
  /** A browser beside this one: in dark, without scripts, of another size; hers, unless another account's. */
  another(like: BrowserLike, account?: Login): Promise<Visitor>;
  /** To a path of the pages. */
  go(path: string): Promise<void>;
  /** What is listed under a name. */
  row(name: string): Locator;
  put(path: string, content: string | Uint8Array): Promise<void>;
  dispose(): Promise<void>;
}

export async function openOwnPages(): Promise<OwnPages> {
  const dataFolder = mkdtempSync(join(tmpdir(), "twinfold-pages-own-"));
  const dropbox = await startDropboxLocal({ dataFolder, port: 0 });
  const { accountId } = await dropbox.ensureAccount(ADA);
  const { appKey } = await dropbox.ensureApp({
    name: "Notebook",
    developer: accountId,
    redirectUris: ["https://notebook.example/a-long-way-down/where-codes-are-taken/and-more-of-it"],
    key: OWN_APP_KEY,
  });
  await dropbox.grant({ account: accountId, app: appKey });
  const files = dropbox.accountFiles(ADA.email);
  const browser = await openBrowser();
  const another: OwnPages["another"] = async (like, account = ADA) => {
    const visitor = await visit(browser, like);
    await logIn(visitor.page, dropbox.url, account);
    return visitor;
  };
  const me = await another({});
  return {
    dropbox,
    files,
    me,
    page: me.page,
    another,
    async go(path) {
      await me.page.goto(`${dropbox.url}${path}`);
    },
    row: (name) => me.page.getByRole("row").filter({ has: me.page.getByRole("cell", { name, exact: true }) }),
    async put(path, content) {
      await files.upload(path, once(Buffer.from(content)), { ifExists: "overwrite" });
    },
    async dispose() {
      await browser.close();
      await dropbox.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

async function logIn(page: Page, url: string, { email, password }: Login): Promise<void> {
  await page.goto(`${url}/login`);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { level: 1, name: "Files" }).waitFor();
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
