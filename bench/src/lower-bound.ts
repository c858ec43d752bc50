/**
 * The least time that work can take on a line, whoever does it. What it is made of, and nothing else: a request takes a way there
 * and back (`latencyMs`), what writes holds its account's lock (`commitMs`), bytes take their time. What a commit writes is seen as it
 * takes the lock, so only the next one waits for it. Reading the disk, hashing and waiting for a file to settle are free here, and so
 * is all that can be done at the same time as something longer.
 */
export interface Line {
  readonly latencyMs: number;
  readonly commitMs: number;
  readonly uploadBytesPerSecond: number | null;
  readonly downloadBytesPerSecond: number | null;
}

/** Files that one commit can take, and entries in a page of changes (Dropbox's limits). */
const COMMITTED_AT_ONCE = 1000;
const LISTED_AT_ONCE = 2000;

const roundTrip = (line: Line) => line.latencyMs / 1000;
const commit = (line: Line) => line.commitMs / 1000;
const carrying = (bytes: number, rate: number | null) => (rate === null ? 0 : bytes / rate);

/**
 * Files that go up: a round trip and their bytes, then, after the last of them, a round trip to the last commit. Commits of a
 * thousand files each wait for one another.
 */
export function uploadBound(line: Line, files: number, bytes: number): number {
  const earlierCommits = (Math.ceil(files / COMMITTED_AT_ONCE) - 1) * commit(line);
  const sent = roundTrip(line) + Math.max(carrying(bytes, line.uploadBytesPerSecond), earlierCommits);
  return sent + roundTrip(line);
}

/**
 * Files that come down: a long poll that waits already tells of them at once; each page of changes is a round trip, and the next
 * one's cursor is in it. Contents begin to come a round trip after the first page, and end no sooner than one after the last.
 */
export function downloadBound(line: Line, files: number, bytes: number): number {
  const furtherPages = (Math.ceil(files / LISTED_AT_ONCE) - 1) * roundTrip(line);
  return 2 * roundTrip(line) + Math.max(carrying(bytes, line.downloadBytesPerSecond), furtherPages);
}

/** One edit is sent and committed, one folder moved, copied or deleted, by one request. */
export function requestBound(line: Line): number {
  return roundTrip(line);
}

/** All entries are listed, page after page. */
export function listingBound(line: Line, entries: number): number {
  return Math.ceil(entries / LISTED_AT_ONCE) * roundTrip(line);
}
