import { createInterface } from "node:readline/promises";
import type { RelativePath } from "@twinfold/engine";
import { compileIgnoreRules } from "@twinfold/ignore";
import { type TakenOut, takeOutOfDropbox } from "@twinfold/session";
import type { ConfigFile, Root } from "../config.ts";
import { askDaemon } from "../control.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { type Home, socketPath } from "../home.ts";
import { sessionOptions } from "../session-options.ts";
import { bytesInWords } from "../words.ts";
import { checkPattern, ignoreAdd, readIgnoreFile } from "./ignore.ts";

/** How long the daemon may take until the ignore file is in sync, in seconds. */
const REST_WITHIN = 60;

/**
 * Leaves out what a pattern matches, and takes it out of Dropbox, after saying how much that is. On disk it stays, and what
 * the disk does not have the same stays in Dropbox too.
 */
export async function ignoreAndRemove(
  home: Home,
  config: ConfigFile,
  root: Root,
  pattern: string,
  yes: boolean,
): Promise<string> {
  checkPattern(pattern);
  const link = config.requireLink();
  if ((await askDaemon(socketPath(home, root.root), { command: "status" })) === undefined)
    throw new CommandError(EXIT.no, `nothing runs for ${root.root}: twinfold start`);
  const text = readIgnoreFile(root.root);
  const isThere = text.split(/\r?\n/).includes(pattern);
  const rules = compileIgnoreRules(isThere ? text : `${text}\n${pattern}\n`);
  const isLeftOut = (path: RelativePath, kind: "file" | "folder") => rules.match(path, kind)?.pattern === pattern;
  const { files, bytes, staying } = await takeOutOfDropbox(
    sessionOptions(home, root, link),
    isLeftOut,
    async (found) => {
      if (!yes) await askWhether(found);
      if (!isThere) ignoreAdd(root.root, pattern);
      if (found.files.length > 0) await untilRulesHold(home, root);
    },
  );
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

/**
 * An engine that still went by the old rules would take what goes for deletions: the one here, and that of another machine,
 * to which the ignore file must be on its way first. @throws CommandError
 */
async function untilRulesHold(home: Home, root: Root): Promise<void> {
  const quiet = await askDaemon(socketPath(home, root.root), { command: "wait", seconds: REST_WITHIN });
  if (quiet) return;
  throw new CommandError(
    EXIT.no,
    `nothing was taken out of Dropbox: the pattern holds, but not all is in sync after ${REST_WITHIN} s; say the same again then`,
  );
}

function inFiles(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}
