import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { atWork, begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type NamedDropbox, startWithNamedDropbox } from "./named-dropbox.ts";
import { picture } from "./picture.ts";
import { consentAs, DROPBOX_SYNC, inTerminal, until } from "./steps.ts";

const INSTANCE = "/Apps/Twinfold/Analytical Engines/First Space/Master";
const MIB = 1024 * 1024;

/**
 * The settings page stays open in one window and is never reloaded: what it says comes by itself. Each step begins and ends with
 * all up to date, and makes the files that it needs, so that it can be run alone.
 */
describe("the status on the page says what is wrong, and when it is over", { timeout: 400_000 }, () => {
  let world: NamedDropbox;
  let terminal: Page;
  let settings: Locator;
  eachStepStandsOnTheLast();

  begin(
    () => startWithNamedDropbox({ quotaBytes: 4 * MIB }, { TWINFOLD_RESCAN_SECONDS: "100" }),
    async (begun) => {
      ({ page: terminal, world } = begun);
      const watching = await atWork(begun);
      await watching.goto(`${world.server.url}${DROPBOX_SYNC}`);
      settings = watching.getByRole("main");
      await says("up to date");
    },
  );

  const says = (word: string) => settings.getByText(word, { exact: true }).first().waitFor();
  const looksWell = () => expectWell(settings.page(), { schemes: ["dark", "light"] });
  const arrives = (name: string) =>
    until(
      () => world.dropbox().accountFiles(world.accounts[0].email).get(`${INSTANCE}/${name}`),
      (found) => found?.kind === "file",
    );

  test("what other machines write comes later, and how much later is said, where it is set so", async () => {
    const said = "All files are looked at again and again, as it was set: changes by other machines are found within";
    await settings.getByText(`${said} 2 minutes.`).waitFor();
  });

  test("offline while Dropbox can't be reached, up to date once what was changed meanwhile is over", async () => {
    await world.close();
    try {
      await inTerminal(terminal, "echo meanwhile > /files/meanwhile.txt");
      await says("offline");
      await looksWell();
      await picture(settings.page(), "dropbox-sync-offline");
    } finally {
      await world.open();
    }
    await arrives("meanwhile.txt");
    await says("up to date");
  });

  test("syncing says how far it is while much is on its way", async () => {
    await world.control("conditions", { uploadBytesPerSecond: 100_000 });
    try {
      await inTerminal(
        terminal,
        "mkdir /files/plots; for i in $(seq 30); do head -c 50000 /dev/urandom > /files/plots/$i.png; done",
      );
      await settings.getByText(/\d+ of \d+ files/).waitFor();
      await settings.getByRole("progressbar", { name: "Progress of the sync" }).waitFor();
      await looksWell();
      await picture(settings.page(), "dropbox-sync-syncing");
    } finally {
      await world.control("conditions", { uploadBytesPerSecond: null });
    }
    await arrives("plots/30.png");
    await inTerminal(terminal, "rm -r /files/plots");
    await says("up to date");
  });

  test("Dropbox full while there is no room in it; what comes from Dropbox goes on coming", async () => {
    await inTerminal(terminal, "head -c 6M /dev/zero > /files/large.bin");
    await says("Dropbox full");
    await looksWell();
    await picture(settings.page(), "dropbox-sync-full");
    const files = world.dropbox().accountFiles(world.accounts[0].email);
    await files.upload(`${INSTANCE}/small.txt`, bytesOf("still coming\n"));
    await until(
      () => inTerminal(terminal, "cat /files/small.txt"),
      (output) => output === "still coming",
    );
    await inTerminal(terminal, "rm /files/large.bin");
    await says("up to date");
  });

  test("needs attention while something can't be synced, with its name and the reason", async () => {
    // Told to who listens is what changes, once it has lasted two seconds: what the page was opened with has to have lasted, too.
    await settings.page().waitForTimeout(3_000);
    await inTerminal(terminal, "cd /files; echo 1 > plain.txt; ln -s plain.txt shortcut; touch 'notes '; mkfifo queue");
    const listed = settings.getByRole("listitem").locator("code");
    await until(
      () => listed.allTextContents(),
      (names) => names.join() === "notes ,queue,shortcut",
    );
    await says("needs attention");
    expect(await settings.textContent()).toMatch(/shortcut.*symbolic link/is);
    await looksWell();
    await picture(settings.page(), "not-synced");
    // Whoever listens hears it once, though it stands in several places.
    const heard = settings.page().getByRole("status").filter({ hasText: "needs attention" });
    await heard.waitFor({ state: "attached" });
    expect(await heard.textContent()).toBe("First Space › Master: needs attention");
    expect(await heard.count()).toBe(1);
    await inTerminal(terminal, "rm shortcut 'notes ' queue");
    await settings.getByText("shortcut").first().waitFor({ state: "detached" });
    await says("up to date");
  });

  test("a mass deletion is held until the user says so; Bring the files back brings them back", async () => {
    await inTerminal(terminal, "mkdir /files/heap; for i in $(seq 150); do echo $i > /files/heap/$i.txt; done");
    await arrives("heap/150.txt");
    await says("up to date");
    await inTerminal(terminal, "rm /files/heap/*");
    const back = settings.getByRole("button", { name: "Bring the files back" });
    await back.waitFor();
    await says("needs attention");
    await settings.getByText("heap/1.txt", { exact: true }).waitFor();
    // The first of them, so that what stands below is not pushed out of sight; the others when she asks for them.
    expect(await settings.getByRole("listitem").count()).toBe(10);
    await looksWell();
    await picture(settings.page(), "held-deletions");
    await settings.getByText("and 140 more").click();
    await settings.getByText("heap/99.txt", { exact: true }).waitFor();
    await arrives("heap/1.txt");
    await back.click();
    await until(
      () => inTerminal(terminal, "ls /files/heap | wc -l"),
      (count) => count === "150",
    );
    await says("up to date");

    await inTerminal(terminal, "rm /files/heap/*");
    await settings.getByRole("button", { name: /^Apply \d+ deletions?$/ }).click();
    await until(
      () => world.dropbox().accountFiles(world.accounts[0].email).list(`${INSTANCE}/heap`),
      (entries) => entries.length === 0,
    );
  });

  test("its folder deleted in Dropbox, files go from here only if the user says so; else the folder comes back", async () => {
    await inTerminal(terminal, "echo here > /files/here.txt");
    await arrives("here.txt");
    await says("up to date");
    const files = world.dropbox().accountFiles(world.accounts[0].email);
    const ask = async (button: string) => {
      await files.delete(INSTANCE);
      await settings.getByRole("button", { name: button }).waitFor();
      await looksWell();
      await picture(settings.page(), "dropbox-sync-folder-gone");
      expect(await inTerminal(terminal, "ls /files/here.txt")).toBe("/files/here.txt");
      await settings.getByRole("button", { name: button }).click();
    };
    await ask("Bring the folder back");
    await arrives("here.txt");
    await says("up to date");
    await ask("Delete the files here too");
    await until(
      () => inTerminal(terminal, "ls /files"),
      (names) => names === "",
    );
    await says("up to date");
  });

  test("reconnect when the link was taken back at Dropbox; Reconnect goes on where it stopped", async () => {
    const { accountId } = await world.dropbox().ensureAccount({ name: "Ada L.", ...world.accounts[0] });
    await world.control("revoke-link", { accountId, appKey: world.app.appKey });
    await inTerminal(terminal, "echo kept > /files/kept.txt");
    await says("reconnect");
    await looksWell();
    const page = settings.page();
    await settings.getByRole("button", { name: "Reconnect" }).click();
    await consentAs(page, world.accounts[0]);
    await page.getByRole("button", { name: "Allow" }).click();
    await settings.getByText(world.accounts[0].email).first().waitFor();
    await arrives("kept.txt");
    await says("up to date");
  });
});

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
