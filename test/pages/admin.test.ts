import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { problemsOf } from "./axe.ts";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { picture } from "./picture.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { linkDropbox, until } from "./steps.ts";

const GRACE = { email: "grace@example.org", name: "Grace Hopper", password: "nanoseconds of wire" };

/** As a manager and the people she invites do it: each step goes on where the one before ended. */
describe("organizations, spaces, instances and their members", { timeout: 200_000 }, () => {
  let server: ServerProcess;
  let me: Visitor;
  let page: Page;
  let grace: Visitor;
  let another: () => Promise<Visitor>;
  eachStepStandsOnTheLast();

  begin(startServerProcess, async (begun) => {
    ({ me, page, another, world: server } = begun);
    grace = await another();
  });

  const looksWell = (on: Page) => expectWell(on, { schemes: ["dark", "light"] });
  const dialog = () => page.getByRole("dialog");
  async function fillName(name: string, button: string): Promise<void> {
    await dialog().getByLabel("Name").fill(name);
    await dialog().getByRole("button", { name: button }).click();
  }
  const heading = (name: string, on = page) => on.getByRole("heading", { level: 1, name }).waitFor();
  async function openUnit(...names: string[]): Promise<void> {
    await page.getByRole("link", { name: "Admin" }).first().click();
    await heading("Admin");
    let place = page.getByRole("main");
    for (const name of names.slice(0, -1)) place = place.getByRole("region", { name, exact: true });
    await place.getByRole("link", { name: names.at(-1) ?? "", exact: true }).click();
    await heading(names.at(-1) ?? "");
  }
  /** The instances that a browser's navigation shows. */
  const shownTo = async ({ page: theirs }: Visitor) =>
    (await theirs.getByRole("navigation", { name: "Instances" }).getByRole("heading").allTextContents()).join("\n");

  test("a new space has Master and Distributed, in the navigation at once, and a new instance comes beside them", async () => {
    await page.getByRole("link", { name: "Admin" }).click();
    await page.getByRole("button", { name: "New space" }).click();
    expect(await page.title()).toBe("Admin · Twinfold");
    await fillName("Numerics", "Create");
    const space = page.getByRole("region", { name: "Numerics", exact: true });
    for (const name of ["Master", "Distributed"]) await space.getByRole("link", { name }).waitFor();
    await space.getByRole("button", { name: "New instance" }).click();
    await fillName("master", "Create");
    // What is wrong with a name is said beside it, and it can be changed there.
    await dialog().getByText("choose another name").waitFor();
    await fillName("Homework", "Create");
    await space.getByRole("link", { name: "Homework" }).waitFor();
    await until(
      () => shownTo(me),
      (shown) => shown.includes("Numerics › Homework"),
    );
    await picture(page, "admin");
    await openUnit("Numerics");
    expect(await page.title()).toBe("Admin of Numerics · Twinfold");
    await looksWell(page);
    await picture(page, "admin-space");
  });

  test("whoever is invited follows the link, sets a password, and is in", async () => {
    await openUnit("Numerics", "Homework");
    await page.getByLabel("E-mail").fill(GRACE.email);
    await page.locator("form").getByRole("combobox").selectOption("instance viewer");
    await page.getByRole("button", { name: "Invite" }).click();
    const link = await page.getByLabel("Invitation link").inputValue();
    const invited = page.getByRole("row").filter({ hasText: `${GRACE.email} invited` });
    for (const place of [invited, page.getByRole("status").filter({ hasText: "Pass this link on" })])
      await place.locator("time[title]", { hasText: "in 14 days" }).waitFor();

    await grace.page.goto(link);
    await grace.page.getByText("Analytical Engines › Numerics › Homework").waitFor();
    expect(await grace.page.title()).toBe("Invitation · Twinfold");
    await looksWell(grace.page);
    await picture(grace.page, "invitation");
    await grace.page.getByLabel("Your name").fill(GRACE.name);
    await grace.page.getByLabel("New password").fill(GRACE.password);
    await grace.page.getByRole("button", { name: "Join" }).click();
    await heading("Applications", grace.page);
    expect(await shownTo(grace)).toBe("Analytical Engines › Numerics › Homework");
    expect(await grace.page.getByRole("link", { name: "Admin" }).count()).toBe(0);
    // Once only.
    const again = await another();
    await again.page.goto(link);
    await again.page.getByText("ask whoever invited you, or another administrator, for a new link").waitFor();
    await again.context.close();
  });

  test("a viewer may start nothing, until she is made an editor: her page shows it by itself", async () => {
    await grace.page.getByText("ask a space administrator for the editor's role").waitFor();
    expect(await grace.page.getByRole("button", { name: "Start" }).count()).toBe(0);
    await page.reload();
    await page.getByLabel(`Role of ${GRACE.name}`).selectOption("instance editor");
    await grace.page.getByRole("button", { name: "Start", exact: true }).first().waitFor();
  });

  test("a rename shows everywhere, with the name that Dropbox takes where it refuses one", async () => {
    if (server.dropbox === null) throw new Error("no local Dropbox was started along");
    await linkDropbox(page, server, server.dropbox);
    await openUnit("Numerics", "Homework");
    await page.getByRole("button", { name: "Rename" }).click();
    await fillName("Homework 1/2", "Rename");
    await heading("Homework 1/2");
    await page.getByText("Renamed.").waitFor();
    await page.getByText("the folder is called “Homework 1∕2”").waitFor();
    await until(
      () => shownTo(grace),
      (shown) => shown.endsWith("Homework 1/2"),
    );
  });

  test("what is archived is out of its members' sight, and comes back", async () => {
    await page.getByText("stays with all that is in it, and no longer follows").waitFor();
    await page.getByRole("button", { name: "Archive" }).click();
    await page.getByText("archived", { exact: true }).waitFor();
    await page.getByText("Once it is brought back, sync goes on where it ended").waitFor();
    await grace.page.goto(server.url);
    await grace.page.getByText("You are in no instance yet").waitFor();
    expect(await grace.page.title()).toBe("No instance · Twinfold");
    await looksWell(grace.page);
    await picture(grace.page, "no-instance");
    await page.getByRole("button", { name: "Bring back" }).click();
    await heading("Applications", grace.page);
  });

  test("Remove asks first, says what stays, and ends what she sees", async () => {
    await page.getByRole("button", { name: `Remove ${GRACE.name}` }).click();
    await dialog().getByText("stays as it is then").waitFor();
    await dialog().getByRole("button", { name: "Cancel" }).click();
    expect(await shownTo(grace)).toContain("Homework");
    await page.getByRole("button", { name: `Remove ${GRACE.name}` }).click();
    await dialog().getByRole("button", { name: "Remove" }).click();
    await until(
      () => shownTo(grace),
      (shown) => shown === "",
    );
  });

  test("Delete says what happens in Dropbox, and leads back to what is left", async () => {
    await page.getByRole("button", { name: "Delete" }).click();
    await dialog().getByText("In Dropbox nothing is deleted").waitFor();
    expect(await dialog().getByRole("checkbox").isChecked()).toBe(false);
    await dialog().getByRole("button", { name: "Delete" }).click();
    await heading("Admin");
    await page.getByText("Homework 1/2 was deleted. No folder in Dropbox was deleted.").waitFor();
    await until(
      () => page.getByRole("link", { name: "Homework 1/2" }).count(),
      (count) => count === 0,
    );
  });

  test("the audit log tells all of this, with nothing that axe finds, on a phone and on a laptop", async () => {
    await openUnit("Analytical Engines");
    await page.getByRole("cell", { name: "Ada Lovelace ada@example.org" }).waitFor();
    await looksWell(page);
    await picture(page, "admin-organization");
    await page.getByRole("link", { name: "Audit log" }).click();
    await heading("Audit log");
    expect(await page.title()).toBe("Audit log of Analytical Engines · Twinfold");
    for (const words of [
      "Deleted Numerics › Homework 1/2",
      `Removed ${GRACE.name} (${GRACE.email}) from Numerics › Homework 1/2`,
      "Renamed Numerics › Homework to Homework 1/2",
      `Changed a role in Numerics › Homework: ${GRACE.name} (${GRACE.email}) is instance editor now`,
      "Joined Numerics › Homework as instance viewer",
      `Invited ${GRACE.email} as instance viewer to Numerics › Homework`,
      "Made the space Numerics",
      "Linked a Dropbox",
      "Logged in",
    ])
      await page.getByRole("cell").filter({ hasText: words }).first().waitFor({ timeout: 20_000 });
    for (const size of [
      { width: 390, height: 844 },
      { width: 1280, height: 800 },
    ]) {
      await page.setViewportSize(size);
      expect(await problemsOf(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(size.width);
    }
    await picture(page, "audit-log");
    // Until it is known whose it is, its title has no end that says nothing.
    await page.route("**/api/administration", () => undefined);
    await page.reload();
    await heading("Audit log");
    expect(await page.title()).toBe("Audit log · Twinfold");
    await page.unroute("**/api/administration");
    await page.goto(server.url);
    await openUnit("First Space", "Master");
    expect(await page.getByRole("link", { name: "Audit log" }).count()).toBe(0);
  });

  test("whoever administers nothing is told so, and finds no unit by its address", async () => {
    await grace.page.goto(`${server.url}/admin`);
    await grace.page.getByText("Nothing to administer").waitFor();
    await openUnit("First Space", "Master");
    await grace.page.goto(page.url());
    await heading("Nothing to administer here", grace.page);
  });

  test.each([
    { width: 390, height: 844 },
    { width: 1280, height: 800 },
  ])("the pages fit $width pixels, and axe finds nothing on them, in light and in dark", async (size) => {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const show of [
        () => page.getByRole("link", { name: "Admin" }).first().click(),
        () => openUnit("First Space", "Master"),
      ]) {
        await show();
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page
          .getByText(/First Space/)
          .first()
          .waitFor();
        expect(await problemsOf(page)).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(size.width);
      }
      await page.getByRole("button", { name: "Rename" }).click();
      expect(await problemsOf(page)).toEqual([]);
      await dialog().getByRole("button", { name: "Cancel" }).click();
    }
  });
});
