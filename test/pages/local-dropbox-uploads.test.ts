import { mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OwnPages, openOwnPages } from "./own-pages.ts";

const MEBIBYTE = 1024 * 1024;

describe("uploading on the local Dropbox's pages", { timeout: 200_000 }, () => {
  let own: OwnPages;
  let page: OwnPages["page"];
  const disk = mkdtempSync(join(tmpdir(), "twinfold-pages-uploads-"));

  beforeAll(async () => {
    own = await openOwnPages();
    page = own.page;
    await own.files.createFolder("/up");
  }, 120_000);
  afterAll(async () => {
    await own?.dispose();
    rmSync(disk, { recursive: true, force: true });
  }, 60_000);

  function onDisk(name: string, content = `content of ${name}\n`): string {
    const path = join(disk, name);
    writeFileSync(path, content);
    return path;
  }
  const chooser = (at: Page = page) => at.getByLabel("Files to upload");
  const says = (text: string) => page.getByRole("status").filter({ hasText: text }).waitFor();
  async function stored(path: string): Promise<string> {
    const pieces: Uint8Array[] = [];
    for await (const piece of (await own.files.read(path)).content) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  }
  /** Lets go of files and folders of the disk over the page, as the system does it. */
  async function drop(...files: string[]): Promise<void> {
    const session = await own.me.context.newCDPSession(page);
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const)
      await session.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
    await session.detach();
  }

  test("several files that are chosen, with the times that they have on disk", async () => {
    await own.go("/files?path=/up");
    const old = onDisk("50 % of #1 & more.txt");
    utimesSync(old, 1_500_000_000, 1_500_000_000);
    await chooser().setInputFiles([old, onDisk("größe 寸法.txt")]);
    await says("2 files are uploaded.");
    await own.row("größe 寸法.txt").waitFor();
    expect(await own.files.get("/up/50 % of #1 & more.txt")).toMatchObject({ clientModified: 1_500_000_000_000 });
    expect(await stored("/up/größe 寸法.txt")).toBe("content of größe 寸法.txt\n");
  });

  test("what is dropped on the page: files, and folders with what is in them", async () => {
    mkdirSync(join(disk, "album", "summer"), { recursive: true });
    onDisk("album/cover.txt");
    onDisk("album/summer/beach.txt");
    await own.go("/files?path=/up");
    await drop(onDisk("dropped.txt"), join(disk, "album"));
    await says("3 files are uploaded.");
    await own.row("album/").waitFor();
    expect(await stored("/up/album/summer/beach.txt")).toBe("content of album/summer/beach.txt\n");
    expect(await stored("/up/album/cover.txt")).toBe("content of album/cover.txt\n");
    expect(await stored("/up/dropped.txt")).toBe("content of dropped.txt\n");
  });

  test("a file of the same name becomes a new version; what can't be stored is told, and the others are", async () => {
    await own.put("/up/same.txt", "before\n");
    await own.put("/up/folder/x.txt", "x");
    await own.go("/files?path=/up");
    await chooser().setInputFiles([onDisk("folder"), onDisk("same.txt", "after\n"), onDisk("back\\slash")]);
    await says("1 of 3 files are uploaded.");
    await says("folder was not uploaded: There is a folder at /up/folder already.");
    await says("Dropbox can't store a name with a backslash: rename it without.");
    expect((await own.files.history("/up/same.txt")).map((version) => version.size)).toEqual([6, 7]);
  });

  test("a large file says how far it is; stopped by the keyboard, it leaves nothing", async () => {
    const large = onDisk("large.bin", "");
    truncateSync(large, 40 * MEBIBYTE);
    await own.go("/files?path=/up");
    const session = await own.me.context.newCDPSession(page);
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 4 * MEBIBYTE };
    await session.send("Network.emulateNetworkConditions", slow);
    await chooser().setInputFiles([large, onDisk("after it.txt")]);
    await says("Uploading large.bin, 1 of 2.");
    await page.getByText(/^[1-9]\d? % of 40\.0 MB$/).waitFor();
    await page.getByRole("button", { name: "Stop uploading" }).focus();
    await page.keyboard.press("Enter");
    await says("large.bin was not uploaded: it was stopped.");
    await session.detach();
    expect(await chooser().evaluate((input) => input === input.ownerDocument.activeElement)).toBe(true);
    expect(await own.files.get("/up/large.bin")).toBeNull();
    expect(await own.files.get("/up/after it.txt")).toBeNull();
  });

  test("a large file passes through in a little memory", async () => {
    const large = onDisk("huge.bin", "");
    truncateSync(large, 400 * MEBIBYTE);
    await own.go("/files?path=/up");
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    await chooser().setInputFiles(large);
    await says("huge.bin is uploaded.");
    clearInterval(watch);
    expect((await own.files.get("/up/huge.bin")) ?? {}).toMatchObject({ size: 400 * MEBIBYTE });
    expect((most - before) / MEBIBYTE).toBeLessThan(200);
  });

  test("who has been logged out meanwhile is told so", async () => {
    const other = await own.another({});
    await other.page.goto(`${own.dropbox.url}/files?path=/up`);
    await other.context.clearCookies();
    await chooser(other.page).setInputFiles(onDisk("late.txt"));
    await other.page.getByText("late.txt was not uploaded: you are logged out.").waitFor();
    expect(await own.files.get("/up/late.txt")).toBeNull();
    await other.context.close();
  });

  test("without scripts the form does it", async () => {
    const plain = await own.another({ javaScriptEnabled: false });
    await plain.page.goto(`${own.dropbox.url}/files?path=/up`);
    const large = onDisk("plain and large.bin", "");
    truncateSync(large, 3 * MEBIBYTE);
    await chooser(plain.page).setInputFiles([onDisk('a "quoted" name.txt', "--\r\n\r\n--"), large]);
    await plain.page.getByRole("button", { name: "Upload", exact: true }).click();
    await plain.page.getByRole("cell", { name: "plain and large.bin", exact: true }).waitFor();
    expect(await stored('/up/a "quoted" name.txt')).toBe("--\r\n\r\n--");
    expect(await own.files.get("/up/plain and large.bin")).toMatchObject({ size: 3 * MEBIBYTE });
    await plain.context.close();
  });

  test("no page threw an error on the way", () => {
    expect(own.me.thrown).toEqual([]);
  });
});
