import { ownStateFolder, type SyncSessionOptions } from "@twinfold/session";
import type { LinkedAccount, Root } from "./config.ts";
import { type Home, stateFolder } from "./home.ts";
import type { Started } from "./subject.ts";

/** What a session of this root with this account is opened with. */
export function sessionOptions(
  home: Home,
  root: Pick<Root, "root" | "remote" | "rescanSeconds">,
  link: LinkedAccount,
): SyncSessionOptions {
  return {
    root: root.root,
    remotePath: root.remote,
    stateFolder: ownStateFolder(stateFolder(home, root.root)),
    link: { ...link, who: link.accountName },
    dropboxUrl: link.dropboxUrl,
    rescanEvery: root.rescanSeconds === null ? undefined : root.rescanSeconds * 1000,
  };
}

/** The same of what was started here. @throws CommandError where no Dropbox is linked */
export function optionsOf({ home, config, root }: Started): SyncSessionOptions {
  return sessionOptions(home, root, config.requireLink());
}
