import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import { type CutOff, startCutOff } from "./cut-off.ts";
import { type FilesPage, openFilesPage } from "./files-page.ts";
import { picture } from "./picture.ts";
import { freePort, type ServerProcess, startServerProcess } from "./server-process.ts";

const MIB = 1024 * 1024;
const SIZE = 12 * MIB;
/** Bytes of a second of the way to the server. */
const RATE = 4 * MIB;
/** Bytes that may be sent twice when a connection ends: what was on its way in buffers, and requests beside it. */
const FEW = MIB;

/** The server, and the way to it that can be cut. */
interface World extends ServerProcess {
  readonly way: CutOff;
}

/** Browsers know it at the address of the way to it. */
async function startBehindCutOff(): Promise<World> {
  const port = await freePort();
  const way = await startCutOff(port, RATE);
  const url = `http://127.0.0.1:${way.port}`;
  const server = await startServerProcess({ PORT: String(port), TWINFOLD_PUBLIC_URL: url });
  return {
    ...server,
    url,
    way,
    async dispose() {
      await way.close();
      await server.dispose();
    },
  };
}

/** Each step uploads a file of its own, so that it can be run alone. */
describe("a large upload goes on where it stopped", { timeout: 300_000 }, () => {
  let world: World;
  let page: Page;
  let files: FilesPage;
  const local = mkdtempSync(join(tmpdir(), "twinfold-large-"));
  afterAll(() => rmSync(local, { recursive: true, force: true }));

  begin(startBehindCutOff, async (begun) => {
    ({ page, world } = begun);
    files = await openFilesPage(begun);
  });

  /** A file on her disk. @returns its path, and what its bytes are known by */
  function made(name: string) {
    const content = randomBytes(SIZE);
    const path = join(local, name);
    writeFileSync(path, content);
    return { path, hash: hashOf(content) };
  }
  const hashOf = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
  const choose = (path: string) => page.getByLabel("Files to upload").setInputFiles(path);
  const uploaded = async (name: string) =>
    hashOf(Buffer.from(await (await page.request.get(files.fileAddress(name))).body()));
  const isDone = () => page.getByText("1 file uploaded.").waitFor();
  const notFinished = () => page.getByText("1 upload is not finished.", { exact: false });
  const unreached = () => page.getByText("The server can't be reached.", { exact: false });
  const dismiss = () => page.getByRole("button", { name: "Dismiss" }).click();

  test("by itself, when the connection was cut", async () => {
    const { path, hash } = made("cut.bin");
    const before = world.way.sent();
    const cut = world.way.cutAfter(SIZE / 2);
    await choose(path);
    await cut;
    await unreached().waitFor();
    await picture(page, "upload-waiting");
    world.way.mend();
    await isDone();
    expect(world.way.sent() - before).toBeLessThan(SIZE + FEW);
    expect(await uploaded("cut.bin")).toBe(hash);
    await unreached().waitFor({ state: "detached" });
    await dismiss();
  });

  test("by itself, when the server was killed and has started again", async () => {
    const { path, hash } = made("killed.bin");
    const before = world.way.sent();
    const half = world.way.cutAfter(SIZE / 2);
    await choose(path);
    await Promise.all([half, half.then(() => world.kill())]);
    world.way.mend();
    await unreached().waitFor();
    await world.startAgain();
    await isDone();
    expect(world.way.sent() - before).toBeLessThan(SIZE + FEW);
    expect(await uploaded("killed.bin")).toBe(hash);
    await dismiss();
  });

  test("when the same file is chosen again, after the page was loaded anew and after Stop", async () => {
    const { path, hash } = made("again.bin");
    const before = world.way.sent();
    const third = world.way.cutAfter(SIZE / 3);
    await choose(path);
    await third;
    await unreached().waitFor();
    world.way.mend();
    page.once("dialog", (leaving) => void leaving.accept());
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Files" }).waitFor();
    const loaded = world.way.sent();
    await notFinished().waitFor();
    await page.getByText("again.bin (12.0 MB)").waitFor();
    await picture(page, "upload-unfinished");
    await expectWell(page, { schemes: ["dark", "light"] });

    const twoThirds = world.way.cutAfter(SIZE / 3);
    await choose(path);
    await twoThirds;
    await unreached().waitFor();
    expect(await notFinished().count()).toBe(0);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("is kept for a day", { exact: false }).waitFor();
    await picture(page, "upload-stopped");
    world.way.mend();
    await choose(path);
    await isDone();
    // The pages were loaded anew on the way, which sends next to nothing.
    expect(loaded - before).toBeLessThan(SIZE / 3 + FEW);
    expect(world.way.sent() - before).toBeLessThan(SIZE + 2 * FEW);
    expect(await uploaded("again.bin")).toBe(hash);
    await dismiss();
  });

  test("or not at all, when its user gives it up: what has come goes, wherever she is by then", async () => {
    const { path } = made("given up.bin");
    const third = world.way.cutAfter(SIZE / 3);
    await choose(path);
    await third;
    await unreached().waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    world.way.mend();
    await dismiss();
    await notFinished().waitFor();
    await files.newFolder("elsewhere");
    await files.row("elsewhere/").getByRole("button", { name: "elsewhere/" }).click();
    await page.getByRole("button", { name: "Go to its folder (given up.bin)" }).click();
    await files.rowIsThere("elsewhere/");
    const given = page.waitForResponse((answer) => answer.request().method() === "DELETE");
    await page.getByRole("button", { name: "Give it up (given up.bin)" }).click();
    expect((await given).status()).toBe(204);
    await notFinished().waitFor({ state: "detached" });
  });

  test("a small file that came whole is not asked about, when the answer to it broke off", async () => {
    const buffer = Buffer.from("small");
    const broken = world.way.breakAnswerTo("PUT /api/");
    await page.getByLabel("Files to upload").setInputFiles({ name: "small.txt", mimeType: "text/plain", buffer });
    await broken;
    await isDone();
    expect(await uploaded("small.txt")).toBe(hashOf(buffer));
    await dismiss();
  });

  test("what is there is asked about before a byte goes, and nothing goes again for the answer", async () => {
    const { path, hash } = made("taken.bin");
    await choose(path);
    await isDone();
    await dismiss();
    const before = world.way.sent();
    await choose(path);
    await files.asked().getByText('"taken.bin" is there already', { exact: false }).waitFor();
    expect(world.way.sent() - before).toBeLessThan(FEW);
    await files.asked().getByRole("button", { name: "Keep both" }).click();
    await isDone();
    expect(world.way.sent() - before).toBeLessThan(SIZE + FEW);
    expect(await uploaded("taken (2).bin")).toBe(hash);
    await dismiss();
  });
});
