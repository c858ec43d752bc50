import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { problemsOf } from "./axe.ts";
import { begin } from "./beginning.ts";
import type { Visitor } from "./chromium.ts";
import { eachStepStandsOnTheLast } from "./each-step.ts";
import { picture } from "./picture.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const SCHEMES = ["light", "dark"] as const;
const PHONE = { width: 390, height: 844 };
const LAPTOP = { width: 1280, height: 800 };
const HEADERS = { "x-twinfold": "1" };

/** As a teacher who hands out homework does it, and a student who is told. */
describe("from the Files page to other instances", { timeout: 200_000 }, () => {
  let server: ServerProcess;
  let me: Visitor;
  let page: Page;
  let student: Visitor;
  let ids: Record<string, string>;
  eachStepStandsOnTheLast();

  begin(startServerProcess, async (begun) => {
    ({ me, page, world: server } = begun);
    const instances = await me.context.request.get(`${server.url}/api/instances`);
    ids = Object.fromEntries(
      ((await instances.json()) as { id: string; name: string }[]).map(({ id, name }) => [name, id]),
    );
    student = await begun.another();
    const invited = await me.context.request.post(
      `${server.url}/api/administration/instance/${ids.Distributed}/invitations`,
      { headers: HEADERS, data: { email: "grace@example.org", role: "instance editor" } },
    );
    const { url } = (await invited.json()) as { url: string };
    const accepted = { token: new URL(url).hash.slice(1), name: "Grace", password: "nanoseconds of wire" };
    await student.context.request.post(`${server.url}/api/invitation/accept`, { headers: HEADERS, data: accepted });
    await student.page.goto(`${server.url}/instances/${ids.Distributed}/files`);
    await student.page.getByRole("heading", { level: 1, name: "Files" }).waitFor();
  });

  const fileAddress = (instance: string, path: string) =>
    `${server.url}/api/instances/${ids[instance]}/file?${new URLSearchParams({ area: "workspace", path })}`;
  async function write(instance: string, path: string, data: string): Promise<void> {
    const headers = { ...HEADERS, "content-type": "application/octet-stream" };
    expect((await me.context.request.put(fileAddress(instance, path), { headers, data })).status()).toBe(200);
  }
  async function read(instance: string, path: string): Promise<string | number> {
    const answer = await me.context.request.get(fileAddress(instance, path));
    return answer.ok() ? answer.text() : answer.status();
  }
  const result = () => page.getByRole("article").first();

  /** Nothing sticks out, and axe finds nothing. */
  async function looksWell(): Promise<void> {
    for (const size of [PHONE, LAPTOP]) {
      await page.setViewportSize(size);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(size.width);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        expect(await problemsOf(page), `${colorScheme}, ${size.width} px`).toEqual([]);
      }
    }
    await page.emulateMedia({ colorScheme: "light" });
  }

  test("what is chosen on the Files page, in whichever folder, comes to the stage", async () => {
    const folder = { headers: HEADERS, data: { area: "workspace", path: "homework" } };
    await me.context.request.post(`${server.url}/api/instances/${ids.Master}/folder`, folder);
    for (const path of ["task.md", "homework/1.md", "homework/2.md"]) await write("Master", path, `the new ${path}`);
    await write("Distributed", "task.md", "the old task.md");
    await write("Distributed", "own.md", "of a student");
    await page.goto(`${server.url}/instances/${ids.Master}/files`);
    await page.getByRole("checkbox", { name: "Choose task.md" }).check();
    await page.getByRole("button", { name: "homework/" }).click();
    await page.getByRole("checkbox", { name: "Choose 2.md" }).check();
    await looksWell();
    await page.getByRole("link", { name: "Distribute 2 items…" }).click();
    await page.getByRole("heading", { level: 1, name: "Distribute" }).waitFor();
    expect(await page.title()).toBe("Distribute from Master · Twinfold");
    const stage = page.getByRole("region", { name: "Stage" });
    expect(await stage.locator("code").allTextContents()).toEqual(["task.md", "homework/2.md"]);
  });

  test("more can be put on the stage, and taken off; what is in a chosen folder comes with it", async () => {
    const stage = page.getByRole("region", { name: "Stage" });
    await stage.getByText("Choose files and folders").click();
    await stage.getByRole("checkbox", { name: "homework/" }).check();
    expect(await stage.locator("code").allTextContents()).toEqual(["task.md", "homework"]);
    await stage.getByRole("button", { name: "Open homework" }).click();
    const inside = stage.getByRole("checkbox", { name: "1.md" });
    await inside.waitFor();
    expect([await inside.isChecked(), await inside.isDisabled()]).toEqual([true, true]);
    await stage.getByRole("button", { name: "Take off task.md" }).click();
    await stage.getByRole("button", { name: "/files" }).click();
    await stage.getByRole("checkbox", { name: "task.md" }).check();
    await looksWell();
  });

  test("only other instances are targets, each strategy says what it means, and what is missing is said", async () => {
    const targets = page.getByRole("region", { name: "Targets" });
    expect(await targets.getByRole("checkbox").count()).toBe(1);
    await page.getByText("Choose a target.").waitFor();
    expect(await page.getByRole("button", { name: "Distribute", exact: true }).isDisabled()).toBe(true);
    await targets.getByRole("checkbox", { name: "Distributed" }).check();
    const overwrite = page.getByRole("radio", { name: /^Overwrite/ });
    expect(await overwrite.isChecked()).toBe(true);
    for (const name of [/^Distribute extra .*stay as they are/, /^Mirror .*cleared first/, /^Skip .*left alone/])
      await page.getByRole("radio", { name }).waitFor();
    await page.getByRole("checkbox", { name: "Tell the members of the targets" }).check();
  });

  test("it is distributed, and what became of it is told; the student sees a notice in the page that she is on", async () => {
    await page.getByRole("button", { name: "Distribute to 1 instance" }).click();
    await result().getByText("2 copied, 1 replaced.").waitFor();
    await result().getByText("Analytical Engines › First Space › Distributed").waitFor();
    await result().getByText("Replaced", { exact: true }).click();
    await result().locator("code", { hasText: "task.md" }).waitFor();
    expect(await read("Distributed", "homework/2.md")).toBe("the new homework/2.md");
    expect([await read("Distributed", "task.md"), await read("Distributed", "own.md")]).toEqual([
      "the new task.md",
      "of a student",
    ]);
    await looksWell();
    await picture(page, "distribute-result");
    const notice = student.page.getByRole("status").filter({ hasText: "has distributed" });
    expect(await notice.textContent()).toMatch(/has distributed homework and task\.md to First Space › Distributed, /);
    expect(await notice.locator("time[title]").count()).toBe(1);
    await student.page.getByText("homework/", { exact: true }).waitFor();
    expect(await problemsOf(student.page)).toEqual([]);
    await picture(student.page, "distribute-notice");
    await notice.getByRole("button", { name: "Dismiss" }).click();
    await notice.waitFor({ state: "detached" });
  });

  test("it is undone with one click; what the student has changed since stays", async () => {
    await write("Distributed", "homework/1.md", "solved");
    await result().getByRole("button", { name: "Undo in Analytical Engines › First Space › Distributed" }).click();
    await result().getByText("Changed since, and left as it is: homework/1.md.").waitFor();
    await result().getByText("undone", { exact: true }).waitFor();
    expect(await Promise.all(["task.md", "homework/1.md", "homework/2.md"].map((p) => read("Distributed", p)))).toEqual(
      ["the old task.md", "solved", 404],
    );
    // The student's Activity says both.
    await student.page.goto(`${server.url}/instances/${ids.Distributed}/activity`);
    const row = (text: string) =>
      student.page.getByRole("row").filter({ hasText: "task.md" }).filter({ hasText: text });
    const from = "from First Space › Master";
    await row(`distributed by Ada Lovelace: ${from} (Overwrite), 2 copied, 1 replaced in all`).waitFor();
    await row(`restored by Ada Lovelace: the distribution ${from} was undone, but for 1 path changed since`).waitFor();
    expect(await student.page.getByText("All files").count()).toBe(0);
  });

  test("files of a snapshot are distributed as they were then, also to its own instance", async () => {
    await page.goto(`${server.url}/instances/${ids.Master}/snapshots`);
    await page.getByLabel("What is it for?").fill("week 1");
    await page.getByRole("button", { name: "Take a snapshot" }).click();
    await page.getByRole("article", { name: "week 1" }).getByRole("link", { name: "Distribute…" }).click();
    const from = page.getByRole("status").filter({ hasText: 'Files are taken from the snapshot "week 1"' });
    await from.locator("time[title]").waitFor();
    await write("Master", "task.md", "spoilt");
    await page.getByRole("checkbox", { name: "task.md" }).check();
    await looksWell();
    await page.getByRole("checkbox", { name: "Master" }).check();
    await page.getByRole("button", { name: "Distribute to 1 instance" }).click();
    await result().getByText("1 replaced.").waitFor();
    expect(await read("Master", "task.md")).toBe("the new task.md");
  });

  test("what went to several is undone for all of them with one click", async () => {
    await write("Distributed", "task.md", "the student's");
    await write("Master", "task.md", "spoilt again");
    await page.getByRole("button", { name: "Undo in Analytical Engines › First Space › Master" }).click();
    await result().getByText("undone", { exact: true }).waitFor();
    expect(await page.getByRole("button", { name: "Undo for all" }).count()).toBe(0);
    const targets = page.getByRole("region", { name: "Targets" });
    for (const name of ["Master", "Distributed"]) {
      const box = targets.getByRole("checkbox", { name });
      await box.check();
    }
    await page.getByRole("button", { name: "Distribute to 2 instances" }).click();
    await expect.poll(() => result().getByText("1 replaced.").count(), { timeout: 20_000 }).toBe(2);
    expect([await read("Master", "task.md"), await read("Distributed", "task.md")]).toEqual([
      "the new task.md",
      "the new task.md",
    ]);
    await looksWell();
    await result().getByRole("button", { name: "Undo for all" }).click();
    await expect.poll(() => result().getByText("undone", { exact: true }).count(), { timeout: 30_000 }).toBe(2);
    expect([await read("Master", "task.md"), await read("Distributed", "task.md")]).toEqual([
      "spoilt again",
      "the student's",
    ]);
    expect(await result().getByRole("button", { name: /^Undo/ }).count()).toBe(0);
    await looksWell();
  });
});
