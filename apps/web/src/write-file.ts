import { ApiFailure, fileAddress, type Over, putFile } from "./api.ts";

/** What to do where something else is already. */
export type WriteChoice = "replace" | "keep both" | "leave";
export type AskWriteChoice = (sentence: string) => Promise<WriteChoice>;

/**
 * Writes a file where its writer expects `over`; if something else is there, its writer decides.
 * @returns the path that was written, null when it was left
 */
export function writeFile(
  file: { readonly instanceId: string; readonly area: string; readonly path: string },
  content: Blob | string,
  over: Over,
  ask: AskWriteChoice,
): Promise<string | null> {
  const { instanceId, area, path } = file;
  return writeAsAsked(path, over, ask, (to, expected) => putFile(fileAddress(instanceId, area, to), content, expected));
}

/** The same, by whatever way of writing. @param write throws an ApiFailure 412 when something else is there */
export async function writeAsAsked(
  path: string,
  over: Over,
  ask: AskWriteChoice,
  write: (to: string, expected: Over) => Promise<void>,
): Promise<string | null> {
  try {
    await write(path, over);
    return path;
  } catch (error) {
    if (!isTaken(error)) throw error;
    const choice = await ask(error.message);
    if (choice === "leave") return null;
    if (choice === "replace") {
      await write(path, undefined);
      return path;
    }
  }
  for (let number = 2; ; number++) {
    const beside = numbered(path, number);
    try {
      await write(beside, null);
      return beside;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

/** Whether something else was there. */
export function isTaken(error: unknown): error is ApiFailure {
  return error instanceof ApiFailure && error.status === 412;
}

/** `folder/name (2).txt` */
function numbered(path: string, number: number): string {
  const start = path.lastIndexOf("/") + 1;
  const dot = path.lastIndexOf(".");
  // A name that only begins with a dot has no ending.
  const end = dot > start ? dot : path.length;
  return `${path.slice(0, end)} (${number})${path.slice(end)}`;
}
