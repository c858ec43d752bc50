/** SQLite's result codes (sqlite.org/rescode.html), whose lowest byte says the kind. */
const BUSY = 5;
const NO_MEMORY = 7;
const READ_ONLY = 8;
const IO_ERROR = 10;
const FULL = 13;
const CANT_OPEN = 14;
const REFUSALS = new Set([BUSY, NO_MEMORY, READ_ONLY, IO_ERROR, FULL, CANT_OPEN]);
/** The index of the log does not fit on the disk. */
const NO_ROOM_FOR_INDEX = IO_ERROR | (19 << 8);
/** The file ends too early: that does not pass. */
const SHORT_READ = IO_ERROR | (2 << 8);

/** Why the store could not be written or read just now, though nothing is wrong with what is in it. */
export type Refusal = "full" | "refused";

/** @returns null for what is no such thing */
export function refusalOf(error: unknown): Refusal | null {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: unknown };
  if (code !== "ERR_SQLITE_ERROR" || typeof errcode !== "number") return null;
  const kind = errcode & 0xff;
  if (!REFUSALS.has(kind) || errcode === SHORT_READ) return null;
  return kind === FULL || errcode === NO_ROOM_FOR_INDEX ? "full" : "refused";
}
