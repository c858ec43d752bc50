import { describe, expect, test } from "vitest";
import { problemsOf } from "./axe.ts";
import { begin } from "./beginning.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { fillLogin, logIn } from "./log-in.ts";
import { picture } from "./picture.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const NEW_PASSWORD = "a password that nobody else knows";

describe("the Sessions page", { timeout: 200_000 }, () => {
  let server: ServerProcess;
  let me: Visitor;
  let elsewhere: Visitor;
  eachStepStandsOnTheLast();

  begin(startServerProcess, async (begun) => {
    ({ me, world: server } = begun);
    elsewhere = await begun.another();
    await logIn(elsewhere.page, server);
  });

  const rows = () => me.page.locator("tbody tr");
  const isOut = ({ page }: Visitor) => page.getByRole("heading", { name: "Twinfold" }).waitFor();

  test("it lists where one is logged in, this one first, and ends another with what it shows", async () => {
    const { page } = me;
    await page.getByRole("link", { name: "Sessions" }).click();
    await page.getByRole("heading", { level: 1, name: "Sessions" }).waitFor();
    expect(await page.title()).toBe("Sessions · Twinfold");
    await rows().nth(1).waitFor();
    expect(await rows().first().textContent()).toMatch(/Chrome on Linux.*the server’s own computer.*This one/);
    for (const size of [
      { width: 390, height: 844 },
      { width: 1280, height: 800 },
    ]) {
      await page.setViewportSize(size);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await problemsOf(page)).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(size.width);
      }
    }
    await picture(page, "sessions");
    await page.getByRole("button", { name: /^Log out Chrome on Linux/ }).click();
    await page.getByRole("status").getByText("is logged out.").waitFor();
    await page.getByText("You are logged in nowhere else.").waitFor();
    // Its live updates have ended, so it finds out by itself.
    await isOut(elsewhere);
  });

  test("log out everywhere else says how many there were", async () => {
    await fillLogin(elsewhere.page, server.user);
    await elsewhere.page.getByRole("heading", { level: 1, name: "Applications" }).waitFor();
    await me.page.reload();
    await me.page.getByRole("button", { name: "Log out everywhere else" }).click();
    await me.page.getByText("1 other session logged out.").waitFor();
    await isOut(elsewhere);
  });

  test("a new password asks for the current one, and logs the others out", async () => {
    await fillLogin(elsewhere.page, server.user);
    await elsewhere.page.getByRole("heading", { level: 1, name: "Applications" }).waitFor();
    const { page } = me;
    const change = async (current: string) => {
      await page.getByLabel("Current password").fill(current);
      await page.getByLabel("New password").fill(NEW_PASSWORD);
      await page.getByRole("button", { name: "Change password" }).click();
    };
    await change("wrong");
    await page.getByText("That is not your current password").waitFor();
    await picture(page, "sessions-wrong-password");
    await change(server.user.password);
    await page.getByText("Your password is changed, and 1 other session logged out.").waitFor();
    expect(await page.getByLabel("New password").inputValue()).toBe("");
    expect(await problemsOf(page)).toEqual([]);
    await isOut(elsewhere);
    await fillLogin(elsewhere.page, server.user);
    await elsewhere.page.getByText("password is wrong").waitFor();
    await fillLogin(elsewhere.page, { ...server.user, password: NEW_PASSWORD });
    await elsewhere.page.getByRole("heading", { level: 1, name: "Applications" }).waitFor();
  });
});
