import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { callerOf } from "../../apps/server/test/caller.ts";
import { unitIds } from "../../apps/server/test/people.ts";
import { OwnMounts } from "../scenarios/own-mounts.ts";
import { atWork, begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import { type NamedDropbox, startWithNamedDropbox } from "./named-dropbox.ts";
import { picture } from "./picture.ts";
import { DROPBOX_SYNC, inTerminal, until } from "./steps.ts";

const INSTANCE = "/Apps/Twinfold/Analytical Engines/First Space/Master";
const MIB = 1024 * 1024;
const mounts = await OwnMounts.open();
const data = mkdtempSync(join(tmpdir(), "twinfold-pages-"));

/** The files of the instance lie on a disk of their own, which is small; skipped where the system lets nobody have mounts. */
describe.skipIf(mounts === null)("the disk is full", { timeout: 300_000 }, () => {
  const own = mounts as OwnMounts;
  let world: NamedDropbox;
  let terminal: Page;
  let page: Page;
  let settings: Locator;
  let files: string;

  // Declared first, it comes last.
  afterAll(() => {
    own.close();
    rmSync(data, { recursive: true, force: true });
  });
  begin(
    () => startWithNamedDropbox({}, { TWINFOLD_DATA: data }, own.through),
    async (begun) => {
      ({ page: terminal, world } = begun);
      const call = callerOf(world.server);
      await call("POST", "/api/login", world.server.user);
      files = join(data, "files", (await unitIds({ call })).get("First Space/Master") ?? "");
      own.run("mkdir", "-p", files);
      own.run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", files);
      page = await atWork(begun);
      await page.goto(`${world.server.url}${DROPBOX_SYNC}`);
      settings = page.getByRole("main");
      await says("up to date");
    },
  );

  const says = (word: string) => settings.getByText(word, { exact: true }).first().waitFor();
  const upload = async (name: string, content: Buffer) => {
    const bytes = (async function* () {
      yield content;
    })();
    await world.dropbox().accountFiles(world.accounts[0].email).upload(`${INSTANCE}/${name}`, bytes);
  };
  const inDropbox = (name: string) => world.dropbox().accountFiles(world.accounts[0].email).get(`${INSTANCE}/${name}`);

  test("what comes from Dropbox waits, and what is written here still goes there; with room, all comes", async () => {
    await upload("large.bin", Buffer.alloc(6 * MIB, "x"));
    await says("disk full");
    const listed = settings.getByRole("listitem").filter({ hasText: "large.bin" });
    expect(await listed.textContent()).toBe(
      "large.bin: large.bin does not fit: the disk is full. Make room on the disk that it is to be on: it comes by itself then.",
    );
    await expectWell(page, { schemes: ["dark", "light"] });
    await picture(page, "dropbox-sync-disk-full");
    await inTerminal(terminal, "echo still going > /files/small.txt");
    await until(
      () => inDropbox("small.txt"),
      (found) => found?.kind === "file",
    );
    expect(await inTerminal(terminal, "ls /files")).toBe("small.txt");
    own.run("mount", "-o", "remount,size=32m", files);
    await until(
      () => inTerminal(terminal, "ls -s --block-size=1M /files/large.bin"),
      (said) => said === "6 /files/large.bin",
    );
    await says("up to date");
  });
});
