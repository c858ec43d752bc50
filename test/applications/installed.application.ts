import { type Application, type Instance, openApplicationPath } from "@twinfold/api";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { type Beginning, begin } from "../pages/beginning.ts";
import { type ServerProcess, startServerProcess } from "../pages/server-process.ts";
import { until } from "../pages/steps.ts";

/** What is published to be run by a server like ours, as its user opens it. */
let begun: Beginning<ServerProcess>;
begin(startServerProcess, (beginning) => {
  begun = beginning;
});

const fileAt = (id: string, path: string) =>
  `${begun.world.url}/api/instances/${id}/file?area=workspace&path=${encodeURIComponent(path)}`;

/** Starts one, with a file in the workspace, and opens its page. */
async function open(kind: string): Promise<{ readonly tab: Page; readonly read: (path: string) => Promise<string> }> {
  const { page, world, me } = begun;
  const { request } = page.context();
  const headers = { "x-twinfold": "1", origin: world.url };
  const [instance] = (await (await request.get(`${world.url}/api/instances`)).json()) as [Instance];
  const put = await request.put(fileAt(instance.id, "notes.txt"), { headers, data: "first\n" });
  expect(put.ok()).toBe(true);
  const started = await request.post(`${world.url}/api/instances/${instance.id}/application`, {
    headers,
    data: { kind },
  });
  expect(started.ok()).toBe(true);
  const tab = await me.context.newPage();
  await tab.goto(`${world.url}${openApplicationPath((await started.json()) as Application)}`);
  return { tab, read: async (path) => (await request.get(fileAt(instance.id, path))).text() };
}

test("code-server edits a file of the workspace", async () => {
  const { tab, read } = await open("code-server");
  // It asks when it comes to it, over whatever is done then.
  const trust = tab.getByRole("button", { name: "Yes, I trust the authors" });
  await tab.addLocatorHandler(trust, () => trust.click());
  await tab.getByRole("treeitem", { name: "notes.txt" }).click({ timeout: 90_000 });
  await tab.locator(".view-line", { hasText: "first" }).click();
  await tab.keyboard.press("Control+End");
  await tab.keyboard.type("second");
  await tab.locator(".view-line", { hasText: "second" }).waitFor();
  await tab.keyboard.press("Control+S");
  await until(
    () => read("notes.txt"),
    (text) => text === "first\nsecond",
  );
});

test("JupyterLab edits a file of the workspace", async () => {
  const { tab, read } = await open("jupyterlab");
  await tab.getByText("notes.txt").first().dblclick({ timeout: 90_000 });
  await tab.locator(".cm-content").first().click();
  await tab.keyboard.press("Control+End");
  await tab.keyboard.type("third");
  await tab.keyboard.press("Control+S");
  await until(
    () => read("notes.txt"),
    (text) => text === "first\nthird",
  );
});
