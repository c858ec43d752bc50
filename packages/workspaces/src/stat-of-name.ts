import { lstatSync, type Stats } from "node:fs";

/** Of the name itself, wherever a link leads; undefined when nothing has it. */
export function statOfName(name: string | Buffer): Stats | undefined {
  return lstatSync(name, { throwIfNoEntry: false });
}
