import { userPath } from "../plan/names.ts";
import type { FileSystem, FolderListing, LocalEntry } from "../ports/file-system.ts";
import type { IgnoreRules } from "../ports/ignore.ts";
import type { RemoteNames } from "../ports/remote.ts";
import { type LocalNode, type LocalReader, pathOf } from "../ports/store.ts";
import {
  joinPath,
  type LocalIdentity,
  type Name,
  type NodeId,
  parentPath,
  type RelativePath,
} from "../ports/values.ts";
import { inLimbo } from "./limbo.ts";
import type { Mounts } from "./mounts.ts";
import { statIfTold } from "./stat-if-told.ts";

interface LocalMovesParts {
  readonly fileSystem: FileSystem;
  readonly names: RemoteNames;
  readonly local: LocalReader;
  readonly rules: () => IgnoreRules;
  readonly mounts: Mounts;
  /** Lists a folder that nothing was heard of. */
  readonly lookIn: (folder: RelativePath) => void;
}

/** A thing that was listed, and a place from which it is known. */
interface Candidate {
  readonly entry: LocalEntry;
  readonly known: LocalNode;
}

/** Finds what has moved into a folder that was listed, by what the disk knows things by. */
export function createLocalMoves({ fileSystem, names, local, rules, mounts, lookIn }: LocalMovesParts) {
  /**
   * Entries that are known from another place than the folder's: moved here, unless that place still has them (a hard link).
   * @returns null when the folder is by now another than was listed: names were exchanged, and back
   */
  async function find(
    listing: FolderListing,
    folder: LocalNode,
    children: ReadonlyMap<Name, LocalNode>,
  ): Promise<Map<Name, LocalNode> | null> {
    const moves = new Map<Name, LocalNode>();
    const taken = new Set<NodeId>();
    let listed: Map<Name, LocalIdentity> | null = null;
    const candidates: Candidate[] = [];
    for (const entry of listing.entries) {
      const there = children.get(entry.name);
      if (there !== undefined && there.identity === entry.identity) continue;
      // A disk that is known from another place hides what is known here: that has not gone.
      if (there?.kind === "folder" && mounts.isKnown(joinPath(listing.path, entry.name))) continue;
      for (const known of local.byIdentity(entry.identity))
        if (known.kind === entry.kind && known.kind !== "special") candidates.push({ entry, known });
    }
    for (const { entry, known } of likeliestFirst(candidates, listing.path, folder.id)) {
      // Two new names of one file: one is where it went, the other is a hard link.
      if (moves.has(entry.name) || taken.has(known.id)) continue;
      if (!(await isStillThere(known))) {
        moves.set(entry.name, known);
        taken.add(known.id);
        continue;
      }
      // A new name of a file that was written through it: of the names that it had, nothing is heard.
      if (known.kind === "file" && known.fingerprint !== entry.fingerprint) lookIn(parentPath(pathOf(local, known.id)));
      listed ??= new Map(listing.entries.map(({ name, identity }) => [name, identity]));
      if (known.parent === folder.id && listed.get(known.name) !== known.identity) return null;
    }
    return moves;
  }

  /** Its name in other letters is where a thing went; an ignored name may have been a hard link to it all the time. */
  function likeliestFirst(candidates: readonly Candidate[], path: RelativePath, folder: NodeId): readonly Candidate[] {
    if (candidates.length < 2) return candidates;
    const rank = ({ entry, known }: Candidate): number => {
      if (known.parent === folder && known.key === names.key(entry.name)) return 0;
      const isIgnored =
        entry.kind !== "special" && rules().match(userPath(joinPath(path, entry.name)), entry.kind) !== null;
      return isIgnored ? 2 : 1;
    };
    return candidates
      .map((one) => ({ one, rank: rank(one) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ one }) => one);
  }

  /** Whether the disk still has a node where it was. What can't be looked at is taken to be there: nothing is known of it. */
  async function isStillThere(node: LocalNode): Promise<boolean> {
    if (inLimbo(local, node)) return false;
    const path = pathOf(local, node.id);
    // On a disk that is gone: of that nothing is known, also where it is mounted elsewhere by now.
    if (mounts.isAway(path)) return true;
    const stat = await statIfTold(fileSystem, path);
    return stat === undefined || stat?.identity === node.identity;
  }

  return { find };
}
