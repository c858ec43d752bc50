import type { Randomness } from "../ports/clock.ts";
import { type FileSystem, FileSystemError } from "../ports/file-system.ts";
import type { Store } from "../ports/store.ts";
import { ROOT } from "../ports/values.ts";

const MARK = "mark";
const MARK_BEFORE = "mark before";

/**
 * Tells a state that was rolled back (a restored home, a state folder copied from elsewhere) from the one that worked on
 * this root last: each run leaves a new word with both, so that an old state has a word that the root no longer has.
 */
export function createStateMark(store: Store, fileSystem: FileSystem, randomness: Randomness) {
  function remember(word: string | null, before: string | null): void {
    store.transaction(() => {
      store.writeMeta(MARK, word);
      store.writeMeta(MARK_BEFORE, before);
    });
  }

  return {
    /** From now on an older state shows. First in the store, then on disk: whatever dies between leaves a word that is known. */
    async renew(): Promise<void> {
      const before = store.readMeta(MARK);
      const word = newWord(randomness);
      remember(word, before);
      try {
        await fileSystem.setMark(word);
      } catch (error) {
        // A root that takes no word keeps the one that it has.
        remember(before, word);
        if (!(error instanceof FileSystemError) || error.code === "root") throw error;
      }
    },
    /**
     * To be called before anything is planned. What an old state takes for the merge base is not: it is forgotten, so that
     * both sides are united by content and nothing is deleted. @returns whether that was so @throws FileSystemError
     */
    async check(): Promise<boolean> {
      const onDisk = await fileSystem.mark();
      const isOld = onDisk !== null && onDisk !== store.readMeta(MARK) && onDisk !== store.readMeta(MARK_BEFORE);
      if (isOld) {
        store.transaction(() => {
          for (const child of store.synced.children(ROOT)) store.synced.remove(child.id);
        });
      }
      if (isOld) remember(onDisk, null);
      return isOld;
    },
  };
}

function newWord(randomness: Randomness): string {
  const digits = () => Math.floor(randomness.next() * 2 ** 32).toString(36);
  return `${digits()}-${digits()}`;
}
