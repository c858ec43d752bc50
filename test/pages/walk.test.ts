import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, type Visitor, visit } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { connectOtherClient, type OtherClient } from "./other-client.ts";
import { type Account, type ServerProcess, startServerProcess } from "./server-process.ts";
import {
  consentPage,
  DROPBOX_SYNC,
  enableAccess,
  inTerminal,
  logIn,
  logInToDropbox,
  startTerminal,
  terminalReady,
  until,
  untilTerminal,
} from "./steps.ts";

/** The first instance, below the app folder. */
const INSTANCE = "/Analytical Engines/First Space/Master";

/**
 * The main job, as its user does it: each step goes on where the one before ended, in one browser, against the whole system
 * and its local Dropbox.
 */
describe("a user links her Dropbox and works", { timeout: 400_000 }, () => {
  let browser: Browser;
  let server: ServerProcess;
  let me: Visitor;
  let dropbox: Account & { readonly url: string };
  let appKey: string;
  let laptop: OtherClient;

  const inDropbox = (name: string) => laptop.read(`${INSTANCE}/${name}`);
  const namesInDropbox = async () =>
    (await laptop.paths())
      .filter((path) => path.startsWith(`${INSTANCE}/`))
      .map((path) => path.slice(INSTANCE.length + 1));
  const arrivesInDropbox = (name: string, content: string) =>
    until(
      () => inDropbox(name),
      (found) => found === content,
    );
  const showsStatus = (word: string) => me.page.getByRole("main").getByText(word, { exact: true }).first().waitFor();
  const openTerminal = async () => {
    await me.page.goto(server.url);
    await me.page.getByRole("link", { name: "Open", exact: true }).first().click();
    await terminalReady(me.page);
  };

  beforeAll(async () => {
    browser = await openBrowser();
    server = await startServerProcess();
    if (server.dropbox === null) throw new Error("no local Dropbox was started along");
    dropbox = server.dropbox;
    me = await visit(browser);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.dispose();
  }, 60_000);

  eachStepStandsOnTheLast();

  test("she logs in, and an organization, a space and an instance are there", async () => {
    await logIn(me.page, server);
    const shown = await me.page.locator("body").textContent();
    for (const name of ["Analytical Engines", "First Space", "Master"]) expect(shown).toContain(name);
  });

  test("Enable Access leads to Dropbox's own login and consent pages; Cancel links nothing", async () => {
    await enableAccess(me.page, server);
    await logInToDropbox(me.page, dropbox);
    const asked = await consentPage(me.page);
    expect(asked.origin).toBe(dropbox.url);
    appKey = asked.searchParams.get("client_id") ?? "";
    const words = await me.page.locator("body").textContent();
    expect(words).toContain("Apps > Twinfold");
    expect(words).toMatch(/files\.content\.read/);
    expect(words).toMatch(/files\.content\.write/);

    await me.page.getByRole("button", { name: "Cancel" }).click();
    await me.page
      .getByText(/cancelled/i)
      .first()
      .waitFor();
    expect(new URL(me.page.url()).pathname).toBe(DROPBOX_SYNC);
    await me.page.getByRole("button", { name: "Enable Access" }).waitFor();
  });

  test("Allow leads back to the settings page, which names the account and its used space", async () => {
    await me.page.getByRole("button", { name: "Enable Access" }).click();
    await consentPage(me.page);
    await me.page.getByRole("button", { name: "Allow" }).click();
    await me.page.getByText(dropbox.email).first().waitFor();
    expect(new URL(me.page.url()).pathname).toBe(DROPBOX_SYNC);
    await me.page
      .getByText(/\d [A-Za-z]+ of [\d.]+ TB/)
      .first()
      .waitFor();
    laptop = await connectOtherClient(me.context, dropbox.url, appKey);
  });

  test("what she types into being in the terminal arrives in Dropbox, under Organization > Space > Instance", async () => {
    await startTerminal(me.page, server);
    await inTerminal(me.page, "echo hello > /files/hello.txt");
    await arrivesInDropbox("hello.txt", "hello\n");
  });

  test("what is put into Dropbox arrives in the terminal", async () => {
    await laptop.write(`${INSTANCE}/from-laptop.txt`, "good day\n");
    await untilTerminal(me.page, "cat /files/from-laptop.txt", (output) => output === "good day");
  });

  test("edits, renames, moves and deletions in the terminal are the same in Dropbox; nested and empty folders too", async () => {
    await inTerminal(
      me.page,
      "mkdir -p /files/deep/er/still /files/empty; echo one > /files/deep/er/still/one.txt; echo two > /files/two.txt",
    );
    await arrivesInDropbox("deep/er/still/one.txt", "one\n");
    await until(namesInDropbox, (names) => names.includes("empty/"));
    await arrivesInDropbox("two.txt", "two\n");

    await inTerminal(
      me.page,
      "cd /files; echo more >> hello.txt; mv two.txt second.txt; mv deep/er renamed; rm -r from-laptop.txt empty",
    );
    await arrivesInDropbox("hello.txt", "hello\nmore\n");
    const names = await until(namesInDropbox, (found) => !found.includes("empty/") && found.includes("second.txt"));
    await arrivesInDropbox("renamed/still/one.txt", "one\n");
    expect(names).not.toContain("two.txt");
    await until(namesInDropbox, (found) => !found.includes("from-laptop.txt") && !found.includes("deep/er/"));
  });

  test("edits, renames, moves and deletions in Dropbox are the same in the terminal", async () => {
    await laptop.write(`${INSTANCE}/hello.txt`, "edited on the laptop\n");
    await laptop.move(`${INSTANCE}/renamed`, `${INSTANCE}/deep/renamed`);
    await laptop.remove(`${INSTANCE}/second.txt`);
    await laptop.createFolder(`${INSTANCE}/made on the laptop`);
    await untilTerminal(
      me.page,
      "cd /files; cat hello.txt; find . -mindepth 1 -not -path './.twinfold*' | sort",
      (output) =>
        output ===
        [
          "edited on the laptop",
          "./deep",
          "./deep/renamed",
          "./deep/renamed/still",
          "./deep/renamed/still/one.txt",
          "./hello.txt",
          "./made on the laptop",
        ].join("\n"),
    );
  });

  test("both versions of a conflict are there, on both sides", async () => {
    // Paused, so that each side is certain not to have seen the other's edit.
    await me.page.goto(`${server.url}${DROPBOX_SYNC}`);
    await me.page.getByRole("button", { name: "Pause" }).click();
    await showsStatus("paused");
    await openTerminal();
    await inTerminal(me.page, "echo from the terminal > /files/hello.txt");
    await laptop.write(`${INSTANCE}/hello.txt`, "from the laptop\n");
    await me.page.goto(`${server.url}${DROPBOX_SYNC}`);
    await me.page.getByRole("button", { name: "Resume" }).click();

    const isCopy = (name: string) => /^hello \(.* conflicted copy \d{4}-\d\d-\d\d\)\.txt$/.test(name);
    const [copy = ""] = (await until(namesInDropbox, (names) => names.some(isCopy))).filter(isCopy);
    await arrivesInDropbox("hello.txt", "from the laptop\n");
    await arrivesInDropbox(copy, "from the terminal\n");
    await me.page.getByText(copy).first().waitFor();
    await openTerminal();
    await untilTerminal(me.page, "cat /files/hello*.txt", (output) => output === "from the terminal\nfrom the laptop");

    await inTerminal(me.page, "rm /files/hello\\ *");
    await until(namesInDropbox, (names) => !names.some(isCopy));
  });

  test("/files/.mignore keeps matching files out, both ways, from the moment it is saved", async () => {
    await inTerminal(me.page, "echo '*.secret' > /files/.mignore; echo 1 > /files/a.secret; echo 1 > /files/a.open");
    await arrivesInDropbox(".mignore", "*.secret\n");
    await arrivesInDropbox("a.open", "1\n");
    await laptop.write(`${INSTANCE}/b.secret`, "2\n");
    await laptop.write(`${INSTANCE}/b.open`, "2\n");
    await untilTerminal(me.page, "ls /files/*.open /files/*.secret", (output) => output.includes("b.open"));
    expect(await inTerminal(me.page, "ls /files/*.secret")).toBe("/files/a.secret");
    expect(await inDropbox("a.secret")).toBeNull();

    // The other way to edit it: on the settings page.
    await me.page.goto(`${server.url}${DROPBOX_SYNC}`);
    await me.page.getByText("Excluded files of Master").click();
    const patterns = me.page.getByLabel("Patterns").first();
    expect(await patterns.inputValue()).toBe("*.secret\n");
    await patterns.fill("");
    await me.page.getByRole("button", { name: "Save" }).first().click();
    await arrivesInDropbox("a.secret", "1\n");
    await openTerminal();
    await untilTerminal(me.page, "cat /files/b.secret", (output) => output === "2");
  });

  test("the status on the page changes by itself, with progress while much is brought over", async () => {
    const watching = await me.context.newPage();
    await watching.goto(`${server.url}${DROPBOX_SYNC}`);
    const master = watching.getByRole("main");
    await master.getByText("up to date", { exact: true }).first().waitFor();
    const progress = master
      .getByText(/\d+ of \d+ files/)
      .first()
      .waitFor();
    await inTerminal(
      me.page,
      "mkdir /files/many; for i in $(seq 300); do head -c 200000 /dev/urandom > /files/many/$i.bin; done",
    );
    await progress;
    await until(namesInDropbox, (names) => names.filter((name) => name.startsWith("many/")).length === 301);
    await master.getByText("up to date", { exact: true }).first().waitFor();
    await watching.close();
  });

  test("Stop flushes the last changes first; then nothing is synced, and both sides are reconciled at the next start", async () => {
    await inTerminal(me.page, "echo at the last moment > /files/last.txt");
    await me.page.goto(server.url);
    await me.page.getByRole("button", { name: "Stop", exact: true }).click();
    await me.page.getByRole("button", { name: "Start", exact: true }).first().waitFor();
    await showsStatus("not running");
    expect(await inDropbox("last.txt")).toBe("at the last moment\n");

    await laptop.write(`${INSTANCE}/while-stopped.txt`, "in Dropbox\n");
    await laptop.remove(`${INSTANCE}/a.open`);
    await me.page.getByRole("link", { name: "Files" }).first().click();
    await me.page.getByLabel("Files to upload").setInputFiles({
      name: "uploaded.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("by the page\n"),
    });
    await me.page.getByRole("cell", { name: "uploaded.txt" }).waitFor();
    expect(await me.page.getByRole("cell", { name: "while-stopped.txt" }).count()).toBe(0);
    expect(await inDropbox("uploaded.txt")).toBeNull();

    await startTerminal(me.page, server);
    await untilTerminal(me.page, "cat /files/while-stopped.txt", (output) => output === "in Dropbox");
    await arrivesInDropbox("uploaded.txt", "by the page\n");
    await untilTerminal(me.page, "ls /files/a.open", (output) => output.includes("No such file"));
  });

  test("after kill -9 in the midst of it the next start goes on as if nothing had happened", async () => {
    await inTerminal(me.page, "for i in $(seq 200); do echo $i > /files/many/$i.txt; done");
    await server.kill();
    await laptop.paths().then(
      () => expect.unreachable("the server still answers"),
      () => undefined,
    );
    await server.startAgain();

    // The same page, without a reload: its terminal comes back, with a shell of its own.
    await terminalReady(me.page);
    await inTerminal(me.page, "echo afterwards > /files/afterwards.txt");
    await arrivesInDropbox("afterwards.txt", "afterwards\n");
    await arrivesInDropbox("many/200.txt", "200\n");
    const names = await until(
      namesInDropbox,
      (found) => found.filter((name) => /^many\/\d+\.txt$/.test(name)).length === 200,
    );
    expect(names.filter((name) => name.includes("conflicted copy"))).toEqual([]);
    await laptop.write(`${INSTANCE}/hello.txt`, "still in sync\n");
    await untilTerminal(me.page, "cat /files/hello.txt", (output) => output === "still in sync");
  });

  test("no page threw an error on the way", () => {
    expect(me.thrown).toEqual([]);
  });
});
