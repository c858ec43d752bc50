import type { Randomness } from "../ports/clock.ts";
import { type FileSystem, FileSystemError } from "../ports/file-system.ts";
import type { Store } from "../ports/store.ts";
import { ROOT } from "../ports/values.ts";

const MARK = "mark";
/** So many words that may be with the root are remembered at the most: it gets a new one now and then. */
const MOST = 8;

/**
 * Tells a state that was rolled back (a restored home, a state folder copied from elsewhere) from the one that worked on
 * this root last: each run leaves a new word with both, so that an old state has a word that the root no longer has.
 */
export function createStateMark(store: Store, fileSystem: FileSystem, randomness: Randomness) {
  /** The word that the root is known to have had, and those that it may have got since, as nobody said that it has not. */
  const known = (): readonly string[] => store.readMeta(MARK)?.split(" ") ?? [];
  const remember = (words: readonly string[]): void => store.writeMeta(MARK, words.slice(-MOST).join(" "));

  return {
    /** From now on an older state shows. First in the store, then on disk: whatever dies between leaves a word that is known. */
    async renew(): Promise<void> {
      const word = newWord(randomness);
      remember([...known(), word]);
      try {
        await fileSystem.setMark(word);
        remember([word]);
      } catch (error) {
        // A root that takes no word keeps the one that it has.
        if (!(error instanceof FileSystemError) || error.code === "root") throw error;
      }
    },
    /**
     * To be called before anything is planned. What an old state takes for the merge base is not: it is forgotten, so that
     * both sides are united by content and nothing is deleted. @returns whether that was so @throws FileSystemError
     */
    async check(): Promise<boolean> {
      const onDisk = await fileSystem.mark();
      const isOld = onDisk !== null && !known().includes(onDisk);
      if (isOld) {
        store.transaction(() => {
          for (const child of store.synced.children(ROOT)) store.synced.remove(child.id);
          remember([onDisk]);
        });
      }
      return isOld;
    },
  };
}

function newWord(randomness: Randomness): string {
  const digits = () => Math.floor(randomness.next() * 2 ** 32).toString(36);
  return `${digits()}-${digits()}`;
}
