import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { atWork, begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { type NamedDropbox, startWithNamedDropbox } from "./named-dropbox.ts";
import { picture } from "./picture.ts";
import { inTerminal, terminalReady } from "./steps.ts";

describe("an undo of many files", { timeout: 300_000 }, () => {
  let world: NamedDropbox;
  let me: Visitor;
  let page: Page;
  eachStepStandsOnTheLast();

  begin(
    () => startWithNamedDropbox(),
    async (begun) => {
      ({ me, world } = begun);
      page = await atWork(begun);
      await page.goto(world.server.url);
      await page.getByRole("link", { name: "Activity" }).first().click();
    },
  );

  const looksWell = () => expectWell(page, { words: true });
  const slowly = (latencyMs: number) => world.control("conditions", { latencyMs });

  test("says in words how far it is, as it goes", async () => {
    await inTerminal(
      me.page,
      "echo kept > /files/notes.txt; mkdir /files/data; for i in $(seq 90); do echo $i > /files/data/$i.txt; done",
    );
    await inTerminal(me.page, "twinfold wait --timeout 60");
    await inTerminal(me.page, "rm -r /files/data");
    const undo = page.getByRole("button", { name: "Undo: data deleted", exact: true });
    await undo.waitFor();
    await slowly(1_500);
    await undo.click();
    const progress = page.getByRole("region", { name: "Undo of data" });
    await progress.getByText(/^[1-9]\d* of 90 files are back\.$/).waitFor();
    await progress.getByRole("progressbar").waitFor();
    // It can't be chosen twice.
    await page.getByRole("button", { name: "Undoing: data deleted", exact: true, disabled: true }).waitFor();
    await looksWell();
    await picture(page, "activity-undo");
  });

  test("a server that was killed goes on with it when it starts again, also with the page closed", async () => {
    await page.getByText(/^[1-9]\d* of 90 files are back\.$/).waitFor();
    await page.close();
    await world.server.kill();
    await slowly(0);
    await world.server.startAgain();
    page = await me.context.newPage();
    await page.goto(world.server.url);
    await page.getByRole("link", { name: "Activity" }).first().click();
    await page.getByRole("status").filter({ hasText: "90 files in data are as they were." }).waitFor();
    await me.page.reload();
    await terminalReady(me.page);
    expect(await inTerminal(me.page, "ls /files/data | wc -l; cat /files/data/*.txt | sort -n | tail -1")).toBe(
      "90\n90",
    );
    await looksWell();
  });

  test("what became of it is put away by a click, for good", async () => {
    await page.getByRole("button", { name: "Dismiss what became of the undo of data" }).click();
    await page.getByText("files in data are as they were").waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("row").first().waitFor();
    expect(await page.getByText("files in data are as they were").count()).toBe(0);
    expect(me.thrown).toEqual([]);
  });
});
