import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { picture } from "./picture.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { until } from "./steps.ts";

describe("the Snapshots page", { timeout: 200_000 }, () => {
  let server: ServerProcess;
  let me: Visitor;
  let page: Page;
  eachStepStandsOnTheLast();

  begin(startServerProcess, (begun) => {
    ({ me, page, world: server } = begun);
  });

  /** To the page of the first instance. */
  async function open(): Promise<void> {
    await page.getByRole("link", { name: "Snapshots" }).first().click();
    await page.getByRole("heading", { level: 1, name: "Snapshots" }).waitFor();
  }
  /** As a user of the Files page would, from the page itself. */
  const fileAddress = (path: string) => {
    const [, , instance] = new URL(page.url()).pathname.split("/");
    return `${server.url}/api/instances/${instance}/file?${new URLSearchParams({ area: "workspace", path })}`;
  };
  /** Meanwhile, in another of her windows. */
  const write = async (path: string, data: string) => {
    const headers = { "x-twinfold": "1", "content-type": "application/octet-stream" };
    expect((await me.context.request.put(fileAddress(path), { headers, data })).status()).toBe(200);
  };
  const read = async (path: string) => {
    const answer = await me.context.request.get(fileAddress(path));
    return answer.ok() ? answer.text() : answer.status();
  };
  const post = async (what: string, path: string) => {
    const [, , instance] = new URL(page.url()).pathname.split("/");
    const about = { headers: { "x-twinfold": "1" }, data: { area: "workspace", path } };
    expect((await me.context.request.post(`${server.url}/api/instances/${instance}/${what}`, about)).ok()).toBe(true);
  };
  const picker = () => page.locator(".path-picker");
  const card = (name: string) => page.getByRole("article", { name, exact: true });
  const take = async (note: string) => {
    await page.getByLabel("What is it for?").fill(note);
    await page.getByRole("button", { name: "Take a snapshot" }).click();
    await card(note).waitFor();
  };

  const looksWell = () => expectWell(page, { schemes: ["dark", "light"] });

  test("says what to do first while there is none", async () => {
    await open();
    await page.getByRole("heading", { name: "No snapshots yet" }).waitFor();
    expect(await page.title()).toBe("Snapshots of Master · Twinfold");
    await looksWell();
    await picture(page, "snapshots-empty");
  });

  test("one is taken, and compared with what became of the files", async () => {
    await write("thesis.tex", "chapter one");
    await write("data.csv", "1,2,3");
    await take("before the review");
    expect(await card("before the review").textContent()).toMatch(/just now, 2 files, 16 B/);
    await write("thesis.tex", "chapter one, rewritten");
    await write("review.txt", "new since");
    await card("before the review").getByRole("button", { name: "Compare with now" }).click();
    const changes = card("before the review").getByRole("listitem");
    await changes.filter({ hasText: "review.txt" }).waitFor();
    expect(await changes.allTextContents()).toEqual([" thesis.tex Restore", "review.txt"]);
    await looksWell();
    await picture(page, "snapshots-compare");
    // Where it is open, the address says so.
    await page.reload();
    await changes.filter({ hasText: "review.txt" }).waitFor();
    await page.goBack();
    await changes.first().waitFor({ state: "detached" });
    await page.goForward();
    await changes.filter({ hasText: "review.txt" }).waitFor();
  });

  test("one path is restored by itself", async () => {
    await card("before the review").getByRole("button", { name: "Restore thesis.tex" }).click();
    await page.getByRole("dialog", { name: "Restore thesis.tex?" }).getByRole("button", { name: "Restore" }).click();
    await page.getByText("thesis.tex is restored").waitFor();
    expect([await read("thesis.tex"), await read("review.txt")]).toEqual(["chapter one", "new since"]);
  });

  test("some paths are restored at once, also what the comparison does not list, after a question that says what becomes of what", async () => {
    await post("folder", "papers");
    for (const path of ["papers/a.txt", "papers/b.txt"]) await write(path, "as handed in");
    await take("handed in");
    for (const path of ["thesis.tex", "papers/a.txt", "data.csv"]) await write(path, "spoilt");
    await write("papers/c.txt", "new since");
    await card("handed in").getByRole("button", { name: "Compare with now" }).click();
    const changed = card("handed in").getByRole("region", { name: "Changed since" });
    const go = card("handed in").getByRole("button", { name: /^Restore .*chosen$/ });
    await changed.getByRole("button", { name: "Choose all" }).click();
    expect(await go.textContent()).toBe("Restore 3 chosen");
    await changed.getByRole("button", { name: "Choose none" }).click();
    expect(await go.isDisabled()).toBe(true);
    await changed.getByRole("button", { name: "Choose all" }).click();
    await changed.getByRole("checkbox", { name: "data.csv" }).uncheck();
    await changed.getByRole("checkbox", { name: "papers/a.txt" }).uncheck();
    // Folder by folder, with the keyboard alone.
    await card("handed in").getByText("Any file or folder of the snapshot").focus();
    await page.keyboard.press("Enter");
    await card("handed in").getByRole("button", { name: "Open papers" }).focus();
    await page.keyboard.press("Enter");
    const [a, b] = ["a.txt", "b.txt"].map((name) => picker().getByRole("checkbox", { name: new RegExp(`^${name}`) }));
    await b?.waitFor();
    // What is next from there is the way back.
    for (const key of ["Tab", "Enter"]) await page.keyboard.press(key);
    await picker().getByRole("checkbox", { name: "papers/" }).focus();
    await page.keyboard.press("Space");
    await looksWell();
    await picture(page, "snapshots-choose");
    expect(await changed.getByRole("checkbox", { name: "papers/a.txt" }).isDisabled()).toBe(true);
    await picker().getByRole("button", { name: "Open papers" }).click();
    expect([await a?.isChecked(), await a?.isDisabled()]).toEqual([true, true]);
    expect(await go.textContent()).toBe("Restore 2 chosen");
    await go.click();
    const dialog = page.getByRole("dialog", { name: "Restore thesis.tex and papers?" });
    await dialog.getByRole("heading", { name: "One by one" }).waitFor();
    expect(await dialog.getByRole("listitem").allTextContents()).toEqual([
      "2 items become what they were.",
      "1 item made since then goes.",
      "papers/a.txt: becomes what it was",
      "thesis.tex: becomes what it was",
      "papers/c.txt: goes",
    ]);
    await looksWell();
    await picture(page, "snapshots-restore-chosen");
    await dialog.getByRole("button", { name: "Restore" }).click();
    await page.getByText("thesis.tex and papers are restored").waitFor();
    const now = ["thesis.tex", "papers/a.txt", "papers/c.txt", "data.csv"].map(read);
    expect(await Promise.all(now)).toEqual(["chapter one", "as handed in", 404, "spoilt"]);
    // At once for all of them: one restore, and one snapshot of how things were before.
    expect(await page.getByRole("article", { name: 'Before "handed in" was restored' }).count()).toBe(1);
    await write("data.csv", "1,2,3");
    await post("delete", "papers");
  });

  test("a restore says what will happen, and is undone with one click", async () => {
    await write("thesis.tex", "chapter two");
    await card("before the review").getByRole("button", { name: "Restore", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: 'Restore "before the review"?' });
    await dialog.getByText("1 item becomes").waitFor();
    expect(await dialog.getByRole("listitem").allTextContents()).toEqual([
      "1 item becomes what it was.",
      "1 item made since then goes.",
    ]);
    await looksWell();
    await dialog.getByRole("button", { name: "Restore" }).click();
    await page.getByText("The snapshot is restored").waitFor();
    expect([await read("thesis.tex"), await read("review.txt")]).toEqual(["chapter one", 404]);
    await looksWell();
    await page.getByRole("button", { name: "Undo the restore" }).click();
    // What says so goes away and comes again, too quickly for whoever looks now and then.
    await until(
      async () => [await read("thesis.tex"), await read("review.txt")],
      ([thesis, review]) => thesis === "chapter two" && review === "new since",
    );
    await page.getByText("The snapshot is restored").waitFor();
  });

  test("one is deleted after a question", async () => {
    await take("not wanted");
    await card("not wanted").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await card("not wanted").waitFor({ state: "detached" });
    await card("before the review").waitFor();
  });

  test("automatic snapshots are set, and the first one is there at once", async () => {
    await write("thesis.tex", "chapter three");
    await page.getByText("Automatic snapshots: off").click();
    await page.getByLabel("Take one").selectOption("Each hour");
    for (const period of ["hours", "days", "weeks"]) await page.getByLabel(period).fill("0");
    await page.getByText("Keep at least one.").waitFor();
    expect(await page.getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
    await page.getByLabel("days").fill("14");
    await looksWell();
    await picture(page, "snapshots-schedule");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Automatic snapshots: each hour").waitFor();
    await card("Automatic snapshot").waitFor();
  });

  test("a snapshot is restored into another instance, which is undone from here", async () => {
    await card("Automatic snapshot").getByRole("button", { name: "Restore" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Into").selectOption({ label: "Analytical Engines › First Space › Distributed" });
    await dialog.getByText("All files of Distributed become those of the snapshot").waitFor();
    await looksWell();
    await dialog.getByRole("button", { name: "Restore" }).click();
    await page.getByText("The snapshot is restored into Distributed").waitFor();
    const here = page.url();
    await page.getByRole("link", { name: "Snapshots" }).nth(1).click();
    await page.getByRole("article", { name: /First Space › Master\)$/ }).waitFor();
    expect(await read("thesis.tex")).toBe("chapter three");
    await page.getByRole("button", { name: "Undo the restore" }).click();
    await page.getByText("The snapshot is restored.").waitFor();
    expect(await read("thesis.tex")).toBe(404);
    await page.goto(here);
    expect(await read("thesis.tex")).toBe("chapter three");
  });
});
