import { isWithin, type RelativePath } from "@twinfold/engine";
import type { Ledger } from "./ledger.ts";
import { type Removal, type Revision, UNSEEN, type VirtualDropbox } from "./virtual-dropbox.ts";
import { textOf, type VisibleTree } from "./visible-tree.ts";

/** Nothing that a user finished writing is lost. @param folder the session's, in Dropbox @returns sentences */
export function losses(
  trees: readonly VisibleTree[],
  ledger: Ledger,
  dropboxes: readonly VirtualDropbox[],
  folder: string,
): string[] {
  const found: string[] = [];
  for (const content of ledger.missing(trees)) {
    const kept = dropboxes.flatMap((dropbox) =>
      dropbox.revisions
        .filter((one) => textOf(one.content) === content)
        .map((revision) => ({ dropbox, revision, key: revision.key })),
    );
    const pathOf = (key: string) => key.slice(folder.length + 1);
    const wasGivenUp = kept.some(
      ({ dropbox, revision, key }) =>
        ledger.wasTakenAway(pathOf(key)) ||
        namesWhenTakenUnseen(dropbox, revision).some((name) => ledger.wasInDeleted(pathOf(name))),
    );
    if (kept.length === 0) found.push(`"${content}" is lost: on no side, and not in Dropbox's history`);
    else if (!wasGivenUp)
      found.push(`"${content}" is only in Dropbox's history, but nobody deleted ${kept.at(-1)?.key}`);
  }
  return found;
}

/**
 * Dropbox deletes a folder with whatever is in it by then, and wherever it has just been moved to: for what comes into it
 * unseen, nobody can help that. @returns the paths by which an engine may have known such a file; none if it was seen
 */
function namesWhenTakenUnseen({ removals, relocations }: VirtualDropbox, { key, at }: Revision): string[] {
  return removals
    .filter((removal) => takesUnseen(removal, key, at))
    .flatMap((removal) => {
      // The folder's earlier paths: the file may have come into it at any of them, and after it was moved.
      const folders = [removal.key];
      for (const { from, to, at: moved } of relocations.toReversed()) {
        const folder = folders.at(-1) as string;
        if (moved <= removal.at && removal.at - moved <= UNSEEN && isWithin(folder as RelativePath, to as RelativePath))
          folders.push(from + folder.slice(to.length));
      }
      return folders.map((folder) => folder + key.slice(removal.key.length));
    });
}

function takesUnseen(removal: Removal, key: string, written: number): boolean {
  const age = removal.at - written;
  return age >= 0 && age <= UNSEEN && key !== removal.key && isWithin(key as RelativePath, removal.key as RelativePath);
}
