import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";
import type { NamedDropbox } from "../named-dropbox.ts";
import type { Account } from "../server-process.ts";
import { until } from "../steps.ts";

/** The app folder, as the account's owner sees it. */
export const APP_FOLDER = "/Apps/Twinfold";
/** The first instance's place in it. */
export const MASTER = `${APP_FOLDER}/Analytical Engines/First Space/Master`;

/** A folder of somebody's Dropbox as she finds it there herself: by default the first instance's. */
export interface HerDropbox {
  /** All that is in the folder, folders with a slash at the end, sorted; nothing where it is not there. */
  names(): Promise<string[]>;
  read(name: string): Promise<string | null>;
  write(name: string, content: string): Promise<void>;
  /** Waits until the file is there with this content. */
  has(name: string, content: string): Promise<void>;
}

export function herDropbox(world: NamedDropbox, account: Account, folder = MASTER): HerDropbox {
  const files = () => world.dropbox().accountFiles(account.email);
  async function listed(path: string): Promise<string[]> {
    const found: string[] = [];
    for (const one of await files().list(path)) {
      const name = one.path.slice(folder.length + 1);
      found.push(one.kind === "folder" ? `${name}/` : name);
      if (one.kind === "folder") found.push(...(await listed(one.path)));
    }
    return found;
  }
  const read = async (name: string) => {
    if ((await files().get(`${folder}/${name}`))?.kind !== "file") return null;
    return text(Readable.from((await files().read(`${folder}/${name}`)).content));
  };
  return {
    read,
    names: async () => ((await files().get(folder))?.kind === "folder" ? (await listed(folder)).sort() : []),
    async write(name, content) {
      const bytes = Readable.from([Buffer.from(content)]);
      await files().upload(`${folder}/${name}`, bytes, { ifExists: "overwrite" });
    },
    async has(name, content) {
      await until(
        () => read(name),
        (found) => found === content,
      );
    },
  };
}

/** On Dropbox's website, where one is logged in: from the top into one folder after another. */
export async function lookInto(page: Page, world: NamedDropbox, ...folders: readonly string[]): Promise<void> {
  await page.goto(`${world.dropbox().url}/files`);
  for (const name of folders) {
    await page
      .getByRole("table")
      .getByRole("link", { name: `${name}/`, exact: true })
      .click();
    await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  }
}
