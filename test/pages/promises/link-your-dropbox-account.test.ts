import { describe, expect, test } from "vitest";
import { begin } from "../beginning.ts";
import { expectWell } from "../both-widths.ts";
import type { Visitor } from "../chromium.ts";
import { eachStepStandsOnTheLast } from "../each-step.ts";
import { type NamedDropbox, startWithNamedDropbox } from "../named-dropbox.ts";
import { connectOtherClient } from "../other-client.ts";
import { picture } from "../picture.ts";
import type { ServerProcess } from "../server-process.ts";
import {
  consentAs,
  consentPage,
  DROPBOX_SYNC,
  disconnectDropbox,
  inTerminal,
  linkDropbox,
  logInToDropbox,
  startTerminal,
  terminalReady,
  untilTerminal,
} from "../steps.ts";
import { APP_FOLDER, type HerDropbox, herDropbox, lookInto, MASTER } from "./her-dropbox.ts";

/** The page's first chapter, as its reader goes through it, and what Twinfold does beyond it. */
describe("Link your Dropbox account", { timeout: 300_000 }, () => {
  let world: NamedDropbox;
  let server: ServerProcess;
  let me: Visitor;
  let page: Visitor["page"];
  let mine: HerDropbox;
  eachStepStandsOnTheLast();

  begin(
    () => startWithNamedDropbox({ stats: true }),
    (begun) => {
      ({ world, me, page } = begun);
      ({ server } = world);
      mine = herDropbox(world, world.accounts[0]);
    },
  );

  const main = () => page.getByRole("main");
  const looksWell = () => expectWell(page, { schemes: ["dark", "light"] });
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  async function stop(): Promise<void> {
    await page.goto(server.url);
    await button("Stop").click();
    await button("Start").first().waitFor();
  }
  const atDropbox = (path: string) => page.goto(`${world.dropbox().url}${path}`);

  test("R1: Account > Settings > Dropbox Sync has Enable Access, which leads to Dropbox to log in and authorize reading and writing", async () => {
    await page.getByRole("navigation", { name: "Account" }).getByRole("link", { name: "Dropbox Sync" }).click();
    expect(new URL(page.url()).pathname).toBe(DROPBOX_SYNC);
    await main().getByRole("heading", { name: "Not linked" }).waitFor();
    await looksWell();
    await picture(page, "dropbox-sync-not-linked");
    await button("Enable Access").click();
    await logInToDropbox(page, world.accounts[0]);
    expect((await consentPage(page)).origin).toBe(world.dropbox().url);
    const asked = await page.locator("body").textContent();
    expect(asked).toMatch(/files\.content\.read/);
    expect(asked).toMatch(/files\.content\.write/);
    await picture(page, "dropbox-consent");
    await button("Cancel").click();
    await page
      .getByRole("alert")
      .getByText(/cancelled/i)
      .waitFor();
    await button("Enable Access").click();
    await consentPage(page);
    await button("Allow").click();
    await page.getByText("Your Dropbox is linked").waitFor();
    expect(new URL(page.url()).pathname).toBe(DROPBOX_SYNC);
  });

  test("R1, beyond: Disconnect asks first, and takes the link back at Dropbox too", async () => {
    await disconnectDropbox(page);
    await atDropbox("/account");
    await page.getByText("No app is connected.").waitFor();
  });

  test("R1, beyond: whoever takes the link back at Dropbox is offered Reconnect, and goes on", async () => {
    await linkDropbox(page, server, world.accounts[0]);
    await atDropbox("/account");
    await page.getByRole("link", { name: "Disconnect Twinfold" }).click();
    await button("Disconnect").click();
    await page.getByText("No app is connected.").waitFor();
    await page.goto(`${server.url}${DROPBOX_SYNC}`);
    await page.getByRole("alert").getByText("no longer accepts this link").waitFor();
    await looksWell();
    await picture(page, "dropbox-sync-reconnect");
    await button("Reconnect").click();
    await consentAs(page, world.accounts[0]);
    await button("Allow").click();
    await page.getByText("Your Dropbox is linked").waitFor();
    expect(await button("Reconnect").count()).toBe(0);
  });

  test("R2: logged in at Dropbox, it is that account; logged out there before, one chooses any, whatever its e-mail", async () => {
    const [ada, grace] = world.accounts;
    await disconnectDropbox(page);
    await button("Enable Access").click();
    await consentPage(page);
    await page.getByText(`(${ada.email})`).waitFor();
    await atDropbox("/files");
    await button("Log out").click();
    await linkDropbox(page, server, grace);
    expect(grace.email).not.toBe(server.user.email);
  });

  test("R2, beyond: the page names the linked account: its name, its e-mail, the space that it uses", async () => {
    expect(await main().textContent()).toMatch(/Linked to Grace H\..*grace@elsewhere\.example.*\d B of [\d.]+ TB/s);
  });

  test("R1, beyond: Use another Dropbox account changes accounts, and what the first one has stays there", async () => {
    const [ada, grace] = world.accounts;
    await startTerminal(page, server);
    await inTerminal(page, "echo shared > /files/moves-house.txt");
    await herDropbox(world, grace).has("moves-house.txt", "shared\n");
    await page.goto(`${server.url}${DROPBOX_SYNC}`);
    await button("Use another Dropbox account").click();
    // Though grace is logged in at Dropbox, it asks who one is.
    await logInToDropbox(page, ada);
    await button("Allow").click();
    await page.getByText(ada.email).first().waitFor();
    await mine.has("moves-house.txt", "shared\n");
    expect(await herDropbox(world, grace).read("moves-house.txt")).toBe("shared\n");
  });

  test("R3: Twinfold has its own folder, Apps > Twinfold, and neither sees nor touches anything else", async () => {
    const beside = herDropbox(world, world.accounts[0], "");
    await beside.write("private/diary.txt", "nobody's business");
    await beside.write("Apps/Another/notes.txt", "another app's");
    await page.goto(`${server.url}${DROPBOX_SYNC}`);
    await main().getByText("Apps › Twinfold › Organization › Space › Instance").waitFor();
    // With all that its access is good for.
    const asTwinfold = await connectOtherClient(me.context, world.dropbox().url, world.app.appKey);
    expect((await asTwinfold.paths()).filter((path) => !path.startsWith("/Analytical Engines/"))).toEqual([]);
    expect(await beside.read("private/diary.txt")).toBe("nobody's business");
    expect(await beside.read("Apps/Another/notes.txt")).toBe("another app's");
  });

  test("R4: Organization > Space > Instance is what is found inside Apps > Twinfold at Dropbox", async () => {
    await lookInto(page, world, "Apps", "Twinfold", "Analytical Engines", "First Space", "Master");
    await page.getByRole("table").getByRole("link", { name: "moves-house.txt", exact: true }).waitFor();
    await picture(page, "local-dropbox-files");
  });

  test("R4, beyond: a rename is one move there; a name that Dropbox refuses has a folder of another, and the page says which", async () => {
    const files = world.dropbox().accountFiles(world.accounts[0].email);
    const before = await files.get(MASTER);
    await world.control("stats", {}, "DELETE");
    await page.goto(`${server.url}/admin`);
    await main().getByRole("link", { name: "Master", exact: true }).first().click();
    const rename = async (to: string) => {
      await button("Rename").click();
      await page.getByRole("dialog").getByLabel("Name").fill(to);
      await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
      await page.getByRole("heading", { level: 1, name: to }).waitFor();
      await page.getByText("Renamed.").waitFor();
    };
    await rename("Thesis 1/2");
    await page.getByText("the folder is called “Thesis 1∕2”").waitFor();
    await picture(page, "admin-instance");
    const renamed = `${APP_FOLDER}/Analytical Engines/First Space/Thesis 1∕2`;
    expect([await files.get(MASTER), await files.get(renamed)]).toMatchObject([
      null,
      { kind: "folder", id: before?.kind === "folder" ? before.id : "" },
    ]);
    await herDropbox(world, world.accounts[0], renamed).write("arrives.txt", "in its new place\n");
    await page.goto(server.url);
    await page.getByRole("link", { name: "Open", exact: true }).first().click();
    await terminalReady(page);
    await untilTerminal(page, "cat /files/arrives.txt", (output) => output === "in its new place");
    const { routes } = (await world.control("stats", {}, "GET")) as { routes: Record<string, { requests: number }> };
    expect(Object.keys(routes).filter((route) => /upload|copy|delete|create_folder/.test(route))).toEqual([]);
    expect(routes["files/move_v2"]?.requests).toBe(1);
    await page.goto(`${server.url}/admin`);
    await main().getByRole("link", { name: "Thesis 1/2", exact: true }).first().click();
    await rename("Master");
    expect((await files.get(MASTER))?.kind).toBe("folder");
  });

  test("R5: sync begins when an application is started, and one that runs already is stopped and started again", async () => {
    await stop();
    await page.goto(`${server.url}${DROPBOX_SYNC}`);
    await disconnectDropbox(page);
    await startTerminal(page, server);
    await inTerminal(page, "echo first > /files/before-linking.txt");
    await linkDropbox(page, server, world.accounts[0]);
    await stop();
    await startTerminal(page, server);
    await mine.has("before-linking.txt", "first\n");
  });

  test("R5, beyond: it begins at once at linking, in the application that runs already", async () => {
    await inTerminal(page, "still=here");
    const second = await me.context.newPage();
    await second.goto(`${server.url}${DROPBOX_SYNC}`);
    await disconnectDropbox(second);
    await inTerminal(page, "echo second > /files/while-unlinked.txt");
    expect(await mine.read("while-unlinked.txt")).toBe(null);
    await linkDropbox(second, server, world.accounts[0]);
    await mine.has("while-unlinked.txt", "second\n");
    expect(await inTerminal(page, "echo $still")).toBe("here");
    await second.close();
  });
});
