import { type FileSystem, FileSystemError, type FolderListing } from "../ports/file-system.ts";
import { type LocalNode, type LocalReader, pathOf } from "../ports/store.ts";
import type { LocalIdentity, Name, NodeId } from "../ports/values.ts";
import { inLimbo } from "./limbo.ts";
import type { LocalPlaces } from "./local-places.ts";

/** Finds what has moved into a folder that was listed, by what the disk knows things by. */
export function createLocalMoves(fileSystem: FileSystem, local: LocalReader, places: LocalPlaces) {
  /**
   * Entries that are known from another place: moved here, unless that place still has them (a hard link).
   * @returns null when the folder is by now another than was listed: names were exchanged, and back
   */
  async function find(listing: FolderListing): Promise<Map<Name, LocalNode> | null> {
    const moves = new Map<Name, LocalNode>();
    const taken = new Set<NodeId>();
    let listed: Map<Name, LocalIdentity> | null = null;
    const folder = places.nodeAt(listing.path);
    if (folder === undefined) return moves;
    for (const entry of listing.entries) {
      const there = places.childByName(folder.id, entry.name);
      if (there !== undefined && there.identity === entry.identity) continue;
      for (const known of local.byIdentity(entry.identity)) {
        // Two new names of one file: the first is where it went, the other is a hard link.
        if (known.kind !== entry.kind || known.kind === "special" || taken.has(known.id)) continue;
        if (!(await isStillThere(known))) {
          moves.set(entry.name, known);
          taken.add(known.id);
          break;
        }
        listed ??= new Map(listing.entries.map(({ name, identity }) => [name, identity]));
        if (known.parent === folder.id && listed.get(known.name) !== known.identity) return null;
      }
    }
    return moves;
  }

  /** Whether the disk still has a node where it was. What can't be looked at is taken to be there: nothing is known of it. */
  async function isStillThere(node: LocalNode): Promise<boolean> {
    if (inLimbo(local, node)) return false;
    try {
      const stat = await fileSystem.stat(pathOf(local, node.id));
      return stat !== null && stat.identity === node.identity;
    } catch (error) {
      if (!(error instanceof FileSystemError) || error.code === "root") throw error;
      return true;
    }
  }

  return { find };
}
