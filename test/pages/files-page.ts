import { readFileSync } from "node:fs";
import type { Locator } from "playwright-core";
import type { Beginning } from "./beginning.ts";
import type { ServerProcess } from "./server-process.ts";

export type FilesPage = Awaited<ReturnType<typeof openFilesPage>>;

/** The Files page of the first instance, and what is done on it again and again. */
export async function openFilesPage({ page, world: server }: Beginning<ServerProcess>) {
  await page.getByRole("link", { name: "Files" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Files" }).waitFor();
  const address = page.url();
  const [, , instance] = new URL(address).pathname.split("/");

  const row = (name: string): Locator => page.getByRole("row").filter({ has: page.getByText(name, { exact: true }) });
  const asked = () => page.getByRole("dialog");
  return {
    address,
    /** Where the API has a file of the workspace. */
    fileAddress: (path: string) =>
      `${server.url}/api/instances/${instance}/file?${new URLSearchParams({ area: "workspace", path })}`,
    row,
    rowIsThere: (name: string) => row(name).first().waitFor(),
    rowIsGone: (name: string) => row(name).first().waitFor({ state: "detached" }),
    /** What the page asks in a dialog of its own. */
    asked,
    upload: (name: string, content: string) =>
      page
        .getByLabel("Files to upload")
        .setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) }),
    async download(name: string): Promise<{ readonly name: string; readonly content: string }> {
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        row(name).getByRole("link", { name: "Download" }).click(),
      ]);
      return { name: file.suggestedFilename(), content: readFileSync(await file.path(), "utf8") };
    },
    async newFolder(name: string): Promise<void> {
      await page.getByRole("button", { name: "New folder" }).click();
      await asked().getByLabel("Name").fill(name);
      await asked().getByRole("button", { name: "Make it" }).click();
      await asked().waitFor({ state: "detached" });
    },
  };
}
