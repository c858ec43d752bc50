import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OwnPages, openOwnPages } from "./own-pages.ts";

describe("the local Dropbox's pages renew themselves", { timeout: 200_000 }, () => {
  let own: OwnPages;
  let page: OwnPages["page"];

  beforeAll(async () => {
    own = await openOwnPages();
    page = own.page;
    await own.put("/w/first.txt", "1");
  }, 120_000);
  afterAll(() => own?.dispose(), 60_000);

  const change = (text: string) => page.getByRole("listitem").filter({ hasText: text }).first().waitFor();

  test("a folder shows each change as it happens, and the list of changes tells of it", async () => {
    await own.go("/files?path=/w");
    await own.row("first.txt").waitFor();
    // One by one: each must come without the next.
    await own.put("/w/second.txt", "2");
    await own.row("second.txt").waitFor();
    await change("second.txt added in /w");
    await own.files.move("/w/second.txt", "/w/third.txt");
    await own.row("third.txt").waitFor();
    await change("third.txt renamed in /w, it was second.txt");
    await own.files.move("/w/third.txt", "/w/THIRD.txt");
    await own.row("THIRD.txt").waitFor();
    await change("THIRD.txt renamed in /w, it was third.txt");
    await own.files.delete("/w/third.txt");
    await own.row("THIRD.txt").waitFor({ state: "detached" });
    await change("THIRD.txt deleted in /w");
    await own.put("/elsewhere/x.txt", "x");
    await change("x.txt added in /elsewhere");
  });

  test("whoever stands on something stands there still, and on the list where it is gone", async () => {
    await own.put("/w/held.txt", "1");
    await own.go("/files?path=/w");
    await own.row("held.txt").getByRole("link", { name: "History" }).focus();
    await own.put("/w/a new one.txt", "2");
    await own.row("a new one.txt").waitFor();
    const focused = () =>
      page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id");
    expect(await focused()).toBe("History held.txt");
    await own.files.delete("/w/held.txt");
    await own.row("held.txt").waitFor({ state: "detached" });
    expect(await focused()).toBe("listing");
  });

  test("so do a preview and a history; what is gone is said to be", async () => {
    await own.put("/w/live.txt", "before");
    await own.go("/files/view?path=/w/live.txt");
    await own.put("/w/live.txt", "after");
    await page.getByRole("region", { name: "Content" }).getByText("after").waitFor();
    await own.go("/files/history?path=/w/live.txt");
    await own.put("/w/live.txt", "once more");
    await page.getByRole("cell", { name: "9 bytes" }).waitFor();
    await own.go("/files/view?path=/w/live.txt");
    await own.files.delete("/w/live.txt");
    await page.getByRole("status").getByText("There is nothing at /w/live.txt.").waitFor();
  });

  test("a page that is hidden catches up when it is looked at again", async () => {
    await own.go("/files/changes");
    await change("live.txt deleted");
    // Chromium tells a page nothing of its tab while it has no window, so it is told by hand.
    const show = (state: string) =>
      page.evaluate(
        `Object.defineProperty(document, "visibilityState", { configurable: true, value: "${state}" });
         document.dispatchEvent(new Event("visibilitychange"));`,
      );
    await show("hidden");
    await own.put("/w/while hidden.txt", "x");
    await show("visible");
    await change("while hidden.txt added");
  });

  test("without scripts the pages are the same, and say that they don't", async () => {
    const plain = await own.another({ javaScriptEnabled: false });
    await plain.page.goto(`${own.dropbox.url}/files?path=/w`);
    // The browser is only kept from running scripts, so that it shows no `noscript`; it has it.
    expect(await plain.page.locator("noscript").textContent()).toContain("this page does not renew itself");
    await plain.page.getByRole("listitem").filter({ hasText: "while hidden.txt added" }).waitFor();
    await plain.context.close();
  });

  test("no page threw an error on the way", () => {
    expect(own.me.thrown).toEqual([]);
  });

  test("a page that listens does not keep the server from stopping", async () => {
    await own.go("/files/changes");
    await change("while hidden.txt added");
    const began = Date.now();
    await own.dropbox.close();
    // Two seconds are what a request has to end by itself.
    expect(Date.now() - began).toBeLessThan(2000);
  });
});
