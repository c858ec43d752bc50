import type { VisibleTree } from "./visible-tree.ts";

/** One side of a world, to be compared with the others. */
export interface Side {
  readonly kind: "disk" | "dropbox";
  readonly name: string;
  readonly tree: VisibleTree;
  /** What the side knows a file by, whatever its name. */
  readonly identity: (path: string) => string;
  /** Another after each change of what is at the path, or of what it leads to. */
  readonly version: (path: string) => string;
  /** Whether this content had just come into a folder that was deleted then: for that, nobody can help. */
  readonly wentUnseen: (content: string) => boolean;
  /** When a file was modified, in whole seconds since 1970. */
  readonly modified: (path: string) => number;
}
