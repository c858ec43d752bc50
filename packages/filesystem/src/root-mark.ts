import { ROOT_PATH } from "@twinfold/engine";
import { NativeError, readAttribute, writeAttribute } from "./native.ts";
import type { RootWalk } from "./root-walk.ts";

/**
 * A word kept as an extended attribute of the root (xattr(7), `user.` namespace): it goes where the folder goes, and is not
 * rolled back with the state folder. File systems without such attributes keep none.
 */
export function rootMark(walk: RootWalk, session: string) {
  const name = `user.twinfold.${session}`;
  return {
    read: (): string | null => walk.at(ROOT_PATH, (path) => orWithout(null, () => readAttribute(path, name))),
    write: (word: string): void =>
      walk.at(ROOT_PATH, (path) => orWithout(undefined, () => writeAttribute(path, name, word))),
  };
}

function orWithout<T>(without: T, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof NativeError && (error.code === "ENOTSUP" || error.code === "EOPNOTSUPP")) return without;
    throw error;
  }
}
