import { rmSync } from "node:fs";
import type { ConfigFile, Root } from "../config.ts";
import { stopDaemon } from "../daemon-process.ts";
import { type Home, stateFolder } from "../home.ts";

/** Lets go of a root, and of what is remembered of it. Files stay on both sides. */
export async function forget(home: Home, config: ConfigFile, root: Root): Promise<void> {
  await stopDaemon(home, root);
  config.forgetRoot(root);
  rmSync(stateFolder(home, root.root), { recursive: true, force: true });
}
