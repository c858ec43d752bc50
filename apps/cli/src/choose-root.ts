import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { ConfigFile, Root } from "./config.ts";
import { CommandError, EXIT } from "./exit-codes.ts";

/** The path of a root as it is remembered: without links, where it exists. */
export function rootPath(text: string): string {
  try {
    return realpathSync(text);
  } catch {
    return resolve(text);
  }
}

/** The root that is meant: the named one, or the only one. @throws CommandError listing them */
export function chooseRoot(config: ConfigFile, named: string | undefined): Root {
  const roots = config.roots();
  if (named !== undefined) {
    const path = rootPath(named);
    const known = roots.find((one) => one.root === path);
    if (known !== undefined) return known;
    throw new CommandError(EXIT.root, `${path} was never started: twinfold start --root ${named} --remote /A/B/C`);
  }
  if (roots.length === 0)
    throw new CommandError(EXIT.no, "nothing was started yet: twinfold start --root DIR --remote /A/B/C");
  // A folder that is gone is only meant where it is named, or the only one.
  const there = roots.length === 1 ? roots : roots.filter((one) => existsSync(one.root));
  const [only] = there;
  if (only !== undefined && there.length === 1) return only;
  const choice = (there.length === 0 ? roots : there).map((one) => one.root).join(", ");
  throw new CommandError(EXIT.usage, `name the root with --root; there are several: ${choice}`);
}
