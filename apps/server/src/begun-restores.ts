import type { BegunRestore } from "@twinfold/workspaces";
import type { Kysely } from "kysely";
import type { Database } from "./database/schema.ts";
import type { EpochCounter } from "./epochs.ts";
import type { RestoredDeletions } from "./restored-deletions.ts";

/** Whom a restore concerns. */
export interface RestoreWord {
  /** Those whose Dropbox is to follow. */
  readonly users: readonly string[];
  /** Those of them whose Dropbox could not hand out all that it had. */
  readonly unheard: readonly string[];
}

/**
 * Writes down what sessions are to know of a restore: all of it or nothing. The word for that lies in the restore's journal, so
 * a restore that was cut short before it was sure has left nothing here, and one that is gone on with says it again.
 */
export function createBegunRestores(parts: {
  readonly database: Kysely<Database>;
  readonly restoredDeletions: RestoredDeletions;
  readonly epochs: EpochCounter;
}) {
  const { database, restoredDeletions, epochs } = parts;
  return {
    word: (word: RestoreWord): string => JSON.stringify(word),
    async note(instanceId: string, { gone, word }: BegunRestore): Promise<void> {
      const { users, unheard }: RestoreWord = word === null ? { users: [], unheard: [] } : JSON.parse(word);
      await database.transaction().execute(async (transaction) => {
        for (const user of users) await restoredDeletions.add(user, instanceId, gone, transaction);
        await epochs.raise(instanceId, unheard, transaction);
      });
    },
  };
}

export type BegunRestores = ReturnType<typeof createBegunRestores>;
