import type { Operation } from "../plan/operation.ts";
import type { Outlook } from "../plan/planning-round.ts";
import type { Clock } from "../ports/clock.ts";
import { soonest } from "./soonest.ts";
import type { Stream } from "./stream.ts";
import { FEW } from "./works.ts";

/**
 * Uploads that are enough to go at once, while others are under way, and in a stream of edits; milliseconds that fewer wait
 * at the most.
 */
const GATHERED = { first: 200, next: 1_000, stream: 50 };
const UPLOADS_WAIT = { first: 250, next: 2_000, stream: 2_000 };
/** Milliseconds that downloads wait at the most. */
const DOWNLOADS_WAIT = 2_000;

/**
 * Lets transfers wait a moment for company, since many cost about as much as a few do: uploads while many files are still
 * being hashed, and where one edit follows the other without end; downloads while folders are made for others, as Dropbox
 * gives whole folders at once.
 */
export function createGathering(
  clock: Clock,
  hashing: { readonly backlog: () => number },
  underWay: { values(): Iterable<Operation> },
  stream: Stream,
) {
  const uploads = createPatience(clock);
  const downloads = createPatience(clock);

  return {
    /** What may go now of what is ready. */
    gathered({ ready, waiting }: Pick<Outlook, "ready" | "waiting">): readonly Operation[] {
      const count = ready.filter(isUpload).length;
      const isOneOfFew = count > 0 && count < GATHERED.next && hashing.backlog() > FEW;
      const which = !isOneOfFew ? "stream" : some(underWay.values(), isUpload) ? "next" : "first";
      const hasReason = (isOneOfFew || (count > 0 && stream.flows())) && count < GATHERED[which];
      const uploadsWait = uploads.lasts(hasReason, UPLOADS_WAIT[which]);
      if (count > 0 && !uploadsWait) stream.sends(count);
      const downloadsWait = downloads.lasts(
        ready.some(isDownload) && waiting.some(isDownload) && ready.some(makesFolder),
        DOWNLOADS_WAIT,
      );
      if (!uploadsWait && !downloadsWait) return ready;
      return ready.filter((one) => !(uploadsWait && isUpload(one)) && !(downloadsWait && isDownload(one)));
    },
    /** Milliseconds until what waits for company goes without it; null when nothing does. */
    nextTry: (): number | null => soonest([uploads.left(), downloads.left()]),
  };
}

function isUpload({ side, kind }: Operation): boolean {
  return side === "remote" && kind === "transfer";
}

function isDownload({ side, kind }: Operation): boolean {
  return side === "local" && kind === "transfer";
}

function makesFolder({ side, kind }: Operation): boolean {
  return side === "local" && kind === "create-folder";
}

function some<T>(items: Iterable<T>, is: (item: T) => boolean): boolean {
  for (const item of items) if (is(item)) return true;
  return false;
}

/** Waits while there is a reason to, but no longer than so many milliseconds at a time. */
function createPatience(clock: Clock) {
  let since: number | null = null;
  let until = 0;
  return {
    lasts(hasReason: boolean, most: number): boolean {
      const now = clock.monotonic();
      if (hasReason) {
        since ??= now;
        until = since + most;
        if (now < until) return true;
      }
      since = null;
      return false;
    },
    left: (): number | null => (since === null ? null : Math.max(1, until - clock.monotonic())),
  };
}
