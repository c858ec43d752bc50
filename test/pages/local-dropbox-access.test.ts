import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OF_COLOURS, problemsOf } from "./axe.ts";
import type { Visitor } from "./chromium.ts";
import { OWN_APP_KEY, type OwnPages, openOwnPages } from "./own-pages.ts";

const PAGES = {
  "a folder": "/files?path=/n",
  "a part of a large folder": "/files?path=/many&from=500",
  "an empty folder": "/files?path=/empty",
  "what was deleted": "/files?path=/n&deleted=1",
  "a deleted folder": "/files?path=/n/gone&deleted=1",
  "a text": "/files/view?path=/n/a.txt",
  "a picture": "/files/view?path=/n/a.svg",
  "a file without a preview": "/files/view?path=/n/a.bin",
  "an editor": "/files/edit?path=/n/a.txt",
  "a refusal to edit": "/files/edit?path=/n/a.bin",
  "a history": "/files/history?path=/n/a.txt",
  "the history of a deleted file": "/files/history?path=/n/gone.txt",
  "an older version": "a version of /n/a.txt",
  "a move": "/files/move?path=/n/a.txt",
  "a deletion": "/files/delete?path=/n/a.txt",
  "the latest changes": "/files/changes",
  "the account": "/account",
  "the app console": "/developers/apps",
  "registering an app": "/developers/apps/create",
  "an app": `/developers/apps/info/${OWN_APP_KEY}`,
  "an app with a new secret": `/developers/apps/info/${OWN_APP_KEY}?new-secret`,
  "asking for a new secret": `/developers/apps/new-secret?app=${OWN_APP_KEY}`,
  "an app's deletion": `/developers/apps/delete?app=${OWN_APP_KEY}`,
  "what is not there": "/files/view?path=/n/none",
  "no page": "/nothing",
};

describe("everybody can use the local Dropbox's pages", { timeout: 200_000 }, () => {
  let own: OwnPages;
  let app: string;
  const disk = mkdtempSync(join(tmpdir(), "twinfold-pages-access-"));

  beforeAll(async () => {
    own = await openOwnPages();
    app = (await own.dropbox.ensureApp({ name: "Diary", redirectUris: ["http://localhost/back"] })).appKey;
    await own.files.createFolder("/empty");
    await Promise.all(Array.from({ length: 510 }, (_, index) => own.files.createFolder(`/many/f${index}`)));
    await own.put("/n/a.svg", `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"></svg>`);
    await own.put("/n/a.bin", Buffer.from([0, 255]));
    for (const path of ["/n/gone/b.txt", "/n/gone.txt", "/n/a.txt"]) await own.put(path, "first\n");
    await own.put("/n/a.txt", "a line that is long ".repeat(20) + "\n".repeat(100));
    await own.files.delete("/n/gone");
    await own.files.delete("/n/gone.txt");
  }, 120_000);
  afterAll(async () => {
    await own?.dispose();
    rmSync(disk, { recursive: true, force: true });
  }, 60_000);

  async function address(path: string): Promise<string> {
    if (path !== PAGES["an older version"]) return own.dropbox.url + path;
    const rev = (await own.files.history("/n/a.txt")).at(-1)?.rev ?? "";
    return `${own.dropbox.url}/files/view?path=/n/a.txt&rev=${rev}`;
  }

  describe.each(["light", "dark"] as const)("by axe's rules, in %s", (colorScheme) => {
    const looks: Visitor[] = [];
    // What is not of colours is the same in both.
    const problems = (page: Page) => problemsOf(page, colorScheme === "dark" ? OF_COLOURS : null);
    beforeAll(async () => {
      for (const viewport of [
        { width: 1280, height: 800 },
        { width: 390, height: 844 },
      ])
        looks.push(await own.another({ colorScheme, viewport }));
    }, 60_000);
    afterAll(async () => {
      for (const { context } of looks) await context.close();
    });

    test.each(Object.entries(PAGES))("%s", async (_, path) => {
      for (const { page } of looks) {
        await page.goto(await address(path));
        expect(await problems(page)).toEqual([]);
      }
    });

    test("an upload under way, and one that failed", async () => {
      const large = join(disk, "large.bin");
      writeFileSync(large, "");
      truncateSync(large, 20 * 1024 * 1024);
      for (const { context, page } of looks) {
        await page.goto(`${own.dropbox.url}/files?path=/n`);
        const session = await context.newCDPSession(page);
        const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 1024 * 1024 };
        await session.send("Network.emulateNetworkConditions", slow);
        await page.getByLabel("Files to upload").setInputFiles(large);
        await page.getByText(/^\d+ % of 20\.0 MB$/).waitFor();
        expect(await problems(page)).toEqual([]);
        await page.getByRole("button", { name: "Stop uploading" }).click();
        await page.getByText("it was stopped").waitFor();
        expect(await problems(page)).toEqual([]);
      }
    });

    test("an edit in which somebody else was faster", async () => {
      for (const { page } of looks) {
        await own.put("/n/raced.txt", "first\n");
        await page.goto(`${own.dropbox.url}/files/edit?path=/n/raced.txt`);
        await own.put("/n/raced.txt", "theirs\n");
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByRole("alert").waitFor();
        expect(await problems(page)).toEqual([]);
      }
    });

    test("an app and a redirect address that are refused", async () => {
      for (const { page } of looks) {
        await page.goto(`${own.dropbox.url}/developers/apps/create`);
        await page.getByLabel("Name").fill("notebook");
        await page.getByRole("button", { name: "Register" }).click();
        await page.getByRole("alert").waitFor();
        expect(await problems(page)).toEqual([]);
        await page.goto(`${own.dropbox.url}/developers/apps/info/${OWN_APP_KEY}`);
        await page.getByLabel("Redirect URI").fill("http://notebook.example/");
        await page.getByRole("button", { name: "Add redirect URI" }).click();
        await page.getByRole("alert").waitFor();
        expect(await problems(page)).toEqual([]);
      }
    });

    test("login and consent", async () => {
      const [{ page, context } = expect.unreachable()] = looks;
      const query = new URLSearchParams({ client_id: app, response_type: "code" });
      await page.goto(`${own.dropbox.url}/oauth2/authorize?${query}`);
      await page.getByRole("button", { name: "Allow" }).waitFor();
      expect(await problems(page)).toEqual([]);
      await page.goto(`${own.dropbox.url}/account/disconnect?${new URLSearchParams({ app })}`);
      expect(await problems(page)).toEqual([]);
      await context.clearCookies();
      await page.goto(`${own.dropbox.url}/login`);
      expect(await problems(page)).toEqual([]);
      await page.getByLabel("E-mail address").fill("nobody@example.org");
      await page.getByLabel("Password").fill("wrong");
      await page.getByRole("button", { name: "Log in" }).click();
      await page.getByRole("alert").waitFor();
      expect(await problems(page)).toEqual([]);
    });
  });

  describe("by the keyboard alone", () => {
    const press = (key: string) => own.page.keyboard.press(key);
    /** Enter, where it leads to another page. */
    const enter = () => Promise.all([own.page.waitForEvent("load"), press("Enter")]);
    /** What the keyboard is on: its name, and how wide the line around it is. */
    const held = () =>
      own.page.evaluate(`(() => {
        const element = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
        return { name: element === document.body ? "" : name.trim(), line: outlineStyle === "none" ? 0 : parseFloat(outlineWidth) };
      })()`) as Promise<{ name: string; line: number }>;
    async function goTo(name: string): Promise<void> {
      for (let presses = 0; presses < 80; presses++) {
        await press("Tab");
        if ((await held()).name === name) return;
      }
      expect.unreachable(`the Tab key never comes to ${name}`);
    }

    test("it goes through a folder's page in the order of reading, and shows where it is", async () => {
      await own.put("/k/in/b.txt", "b");
      await own.put("/k/a.txt", "a");
      await own.put("/k/gone.txt", "c");
      await own.files.delete("/k/gone.txt");
      await own.go("/files?path=/k&deleted=1");
      const passed: string[] = [];
      for (let name = "?"; name !== "More changes" && passed.length < 80; passed.push(name)) {
        await press("Tab");
        const { line, name: here } = await held();
        expect(line, here).toBeGreaterThanOrEqual(2);
        name = here;
      }
      expect(passed.slice(0, passed.indexOf("Restore gone.txt") + 1)).toEqual([
        ...["Local Dropbox", "Files", "Changes", "Account", "Log out", "Dropbox"],
        ...["Files to upload", "Name of the new folder", "Make folder", "Hide deleted"],
        ...["in/", "Move in", "Delete in"],
        ...["a.txt", "Download a.txt", "Edit a.txt", "History a.txt", "Move a.txt", "Delete a.txt"],
        ...["History gone.txt", "Restore gone.txt"],
      ]);
      expect(passed.at(-1)).toBe("More changes");
    });

    test("it makes, looks, edits, moves, deletes and restores", async () => {
      await own.put("/k/a.txt", "a");
      await own.go("/files?path=/k");
      await goTo("Name of the new folder");
      await own.page.keyboard.type("made");
      await enter();
      await goTo("made/");
      await press("Shift+Tab");
      await goTo("Edit a.txt");
      await enter();
      await own.page.getByRole("button", { name: "Save" }).waitFor();
      await goTo("Content");
      await own.page.keyboard.type("more ");
      await goTo("Save");
      await enter();
      await own.row("a.txt").getByRole("cell", { name: "6 bytes" }).waitFor();
      await goTo("Move a.txt");
      await enter();
      // The page for it begins at the name, all of which is what typing replaces.
      await own.page.getByLabel("Name").and(own.page.locator(":focus")).waitFor();
      await press("Control+A");
      await own.page.keyboard.type("z.txt");
      await enter();
      await own.row("z.txt").waitFor();
      await goTo("Delete z.txt");
      await enter();
      await own.page.getByText("It can be restored").waitFor();
      await goTo("Delete");
      await enter();
      await own.row("z.txt").waitFor({ state: "detached" });
      await goTo("Show deleted");
      await enter();
      await own.row("z.txt").waitFor();
      await goTo("Restore z.txt");
      await enter();
      await own.row("z.txt").getByRole("link", { name: "Edit" }).waitFor();
      await goTo("z.txt");
      await enter();
      await goTo("Content");
      expect((await held()).line).toBeGreaterThanOrEqual(2);
      expect(await own.page.getByRole("region", { name: "Content" }).textContent()).toBe("more a");
    });
  });

  test("no page threw an error on the way", () => {
    expect(own.me.thrown).toEqual([]);
  });
});
