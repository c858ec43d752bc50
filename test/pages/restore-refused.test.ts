import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { callerOf } from "../../apps/server/test/caller.ts";
import type { OwnServer } from "../../apps/server/test/own-server.ts";
import { unitIds } from "../../apps/server/test/people.ts";
import { OwnMounts } from "../scenarios/own-mounts.ts";
import { begin } from "./beginning.ts";
import { expectWell } from "./both-widths.ts";
import { picture } from "./picture.ts";
import { startServerProcess } from "./server-process.ts";

const mounts = await OwnMounts.open();
const data = mkdtempSync(join(tmpdir(), "twinfold-pages-"));

/** Something is mounted on a file, as a container does it with a secret; skipped where the system lets nobody have mounts. */
describe.skipIf(mounts === null)("a restore of which a path is refused", { timeout: 200_000 }, () => {
  const own = mounts as OwnMounts;
  let page: Page;
  let url: string;
  let id: string;
  let call: OwnServer["call"];

  // Declared first, it comes last.
  afterAll(() => {
    own.close();
    rmSync(data, { recursive: true, force: true });
  });
  begin(
    () => startServerProcess({ TWINFOLD_DATA: data }, own.through),
    async (begun) => {
      ({ page } = begun);
      ({ url } = begun.world);
      call = callerOf(begun.world);
      await call("POST", "/api/login", begun.world.user);
      id = (await unitIds({ call })).get("First Space/Master") ?? "";
    },
  );

  const file = (path: string) => `/api/instances/${id}/file?${new URLSearchParams({ area: "workspace", path })}`;
  const write = async (path: string, content: string) => expect((await call("PUT", file(path), content)).ok).toBe(true);
  // What is sent is JSON.
  const read = async (path: string) => (await call("GET", file(path))).json();

  test("does all the rest, and says what could not be restored, and why", async () => {
    for (const path of ["notes.txt", "secret.txt", "thesis.tex"]) await write(path, "then");
    await call("POST", `/api/instances/${id}/snapshots`, { note: "before the review" });
    for (const path of ["notes.txt", "secret.txt", "thesis.tex"]) await write(path, "edited");
    const mounted = join(data, "files", id, "secret.txt");
    own.run("mount", "--bind", mounted, mounted);
    await page.goto(`${url}/instances/${id}/snapshots`);
    const card = page.getByRole("article", { name: "before the review", exact: true });
    await card.getByRole("button", { name: "Restore", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    const said = page.getByRole("alert").filter({ hasText: "But for 1 path" });
    await said.getByText("Another disk is mounted there: unmount it, then restore it again.").waitFor();
    expect(await said.locator("code").allTextContents()).toEqual(["secret.txt"]);
    expect(await Promise.all(["notes.txt", "secret.txt", "thesis.tex"].map(read))).toEqual(["then", "edited", "then"]);
    await expectWell(page, { schemes: ["dark", "light"] });
    await picture(page, "snapshots-refused");
  });

  test("once it can be, it is restored again", async () => {
    own.run("umount", join(data, "files", id, "secret.txt"));
    const card = page.getByRole("article", { name: "before the review", exact: true });
    await card.getByRole("button", { name: "Restore", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await page.getByText("But for 1 path").waitFor({ state: "detached" });
    await page.getByRole("status").filter({ hasText: "The snapshot is restored" }).waitFor();
    expect(await read("secret.txt")).toBe("then");
  });
});
