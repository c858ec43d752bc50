import type { Operation } from "../plan/operation.ts";
import type { ContentHash, RelativePath } from "../ports/values.ts";

/** What an operation has done to one file or folder. */
export interface Outcome {
  readonly kind: "file" | "folder";
  readonly path: RelativePath;
  /** Where it was, for moves. */
  readonly from?: RelativePath;
  /** The content that it took away or replaced on its side, and what it put there; null where there is none. */
  readonly was: ContentHash | null;
  readonly now: ContentHash | null;
  /** What was transferred. */
  readonly bytes?: number;
}

/** Told once for each operation, and for each file in a folder that was deleted whole. */
export type Done = (operation: Operation, outcome: Outcome) => void;
