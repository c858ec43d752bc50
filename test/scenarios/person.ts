import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../../apps/cli/test/harness.ts";
import { Browser } from "../../packages/dropbox-local/test/browser.ts";

const FOLDER = "/Apps/Twinfold/A/B/C";

/** Gives something another name on Dropbox's own pages, where more can be done than by its API. */
export async function renameOnPage(world: World, path: string, name: string): Promise<void> {
  const { password } = JSON.parse(readFileSync(join(world.folder, "dropbox/ready-made.json"), "utf8")) as {
    password: string;
  };
  const browser = new Browser(world.grant().url);
  await browser.submit(await browser.open("/login"), "/login", { email: "you@dropbox.local", password });
  const there = `${FOLDER}/${path}`;
  const page = await browser.open(`/files/move?${new URLSearchParams({ path: there })}`);
  const folder = there.slice(0, there.lastIndexOf("/"));
  const done = await browser.submit(page, "/files/move", { name, folder });
  if (done.status !== 200) throw new Error(`renaming ${path}: ${done.status} ${done.text}`);
}
