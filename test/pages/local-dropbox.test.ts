import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { brokenWords } from "./looks.ts";
import { OWN_APP_KEY, type OwnPages, openOwnPages } from "./own-pages.ts";

const LONG = "/notes/without-any-space-without-any-space-without-any-space-without-any-space.txt";
const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
] as const;

describe("the local Dropbox's own pages", { timeout: 200_000 }, () => {
  let own: OwnPages;
  let page: OwnPages["page"];

  const files = () => own.files;
  const go = (path: string) => own.go(path);
  const row = (name: string) => own.row(name);

  beforeAll(async () => {
    own = await openOwnPages();
    page = own.page;
    for (const path of ["/notes/a.txt", LONG, "/notes/old/b.txt", "/notes/gone/c.txt", "/notes/gone.txt"])
      await own.put(path, "text\n");
    await files().delete("/notes/gone");
    await files().delete("/notes/gone.txt");
  }, 120_000);
  afterAll(() => own?.dispose(), 60_000);

  const pages = {
    "a folder": "/files?path=/notes",
    "what was deleted": "/files?path=/notes&deleted=1",
    "a deleted folder": "/files?path=/notes/gone&deleted=1",
    "a preview": `/files/view?path=${LONG}`,
    "the latest changes": "/files/changes",
    "a move": `/files/move?path=${LONG}`,
    "a history": `/files/history?path=${LONG}`,
    "an editor": `/files/edit?path=${LONG}`,
    "a question": `/files/delete?path=${LONG}`,
    "the account": "/account",
    "the app console": "/developers/apps",
    "registering an app": "/developers/apps/create",
    "an app": `/developers/apps/info/${OWN_APP_KEY}`,
    "an app with a new secret": `/developers/apps/info/${OWN_APP_KEY}?new-secret`,
    "asking for a new secret": `/developers/apps/new-secret?app=${OWN_APP_KEY}`,
    "an app's deletion": `/developers/apps/delete?app=${OWN_APP_KEY}`,
  };
  test.each(Object.entries(pages))(
    "%s has one main heading, fits a phone and a laptop, and breaks names only",
    async (_, path) => {
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await go(path);
        expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(size.width);
      }
      expect(await brokenWords(page)).toEqual([]);
    },
  );

  test("a file's pages lead to its folder, and not to the file as if it were one", async () => {
    await go("/files/history?path=/notes/a.txt");
    const folders = page.getByRole("navigation", { name: "Folder" });
    expect(await folders.getByRole("link").allTextContents()).toEqual(["Dropbox", "notes"]);
    await folders.getByRole("link", { name: "notes" }).click();
    await page.getByRole("heading", { level: 1, name: "notes" }).waitFor();
  });

  test("counts as Dropbox does: its 2 TB are 2 TB", async () => {
    await go("/account");
    await page.getByText(/\d+ bytes of 2\.0 TB used/).waitFor();
  });

  test.each([
    { name: "a.txt", path: "/notes/a.txt", says: "restored from its history" },
    { name: "old/", path: "/notes/old", says: "everything in it" },
  ])("Delete asks before $name is gone; Cancel leads back to its folder", async ({ name, path, says }) => {
    await go("/files?path=/notes");
    await row(name).getByRole("link", { name: "Delete" }).click();
    await page.getByText(says).waitFor();
    expect(await files().get(path)).not.toBeNull();
    await page.getByRole("link", { name: "Cancel" }).click();
    await row(name).getByRole("link", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { level: 1, name: "notes" }).waitFor();
    expect(await row(name).count()).toBe(0);
    expect(await files().get(path)).toBeNull();
  });

  test("what is gone already is not asked about", async () => {
    await go("/files/delete?path=/notes/none.txt");
    await page.getByText("Nothing is at this path any more").waitFor();
    expect(await page.getByRole("button", { name: "Delete" }).count()).toBe(0);
  });

  test("Disconnect asks before an app loses its access; Cancel leaves it", async () => {
    await go("/account");
    await page.getByRole("link", { name: "Disconnect Notebook" }).click();
    await page.getByText("The files that it made stay").waitFor();
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.getByRole("link", { name: "Disconnect Notebook" }).click();
    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("No app is connected").waitFor();
  });

  test("no page threw an error on the way", () => {
    expect(own.me.thrown).toEqual([]);
  });
});
