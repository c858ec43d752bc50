import type { Page } from "playwright-core";
import { afterEach, describe, expect, test } from "vitest";
import { problemsOf } from "./axe.ts";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import type { Visitor } from "./chromium.ts";
import { fillLogin, logIn } from "./log-in.ts";
import { type NamedDropbox, startWithNamedDropbox } from "./named-dropbox.ts";
import { picture } from "./picture.ts";
import { consentAs, consentPage, DROPBOX_SYNC, disconnectDropbox, enableAccess, linkDropbox } from "./steps.ts";

/** Seconds for which Dropbox's codes are good (OAuth guide). */
const CODE_LIVES = 600;

describe("linking a Dropbox", { timeout: 400_000 }, () => {
  let another: () => Promise<Visitor>;
  let world: NamedDropbox;
  let me: Visitor;

  // One login for all: ten a minute are allowed.
  begin(
    () => startWithNamedDropbox({ codeSeconds: CODE_LIVES }),
    (begun) => {
      ({ world, me, another } = begun);
    },
  );
  afterEach(async () => {
    // Nothing linked is where each of these begins.
    await me.page.goto(`${world.server.url}${DROPBOX_SYNC}`);
    const disconnect = me.page.getByRole("button", { name: "Disconnect" });
    await disconnect
      .or(me.page.getByRole("button", { name: "Enable Access" }))
      .first()
      .waitFor();
    if (await disconnect.isVisible()) await disconnectDropbox(me.page);
  });

  /** From Enable Access up to Dropbox's answer, which the browser does not follow. */
  async function dropboxAnswers(page: Page): Promise<URL> {
    await enableAccess(page, world.server);
    await consentAs(page, world.accounts[0]);
    const { origin } = new URL(page.url());
    const field = (name: string) => page.locator(`main input[name="${name}"]`).inputValue();
    const reply = await page.request.post(`${origin}/oauth2/authorize`, {
      form: { form_token: await field("form_token"), request: await field("request"), decision: "allow" },
      headers: { origin },
      maxRedirects: 0,
    });
    return new URL(reply.headers().location ?? "");
  }

  /** What the settings page says after Dropbox's answer was this one. */
  async function refused(page: Page, answer: URL): Promise<string> {
    await page.goto(answer.href);
    await page.getByRole("button", { name: "Enable Access" }).waitFor();
    expect(new URL(page.url()).pathname).toBe(DROPBOX_SYNC);
    return (await page.getByRole("alert").allTextContents()).join("\n");
  }

  test("asks for an app folder's rights only, with PKCE and a state, for offline use", async () => {
    await enableAccess(me.page, world.server);
    await consentAs(me.page, world.accounts[0]);
    const asked = (await consentPage(me.page)).searchParams;
    expect(asked.get("response_type")).toBe("code");
    expect(asked.get("code_challenge_method")).toBe("S256");
    expect(asked.get("code_challenge")).toMatch(/^[\w-]{43}$/);
    expect(asked.get("state")).toMatch(/^[\w-]{22,}$/);
    expect(asked.get("token_access_type")).toBe("offline");
    const words = await me.page.locator("body").textContent();
    expect(words).toContain("sees nothing else in your Dropbox");
  });

  test("limits of bandwidth are kept, and one that is too low is told", async () => {
    const { page } = me;
    await linkDropbox(page, world.server, world.accounts[0]);
    await page.getByText("Bandwidth: up no limit, down no limit").click();
    await page.getByLabel("To Dropbox, at most").fill("5");
    await page.getByText("A limit is 10 KB/s or more.").waitFor();
    await page.getByLabel("To Dropbox, at most").fill("100");
    expect(await problemsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Bandwidth: up 100 KB/s, down no limit").waitFor();
    await page.reload();
    await page.getByText("Bandwidth: up 100 KB/s, down no limit").click();
    await page.getByLabel("To Dropbox, at most").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Bandwidth: up no limit, down no limit").waitFor();
  });

  test("hours with other limits say what holds now and until when, and are told apart by the keyboard alone", async () => {
    const { page } = me;
    const details = page.getByText("Bandwidth: up no limit, down no limit");
    await linkDropbox(page, world.server, world.accounts[0]);
    await details.click();
    await page.getByRole("button", { name: "Add hours with other limits" }).press("Enter");
    const hours = page.getByRole("group", { name: "Hours 1" });
    // Each whole day, so that it is now.
    for (const day of ["Sat", "Sun"]) await hours.getByLabel(day).press("Space");
    await hours.getByLabel("From", { exact: true }).fill("00:00");
    await hours.getByLabel("until").fill("00:00");
    await hours.getByText("of the next day").waitFor();
    await hours.getByLabel("To Dropbox").fill("5");
    await page.getByText("A limit is 10 KB/s or more.").waitFor();
    await hours.getByLabel("To Dropbox").fill("250");
    await page.getByLabel("Time zone of these hours").selectOption("Asia/Tokyo");
    await page.getByRole("button", { name: "Save" }).press("Enter");
    // All days of the week: no other limits are ahead.
    await page.getByText("Bandwidth: up 250 KB/s, down no limit", { exact: true }).waitFor();
    await page.reload();
    await page.getByText("Bandwidth: up 250 KB/s, down no limit", { exact: true }).click();
    const today = new Intl.DateTimeFormat("en", { weekday: "short", timeZone: "Asia/Tokyo" }).format(new Date());
    for (const day of ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].filter((one) => one !== today))
      await hours.getByLabel(day).press("Space");
    await page.getByRole("button", { name: "Save" }).press("Enter");
    await page.getByText(/^Bandwidth: up 250 KB\/s, down no limit, until \w+day,? 00:00 \(Asia\/Tokyo\)$/).waitFor();
    await expectWell(page);
    await picture(page, "dropbox-sync-bandwidth-hours");
    await hours.getByLabel(today).press("Space");
    await page.getByText("Choose a day for the hours, or remove them.").waitFor();
    await page.getByRole("button", { name: "Remove hours 1" }).press("Enter");
    await page.getByRole("button", { name: "Save" }).press("Enter");
    await details.waitFor();
  });

  test("a wrong state links nothing", async () => {
    const answer = await dropboxAnswers(me.page);
    answer.searchParams.set("state", `${answer.searchParams.get("state")}x`);
    expect(await refused(me.page, answer)).toMatch(/not valid any more/);
  });

  test("another browser's state links nothing, though it is the same user", async () => {
    const answer = await dropboxAnswers(me.page);
    const elsewhere = await another();
    await logIn(elsewhere.page, world.server);
    expect(await refused(elsewhere.page, answer)).toMatch(/not valid any more/);
    await elsewhere.context.close();
  });

  test("an answer is good once: followed again it changes nothing", async () => {
    const answer = await dropboxAnswers(me.page);
    await me.page.goto(answer.href);
    await me.page.getByText(world.accounts[0].email).first().waitFor();
    await me.page.goto(answer.href);
    await me.page
      .getByRole("alert")
      .getByText(/not valid any more/)
      .waitFor();
    // The link that it made is as it was, and nothing is asked for that is not on the page.
    const said = await me.page.getByRole("alert").textContent();
    expect(said).toContain("Your link is as it was");
    expect(said).not.toContain("Enable Access");
    await me.page.getByText(world.accounts[0].email).first().waitFor();
  });

  test("a code that was used before links nothing, even under a state that is right", async () => {
    const used = await dropboxAnswers(me.page);
    await me.page.goto(used.href);
    await me.page.getByText(world.accounts[0].email).first().waitFor();
    await disconnectDropbox(me.page);

    const answer = await dropboxAnswers(me.page);
    answer.searchParams.set("code", used.searchParams.get("code") ?? "");
    expect(await refused(me.page, answer)).toMatch(/used already or has expired/);
  });

  test("a code that has expired links nothing", async () => {
    const answer = await dropboxAnswers(me.page);
    await world.control("advance-clock", { seconds: CODE_LIVES + 1 });
    expect(await refused(me.page, answer)).toMatch(/used already or has expired/);
  });

  test("a Dropbox that can't be reached links nothing", async () => {
    const answer = await dropboxAnswers(me.page);
    await world.close();
    try {
      expect(await refused(me.page, answer)).toMatch(/could not be reached/);
    } finally {
      await world.open();
    }
  });

  test("Dropbox's answer to someone who is no longer logged in leads to the login, and on to what became of it", async () => {
    const answer = await dropboxAnswers(me.page);
    const stranger = await another();
    await stranger.page.goto(answer.href);
    await fillLogin(stranger.page, world.server.user);
    await stranger.page
      .getByRole("alert")
      .getByText(/not valid any more.*Enable Access/)
      .waitFor();
    expect(new URL(stranger.page.url()).pathname).toBe(DROPBOX_SYNC);
    await stranger.context.close();
  });

  test("Disconnect asks first; Cancel and Escape leave the link", async () => {
    await linkDropbox(me.page, world.server, world.accounts[0]);
    const question = me.page.getByRole("dialog");
    await me.page.getByRole("button", { name: "Disconnect" }).click();
    expect(await question.textContent()).toContain("Your files stay as they are, here and in Apps › Twinfold there.");
    await expectWell(me.page, { schemes: ["dark", "light"] });
    await picture(me.page, "dropbox-sync-disconnect");
    await question.getByRole("button", { name: "Cancel" }).click();
    await question.waitFor({ state: "detached" });
    await me.page.getByRole("button", { name: "Disconnect" }).click();
    await question.waitFor();
    await me.page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    await me.page.reload();
    await me.page.getByText(world.accounts[0].email).first().waitFor();
  });
});
