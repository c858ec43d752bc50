import type { Mutant } from "./mutant.ts";

const absences = "observe/absences.ts";
const disk = "observe/local-observer.ts";
const listing = "observe/listing-comparison.ts";
const moves = "observe/local-moves.ts";
const dropbox = "observe/remote-observer.ts";
const changes = "observe/changes-reader.ts";

/** What is believed: the disk, Dropbox's changes, the engine's own memory. */
export const OBSERVING_MUTANTS: readonly Mutant[] = [
  {
    id: "unlisted-folder-is-empty",
    file: disk,
    find: "} else unlisted.failed(result.path, deep.has(result.path));",
    replace: "} else for (const child of local.children(places.nodeAt(result.path)?.id ?? -1)) local.remove(child.id);",
    breaks: "a folder that could not be listed is taken for empty",
  },
  {
    id: "no-second-look-on-disk",
    file: absences,
    find: "if ((await statIfTold(fileSystem, path)) === null) return true;",
    replace: "return true;",
    breaks: "what one listing lacked is deleted",
  },
  {
    id: "second-look-at-once",
    file: absences,
    find: "if (now - since < SECOND_LOOK) continue;",
    replace: "",
    breaks: "the second look comes at once",
  },
  {
    id: "hard-link-is-a-move",
    file: moves,
    find: "if (!(await isStillThere(known)))",
    replace: "if (true)",
    breaks: "a second name of a file is taken for its move",
  },
  {
    id: "edit-in-place-unseen",
    file: listing,
    find: "known.fingerprint !== entry.fingerprint || known.identity !== entry.identity) {\n      const node",
    replace: "known.identity !== entry.identity) {\n      const node",
    breaks: "a file that was written in place counts as the same",
  },
  {
    id: "move-on-disk-forgotten",
    file: moves,
    find: "for (const known of local.byIdentity(entry.identity))",
    replace: "for (const known of [] as LocalNode[])",
    breaks: "a rename on disk is taken for a deletion and a new file",
  },
  {
    id: "rename-in-dropbox-forgotten",
    file: dropbox,
    find: "if (moved?.kind === entry.kind) return { id: moved.id };",
    replace: "if (moved?.parent === occupant?.parent && moved?.kind === entry.kind) return { id: moved.id };",
    breaks: "a move in Dropbox is taken for a deletion and a new file",
  },
  {
    id: "moved-away-is-replaced",
    file: dropbox,
    find: "if (written.parent === parent && written.key === key) remove(written);",
    replace: "if (written.parent !== null) remove(written);",
    breaks: "a file that moved away while it was uploaded is taken for gone",
  },
  {
    id: "deletion-in-dropbox-unseen",
    file: dropbox,
    find: "if (node !== undefined) remove(node);\n        } else",
    replace: "} else",
    breaks: "deletions in Dropbox are not taken in",
  },
  {
    id: "reset-believes-the-old",
    file: changes,
    find: "observer.removeUnseen(seen);",
    replace: "{}",
    breaks: "after a cursor reset, what was deleted meanwhile counts as there",
  },
  {
    id: "plans-on-half-a-page",
    file: changes,
    find: 'isEnd ? null : "yes"',
    replace: "null",
    breaks: "plans are made while only some pages of changes are in the tree",
  },
  {
    id: "no-second-look-in-dropbox",
    file: changes,
    find: 'page.changes.some(({ kind }) => kind === "deleted")',
    replace: "false",
    breaks: "the first half of a move in Dropbox is taken for a deletion",
  },
  {
    id: "cursor-of-half-a-listing",
    file: changes,
    find: "if (seen === null || isEnd) store.writeMeta",
    replace: "store.writeMeta",
    breaks: "a listing that was cut short goes on from its middle",
  },
  {
    id: "cursor-before-changes",
    file: changes,
    find: "store.transaction(() => {\n        observer.apply(page, seen);",
    replace:
      "if (seen === null) store.writeMeta(CURSOR, page.cursor);\n      store.transaction(() => {\n        observer.apply(page, seen);",
    breaks: "the place in Dropbox's history is stored before what was read",
  },
  {
    id: "below-moved-unasked",
    file: changes,
    find: "await confirm(signal);",
    replace: "",
    breaks: "what lay in a folder that moved in Dropbox counts as there without being told of",
  },
  {
    id: "stray-of-our-own",
    file: "observe/strays.ts",
    find: "&& !isGivenBy(mark, node.name);",
    replace: ";",
    breaks: "a name that the engine itself has given for a moment is waited for as another's",
  },
  {
    id: "changed-back-on-disk",
    file: "observe/rewritten.ts",
    find: "if (wasCutShort)",
    replace: 'if (wasCutShort && side === "remote")',
    breaks: "after a power cut, what is back on disk to what it was counts as untouched",
  },
  {
    id: "changed-back-in-dropbox",
    file: "observe/rewritten.ts",
    find: "if (wasCutShort)",
    replace: 'if (wasCutShort && side === "local")',
    breaks: "after a power cut, what is back in Dropbox to what it was counts as untouched",
  },
  {
    id: "old-state-believed",
    file: "observe/state-mark.ts",
    find: "const isOld =",
    replace: "const isOld = false &&",
    breaks: "a state that was rolled back passes for the last one",
  },
  {
    id: "strays-taken-at-once",
    file: "observe/strays.ts",
    find: "return clock.monotonic() - since < LEFT_FOR_GOOD;",
    replace: "return false;",
    breaks: "another engine's swap is disturbed amid its way",
  },
  {
    id: "strays-left-for-ever",
    file: "observe/strays.ts",
    find: "return clock.monotonic() - since < LEFT_FOR_GOOD;",
    replace: "return true;",
    breaks: "what a swap left behind is never given its name back",
  },
  {
    id: "mounted-over-unseen",
    file: disk,
    find: "if (showsAnotherFolder(result, folder, children)) await lookAtMounts();",
    replace: "",
    breaks: "a disk that is mounted amid a look is taken for the folder beneath, with all in it deleted",
  },
  {
    id: "another-disk-is-the-same",
    file: listing,
    find: "if (folder.identity !== listing.self.identity && mounts.isKnown(listing.path)) beginAnew(folder);",
    replace: "",
    breaks: "what another disk lacks is deleted in Dropbox",
  },
  {
    id: "never-read-once-more",
    file: "observe/hashing.ts",
    find: "          readOnceMore(id, stat.mtime);\n",
    replace: "",
    breaks: "what is written through memory is not seen",
  },
  {
    id: "known-disk-moved-here",
    file: moves,
    find: 'if (there?.kind === "folder" && mounts.isKnown(joinPath(listing.path, entry.name))) continue;',
    replace: "",
    breaks:
      "a disk that is mounted over another folder than before is taken for its move, and what it hides is deleted",
  },
  {
    id: "inner-disk-forgotten",
    file: "observe/mounts.ts",
    find: "for (const path of outermostOf(missing))",
    replace: "for (const path of missing)",
    breaks: "a disk that was mounted in another one, which is gone, is forgotten",
  },
];
