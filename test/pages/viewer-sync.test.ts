import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Locator, Page } from "playwright-core";
import { describe, expect, test, vi } from "vitest";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import { PATIENCE } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type FilesPage, openFilesPage } from "./files-page.ts";
import { joinAsViewer } from "./joining.ts";
import { type NamedDropbox, startWithNamedDropbox } from "./named-dropbox.ts";
import { picture } from "./picture.ts";
import { DROPBOX_SYNC, linkDropbox } from "./steps.ts";

const GRACE = { email: "grace@example.org", name: "Grace Hopper", password: "nanoseconds of wire" };
const INSTANCE = "/Apps/Twinfold/Analytical Engines/First Space/Master";

/** Who may only look at an instance's files has a copy of them in her Dropbox, and what she does there stays there. */
describe("the Dropbox Sync page of a viewer", { timeout: 200_000 }, () => {
  let world: NamedDropbox;
  let files: FilesPage;
  let editor: Page;
  let hers: Page;
  let settings: Locator;
  eachStepStandsOnTheLast();

  begin(
    () => startWithNamedDropbox(),
    async (begun) => {
      ({ world, page: editor } = begun);
      ({ page: hers } = await begun.another());
      settings = hers.getByRole("main");
      files = await openFilesPage({ ...begun, world: world.server });
      await files.upload("report.csv", "a,b\n1,2\n");
      await files.rowIsThere("report.csv");
      await joinAsViewer(editor, hers, GRACE);
    },
  );

  const dropbox = () => world.dropbox().accountFiles(world.accounts[1].email);
  const inDropbox = (name: string, content: string) =>
    vi.waitFor(
      async () =>
        expect(await text(Readable.from((await dropbox().read(`${INSTANCE}/${name}`)).content))).toBe(content),
      { timeout: PATIENCE, interval: 100 },
    );
  const says = (word: string) => settings.getByText(word, { exact: true }).first().waitFor();

  test("she links a Dropbox of her own, asks for a copy by the keyboard, and has it", async () => {
    await hers.goto(`${world.server.url}${DROPBOX_SYNC}`);
    await settings.getByText("it can follow the files of your instances").waitFor();
    await linkDropbox(hers, world.server, world.accounts[1]);
    await settings.getByText("It follows the files of each instance of which you keep a copy there").waitFor();
    const copy = settings.getByRole("checkbox", { name: "Keep a copy in my Dropbox of First Space › Master" });
    await copy.focus();
    await hers.keyboard.press("Space");
    await says("up to date");
    await inDropbox("report.csv", "a,b\n1,2\n");
    expect(await settings.getByRole("link", { name: "Start an application" }).count()).toBe(0);
  });

  test("what she changes there is listed as not synced, with the reason, and changes nothing here", async () => {
    const write = (name: string, content: string) =>
      dropbox().upload(`${INSTANCE}/${name}`, Readable.from([Buffer.from(content)]), { ifExists: "overwrite" });
    await write("report.csv", "a,b\n1,3\n");
    await write("mine.txt", "a note of hers");
    await settings.getByRole("heading", { name: "Not synced" }).waitFor();
    await settings.getByText("edited in Dropbox: what changes there does not come here").first().waitFor();
    await settings.getByText("new in Dropbox: what changes there does not come here").first().waitFor();
    expect(await (await editor.request.get(files.fileAddress("report.csv"))).text()).toBe("a,b\n1,2\n");
    expect((await editor.request.get(files.fileAddress("mine.txt"))).status()).toBe(404);
    await picture(hers, "dropbox-sync-viewer");
    await expectWell(hers, { schemes: ["dark", "light"] });
  });

  test("which files are excluded she sees, and is told why she can't change it before she tries", async () => {
    const headers = { "x-twinfold": "1", "content-type": "application/octet-stream" };
    await editor.request.put(files.fileAddress(".mignore"), { headers, data: "*.tmp\n" });
    const excluded = settings.locator("details").filter({ hasText: "Excluded files of First Space › Master" });
    const patterns = excluded.getByLabel("Patterns");
    await hers.reload();
    await excluded.getByText("Excluded files of").click();
    expect(await patterns.inputValue()).toBe("*.tmp\n");
    await excluded.getByText("ask a space administrator for the editor's role").waitFor();
    expect(await patterns.isEditable()).toBe(false);
    expect(await excluded.getByRole("button").count()).toBe(0);
    await expectWell(hers);
  });

  test("she pauses her copy, and resumes it", async () => {
    await settings.getByRole("button", { name: "Pause the sync of First Space › Master" }).click();
    await says("paused");
    await hers.goto(`${world.server.url}${DROPBOX_SYNC}`);
    await settings.getByRole("button", { name: "Resume the sync of First Space › Master" }).click();
    await settings.getByRole("button", { name: "Pause the sync of First Space › Master" }).waitFor();
  });
});
