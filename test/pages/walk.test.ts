import { describe, expect, test } from "vitest";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { connectOtherClient, type OtherClient } from "./other-client.ts";
import { picture } from "./picture.ts";
import { type Account, type ServerProcess, startServerProcess } from "./server-process.ts";
import {
  consentPage,
  DROPBOX_SYNC,
  enableAccess,
  inTerminal,
  logInToDropbox,
  startTerminal,
  terminalReady,
  until,
  untilTerminal,
} from "./steps.ts";

/** The first instance, below the app folder. */
const INSTANCE = "/Analytical Engines/First Space/Master";

/**
 * A user's day, what goes wrong in it included: each step goes on where the one before ended, in one browser, against the whole
 * system and its local Dropbox. What the platform's page promises is walked through in `promises`.
 */
describe("a user links her Dropbox and works", { timeout: 400_000 }, () => {
  let server: ServerProcess;
  let me: Visitor;
  let dropbox: Account & { readonly url: string };
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

  begin(
    () => startServerProcess(),
    (begun) => {
      ({ world: server, me } = begun);
      if (server.dropbox === null) throw new Error("no local Dropbox was started along");
      ({ dropbox } = server);
    },
  );
  eachStepStandsOnTheLast();

  test("she logs in, and an organization, a space and an instance are there", async () => {
    const shown = await me.page.locator("body").textContent();
    for (const name of ["Analytical Engines", "First Space", "Master"]) expect(shown).toContain(name);
  });

  test("she links her Dropbox, and starts a terminal", async () => {
    await enableAccess(me.page, server);
    await logInToDropbox(me.page, dropbox);
    const appKey = (await consentPage(me.page)).searchParams.get("client_id") ?? "";
    await me.page.getByRole("button", { name: "Allow" }).click();
    await me.page.getByText(dropbox.email).first().waitFor();
    laptop = await connectOtherClient(me.context, dropbox.url, appKey);
    await startTerminal(me.page, server);
    await inTerminal(me.page, "echo hello > /files/hello.txt; echo 1 > /files/goes.txt");
    await arrivesInDropbox("hello.txt", "hello\n");
    await arrivesInDropbox("goes.txt", "1\n");
  });

  test("both versions of a conflict are there, on both sides", async () => {
    // Paused, so that each side is certain not to have seen the other's edit.
    await me.page.goto(`${server.url}${DROPBOX_SYNC}`);
    await me.page.getByRole("button", { name: "Pause the sync of First Space › Master" }).click();
    await showsStatus("paused");
    await expectWell(me.page, { schemes: ["dark", "light"] });
    await picture(me.page, "dropbox-sync-paused");
    await openTerminal();
    await inTerminal(me.page, "echo from the terminal > /files/hello.txt");
    await laptop.write(`${INSTANCE}/hello.txt`, "from the laptop\n");
    await me.page.goto(`${server.url}${DROPBOX_SYNC}`);
    await me.page.getByRole("button", { name: "Resume the sync of First Space › Master" }).click();

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
    await laptop.remove(`${INSTANCE}/goes.txt`);
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
    await untilTerminal(me.page, "ls /files/goes.txt", (output) => output.includes("No such file"));
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
});
