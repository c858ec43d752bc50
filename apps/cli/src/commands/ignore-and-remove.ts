import { createInterface } from "node:readline/promises";
import { readIgnoreFile, type TakenOut } from "@twinfold/session";
import { CommandError, EXIT } from "../exit-codes.ts";
import type { Subject } from "../subject.ts";
import { bytesInWords } from "../words.ts";
import { checkPattern, ignoreAdd } from "./ignore.ts";

/**
 * Leaves out what a pattern matches, and takes it out of Dropbox, after saying how much that is. On disk it stays, and what
 * the disk does not have the same stays in Dropbox too.
 */
export async function ignoreAndRemove({ root, ask }: Subject, pattern: string, yes: boolean): Promise<TakenOut> {
  checkPattern(pattern);
  const takeOut = { command: "take out", pattern } as const;
  const found = await ask({ ...takeOut, agreed: false });
  if (!yes) await askWhether(found);
  if (!readIgnoreFile(root).split(/\r?\n/).includes(pattern)) ignoreAdd(root, pattern);
  return ask({ ...takeOut, agreed: true });
}

export function removedInWords(pattern: string, { files, bytes, staying }: TakenOut): string {
  const rest = staying.length === 0 ? "" : `; ${inFiles(staying.length)} stayed there: the disk does not have the same`;
  return `${pattern} is left out from now on; ${inFiles(files.length)}, ${bytesInWords(bytes)}, taken out of Dropbox${rest}`;
}

/** @throws CommandError when the answer is not yes, or nobody is there to give it */
async function askWhether({ files, bytes, staying }: TakenOut): Promise<void> {
  const what = `${inFiles(files.length)}, ${bytesInWords(bytes)}, would be taken out of Dropbox and stay on disk`;
  if (!process.stdin.isTTY) throw new CommandError(EXIT.usage, `${what}: say --yes`);
  if (staying.length > 0) console.error(`${inFiles(staying.length)} would stay: the disk does not have the same.`);
  const input = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await input.question(`${what}. Go on? (yes/no) `);
  input.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError(EXIT.no, "nothing was changed");
}

function inFiles(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}
