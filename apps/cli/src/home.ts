import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { makeFolder, makePrivate } from "@twinfold/host";
import { CommandError, EXIT } from "./exit-codes.ts";

/** Where the command keeps its things (SPEC section 7). */
export interface Home {
  /** Links and settings. */
  readonly config: string;
  /** What the engines have observed; may be deleted whole while stopped. */
  readonly state: string;
}

/** @throws CommandError when its folders can't be made */
export function openHome(env: NodeJS.ProcessEnv = process.env): Home {
  const base = env.TWINFOLD_HOME;
  const home =
    base !== undefined && base !== ""
      ? { config: join(base, "config"), state: join(base, "state") }
      : { config: join(homedir(), ".config/twinfold"), state: join(homedir(), ".local/share/twinfold") };
  for (const folder of [home.config, home.state]) {
    try {
      makeFolder(folder, 0o700);
      // One that was there already may have been open to others.
      makePrivate(folder);
    } catch (error) {
      throw new CommandError(EXIT.folder, `${folder} can't be used: ${(error as Error).message}`, error);
    }
  }
  return home;
}

/** The state folder of one root. */
export function stateFolder(home: Home, root: string): string {
  return join(home.state, createHash("sha256").update(root).digest("hex").slice(0, 16));
}

/** The control socket of one root's daemon. */
export function socketPath(home: Home, root: string): string {
  return join(stateFolder(home, root), "control");
}
