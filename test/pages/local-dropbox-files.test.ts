import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type OwnPages, openOwnPages } from "./own-pages.ts";

/** One red pixel. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);
const SCRIPTED = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><script>document.title = "ran"</script></svg>`;

describe("a person at the local Dropbox's pages", { timeout: 200_000 }, () => {
  let own: OwnPages;
  let page: OwnPages["page"];

  beforeAll(async () => {
    own = await openOwnPages();
    page = own.page;
  }, 120_000);
  afterAll(() => own?.dispose(), 60_000);

  const heading = (name: string) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  const names = async (path: string) => (await own.files.list(path)).map((entry) => entry.name);

  describe("looks at a file", () => {
    test("a text as it is, whatever is in it", async () => {
      const text = "<b>größe</b> & more\n\tin two lines\n";
      await own.put("/look/a.txt", text);
      await own.go("/files?path=/look");
      await own.row("a.txt").getByRole("link", { name: "a.txt", exact: true }).click();
      await heading("a.txt");
      expect(await page.getByRole("region", { name: "Content" }).textContent()).toBe(text);
    });

    test("the beginning of a long one", async () => {
      await own.put("/look/long.txt", "é".repeat(200_000));
      await own.go("/files/view?path=/look/long.txt");
      await page.getByText("This is the beginning: 256 KB of it.").waitFor();
      expect(await page.getByRole("region", { name: "Content" }).textContent()).toBe("é".repeat(128 * 1024));
    });

    test.each([
      ["picture.png", PICTURE, 1],
      ["scripted.svg", SCRIPTED, 40],
    ])("a picture: %s", async (name, content, width) => {
      await own.put(`/look/${name}`, content);
      await own.go(`/files/view?path=/look/${name}`);
      const image = page.getByRole("img", { name });
      await image.waitFor();
      await expect
        .poll(() => image.evaluate((node) => (node as unknown as { naturalWidth: number }).naturalWidth))
        .toBe(width);
    });

    test("nothing in a picture runs, even when it is opened by itself", async () => {
      const lone = await own.me.context.newPage();
      await lone.goto(`${own.dropbox.url}/files/picture?path=/look/scripted.svg`);
      expect(await lone.title()).not.toBe("ran");
      await lone.close();
    });

    test("what has no preview can be downloaded", async () => {
      await own.put("/look/some.bin", Buffer.from([0, 255, 1]));
      await own.go("/files/view?path=/look/some.bin");
      await page.getByText("There is no preview of a file of this kind").waitFor();
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "Download" }).click(),
      ]);
      expect([file.suggestedFilename(), [...readFileSync(await file.path())]]).toEqual(["some.bin", [0, 255, 1]]);
    });
  });

  describe("finds in a file's history", () => {
    beforeAll(async () => {
      for (const text of ["one\n", "second\n", "third, the last\n"]) await own.put("/history/a.txt", text);
    });
    const versions = () => page.getByRole("row").filter({ has: page.getByRole("cell") });

    test("its versions with their sizes, each to be looked at", async () => {
      await own.go("/files?path=/history");
      await own.row("a.txt").getByRole("link", { name: "History" }).click();
      await heading("History of a.txt");
      const sizes = await versions()
        .getByText(/^\d+ bytes$/)
        .allTextContents();
      expect(sizes).toEqual(["16 bytes", "7 bytes", "4 bytes"]);
      expect(await versions().first().getByRole("button").count()).toBe(0);
      await versions().last().getByRole("link", { name: "View" }).click();
      await page.getByText("the version of").waitFor();
      expect(await page.getByRole("region", { name: "Content" }).textContent()).toBe("one\n");
    });

    test("the version that she wants back, which becomes the newest", async () => {
      await own.go("/files/history?path=/history/a.txt");
      await versions().nth(1).getByRole("button", { name: "Restore" }).click();
      await heading("history");
      await own.row("a.txt").getByRole("cell", { name: "7 bytes" }).waitFor();
      await own.go("/files/history?path=/history/a.txt");
      expect(await versions().count()).toBe(4);
      expect(await versions().first().getByText("now").count()).toBe(1);
    });
  });

  describe("has what she deleted back", () => {
    beforeEach(async () => {
      for (const path of ["/d/a.txt", "/d/in/b.txt", "/d/in/c.txt"]) await own.put(path, `${path}\n`);
    });

    test("a file, in its last version", async () => {
      await own.put("/d/a.txt", "the last\n");
      await own.files.delete("/d/a.txt");
      await own.go("/files?path=/d");
      expect(await own.row("a.txt").count()).toBe(0);
      await page.getByRole("link", { name: "Show deleted" }).click();
      await own.row("a.txt").getByRole("button", { name: "Restore a.txt" }).click();
      await page.getByRole("link", { name: "Show deleted" }).waitFor();
      await own.row("a.txt").getByRole("cell", { name: "9 bytes" }).waitFor();
    });

    test("a folder, whole or a file of it", async () => {
      await own.files.delete("/d/in");
      await own.go("/files?path=/d&deleted=1");
      await own.row("in/").getByRole("link", { name: "in/" }).click();
      await page.getByText("This folder was deleted").waitFor();
      await own.row("c.txt").getByRole("button", { name: "Restore c.txt" }).click();
      await own.row("c.txt").getByRole("link", { name: "Edit" }).waitFor();
      expect(await names("/d/in")).toEqual(["c.txt"]);
      await own.files.delete("/d/in");
      await own.go("/files?path=/d/in&deleted=1");
      await page.getByRole("button", { name: "Restore the folder" }).click();
      await own.row("in/").waitFor();
      expect(await names("/d/in")).toEqual(["c.txt"]);
    });
  });

  describe("moves and renames", () => {
    const moved = async (path: string, fields: { name?: string; folder?: string }) => {
      await own.go(`/files/move?path=${path}`);
      if (fields.name !== undefined) await page.getByLabel("Name").fill(fields.name);
      if (fields.folder !== undefined) await page.getByLabel("Folder").fill(fields.folder);
      await page.getByRole("button", { name: "Move" }).click();
    };

    test("by its name, its folder, or its case only", async () => {
      await own.put("/m/Deep/a.txt", "x");
      await own.go("/files?path=/m/Deep");
      await own.row("a.txt").getByRole("link", { name: "Move" }).click();
      await page.getByLabel("Name").fill("b.txt");
      await page.getByRole("button", { name: "Move" }).click();
      await own.row("b.txt").waitFor();
      await moved("/m/Deep/b.txt", { name: "B.TXT", folder: "/M/DEEP" });
      await own.row("B.TXT").waitFor();
      expect(await own.files.get("/m/deep/b.txt")).toMatchObject({ path: "/m/Deep/B.TXT" });
      await moved("/m/Deep/B.TXT", { folder: "/elsewhere/" });
      await heading("Deep");
      expect(await names("/elsewhere")).toEqual(["B.TXT"]);
      await moved("/elsewhere/B.TXT", { folder: "/" });
      expect(await own.files.get("/B.TXT")).not.toBeNull();
    });

    test("is told why it can't be, and led back", async () => {
      await own.put("/m/one.txt", "1");
      await own.put("/m/two.txt", "2");
      for (const [fields, why] of [
        [{ name: "two.txt" }, "There is a file at /m/two.txt already."],
        [{ name: "a/b" }, "A name can't have a slash"],
        [{ folder: "no slash" }, "begins with a slash"],
      ] as const) {
        await moved("/m/one.txt", fields);
        await page.getByText(why).waitFor();
        await page.getByRole("link", { name: "Back to m" }).click();
        await own.row("one.txt").waitFor();
      }
    });
  });

  test("no page threw an error on the way", () => {
    expect(own.me.thrown).toEqual([]);
  });
});
