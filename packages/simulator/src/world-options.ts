import type { Step } from "./steps.ts";

/**
 * `one`: a user; `co-authors`: one disk, a Dropbox each; `two machines`: a disk each, one Dropbox; `viewer`: a user whose
 * Dropbox follows the disk, and never the reverse.
 */
export type Layout = "one" | "co-authors" | "two machines" | "viewer";

export interface WorldOptions {
  readonly seed: number;
  readonly layout: Layout;
  /** Errors and lost answers of ports, lost watch events, kills, lost and old state, full disks and the like. */
  readonly faults: boolean;
  /** Disks are network file systems on which users write from other machines too: of half of that nobody tells. */
  readonly unheard: boolean;
  /** Users write ignore files. */
  readonly ignores: boolean;
  /** Few deletions at once are many, and users make them. */
  readonly cautious: boolean;
  /** Files are restored. */
  readonly restores: boolean;
  /** Rules come and go amid what engines do. */
  readonly rulesAmid: boolean;
  /** What engines remember is set back or cut short at the worst moments. */
  readonly misremembers: boolean;
  /** Folders are copied, and changed while that is done in Dropbox. */
  readonly copies: boolean;
  /** Names change their case only, and engines die amid that. */
  readonly recases: boolean;
  /** Other disks come and go inside the root, and files are written to unseen. */
  readonly disks: boolean;
  /** What is alike is agreed on two nodes at a time. */
  readonly agreesInParts: boolean;
  /** New files wait for each other: no more than two to a side are planned at a time. */
  readonly queues: boolean;
  /** How many steps are chosen, where no script is given. */
  readonly steps: number;
  /** Carried out as it is, instead of choosing. */
  readonly script?: readonly Step[];
}

export interface WorldResult {
  /** Sentences; empty when every invariant held. */
  readonly violations: readonly string[];
  /** What was done: given as `script` with the same seed, the same happens. */
  readonly script: readonly Step[];
  /** Every call of every port, in order. */
  readonly trace: readonly string[];
  readonly coverage: ReadonlyMap<string, number>;
}

/** One user's worlds, calm and not, and co-authors': by the remainder of their seeds. */
const RESTORES = new Set([3, 10, 14]);
const COPIES = new Set([0, 5, 8]);
const RECASES = new Set([2, 22, 34]);
const DISKS = new Set([1, 12, 20]);

/** What a seed stands for: the greater part are one user's worlds, half of them calm, and of the others one in eleven unheard. */
export function optionsForSeed(seed: number, steps = 25): WorldOptions {
  const layout = seed % 8 === 6 ? "co-authors" : seed % 8 === 7 ? "two machines" : "one";
  const faults = seed % 2 === 1;
  const [ignores, cautious] = [seed % 3 === 0, seed % 5 === 0];
  const restores = !ignores && !cautious && RESTORES.has(seed % 16);
  const unheard = faults && seed % 11 === 8;
  const rulesAmid = ignores && layout === "one" && seed % 7 === 6;
  const misremembers = faults && layout === "one" && !ignores && !cautious && seed % 13 === 9;
  const copies = seed % 19 === 14 || COPIES.has(seed % 21);
  const recases = !faults && layout === "one" && !ignores && !cautious && RECASES.has(seed % 42);
  const disks = layout === "one" && !ignores && !cautious && !unheard && DISKS.has(seed % 37);
  const agreesInParts = seed % 17 < 5;
  const queues = seed % 23 < 7;
  const chances = { unheard, restores, rulesAmid, misremembers, copies, recases, disks, agreesInParts, queues };
  return { seed, layout, faults, ignores, cautious, ...chances, steps };
}
