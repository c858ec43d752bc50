import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { IGNORE_FILE, RemoteError } from "@twinfold/engine";
import { compileIgnoreRules } from "@twinfold/ignore";
import { ControlError } from "./control/control-error.ts";
import type { SyncSession } from "./sync-session.ts";
import type { TakenOut, TakingOut } from "./take-out.ts";

/** How long a session may take until the ignore file is in sync, in seconds. */
const REST_WITHIN = 60;

/** A larger one the engine takes for none; bytes. */
const LARGEST = 4 * 1024 * 1024;

/** The ignore file's text; "" where there is none, as the engine sees it: no link is followed, and no pipe waited for. */
export function readIgnoreFile(root: string): string {
  let file: number;
  try {
    file = openSync(join(root, IGNORE_FILE), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (["ENOENT", "ELOOP", "ENXIO"].includes((error as NodeJS.ErrnoException).code ?? "")) return "";
    throw error;
  }
  try {
    const stat = fstatSync(file);
    return stat.isFile() && stat.size <= LARGEST ? readFileSync(file, "utf8") : "";
  } finally {
    closeSync(file);
  }
}

/** Ends what is only to be said. */
class OnlySaid extends Error {}

const CHANGED =
  "the ignore file was changed meanwhile, so not all was taken out of Dropbox: look at it, and say the same again";

/**
 * Takes out of Dropbox what a pattern of the ignore file leaves out and the disk has the same. Where its user has not agreed
 * yet, that is only said, also of a pattern that is still to be added at the end. @throws ControlError, RemoteError
 */
export async function takePatternOut(
  session: SyncSession,
  root: string,
  pattern: string,
  agreed: boolean,
): Promise<TakenOut> {
  const text = readIgnoreFile(root);
  const isThere = text.split(/\r?\n/).includes(pattern);
  if (agreed && !isThere) throw new ControlError("no", `nothing was taken out: ${pattern} is not in the ignore file`);
  const rules = compileIgnoreRules(isThere ? text : `${text}\n${pattern}\n`);
  const leftOutBy: TakingOut["leftOutBy"] = (path, kind) => {
    const rule = rules.match(path, kind);
    return rule?.pattern === pattern ? rule : null;
  };
  return takeOutOnceAgreed(session, root, text, leftOutBy, agreed ? () => undefined : null);
}

/**
 * The same of all that the ignore file's lines leave out.
 * @param agree throws when what was found is not what was agreed to; null: it is only said
 * @throws ControlError, RemoteError, what `agree` throws
 */
export async function takeIgnoredOut(
  session: SyncSession,
  root: string,
  agree: ((found: TakenOut) => void) | null,
): Promise<TakenOut> {
  const text = readIgnoreFile(root);
  const rules = compileIgnoreRules(text);
  const leftOutBy: TakingOut["leftOutBy"] = (path, kind) => {
    const rule = rules.match(path, kind);
    // What is always left out is no line's doing.
    return rule !== null && rule.line > 0 ? rule : null;
  };
  return takeOutOnceAgreed(session, root, text, leftOutBy, agree);
}

/** @param text of the ignore file by which it was chosen: with another one, what is to go may be in sync again */
async function takeOutOnceAgreed(
  session: SyncSession,
  root: string,
  text: string,
  leftOutBy: TakingOut["leftOutBy"],
  agree: ((found: TakenOut) => void) | null,
): Promise<TakenOut> {
  const isWanted = () => readIgnoreFile(root) === text;
  let said: TakenOut | null = null;
  try {
    return await session.takeOut({
      leftOutBy,
      isWanted,
      async agree(found) {
        if (agree === null) {
          said = found;
          throw new OnlySaid();
        }
        agree(found);
        // An engine that still went by the old rules would take what goes for deletions: the one here, and that of another
        // machine, to which the ignore file must be on its way first.
        if (!(await session.wait(REST_WITHIN)))
          throw new ControlError(
            "no",
            `nothing was taken out of Dropbox: the pattern holds, but not all is in sync after ${REST_WITHIN} s; say the same again then`,
          );
      },
    });
  } catch (error) {
    if (error instanceof OnlySaid && said !== null) return said;
    if (error instanceof RemoteError && error.code === "conflict" && !isWanted())
      throw new ControlError("no", CHANGED, error);
    throw error;
  }
}
