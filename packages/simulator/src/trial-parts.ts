import type { FileAction } from "./actions.ts";
import type { Ambushes } from "./ambush.ts";
import type { Cast } from "./cast.ts";
import type { DiskUser } from "./disk-user.ts";
import type { DropboxUser } from "./dropbox-user.ts";
import type { Side } from "./side.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** By then what goes without a question has gone, in milliseconds. */
export const GONE_WITHIN = 20_000;

/** What is tried in a world at rest, of which it is known what must come of it. */
export interface TrialParts {
  readonly cast: Cast;
  readonly time: VirtualTime;
  readonly ambushes: Ambushes;
  /** Events of the disk may be late, or missing. */
  readonly faults: boolean;
  /** Nobody tells of what is done on disk: of a move, the one end may be found long before the other. */
  readonly unheard: boolean;
  readonly ignores: boolean;
  readonly settle: () => Promise<void>;
  /** From now on nothing fails, until the next rest. */
  readonly calm: () => void;
  readonly act: (side: Side["kind"], number: number, action: FileAction) => void;
  readonly byUser: (side: Side["kind"], number: number, body: (user: DiskUser | DropboxUser) => unknown) => void;
  /** What is done next is no user's doing. */
  readonly disturb: () => void;
}
