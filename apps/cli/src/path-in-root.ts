import { relative, resolve } from "node:path";
import type { RelativePath } from "@twinfold/engine";
import { CommandError, EXIT } from "./exit-codes.ts";

/** What a user named, relative to the root. @throws CommandError where that is the root itself, or lies elsewhere */
export function pathInRoot(root: string, named: string): RelativePath {
  const path = relative(root, resolve(root, named));
  if (path === "" || path === ".." || path.startsWith("../"))
    throw new CommandError(EXIT.usage, `${named} is nothing in ${root}: give a path relative to that`);
  return path as RelativePath;
}
