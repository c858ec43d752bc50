import type { Operation } from "../plan/operation.ts";
import type { Outlook } from "../plan/planning-round.ts";
import type { Clock } from "../ports/clock.ts";
import { FEW } from "./works.ts";

/** Uploads that are enough to go at once; milliseconds that fewer wait for company at the most. */
const GATHERED = 200;
const UPLOADS_WAIT = 250;
/** Milliseconds that downloads wait at the most. */
const DOWNLOADS_WAIT = 2_000;

/**
 * Lets transfers wait a moment for company, since many cost about as much as a few do: uploads while many files are still
 * being hashed, downloads while folders are made for others, as Dropbox gives whole folders at once.
 */
export function createGathering(clock: Clock, hashing: { readonly backlog: () => number }) {
  const uploads = createPatience(clock, UPLOADS_WAIT);
  const downloads = createPatience(clock, DOWNLOADS_WAIT);

  return {
    /** What may go now of what is ready. */
    gathered({ ready, waiting }: Pick<Outlook, "ready" | "waiting">): readonly Operation[] {
      const count = ready.filter(isUpload).length;
      const uploadsWait = uploads.lasts(count > 0 && count < GATHERED && hashing.backlog() > FEW);
      const downloadsWait = downloads.lasts(
        ready.some(isDownload) && waiting.some(isDownload) && ready.some(makesFolder),
      );
      if (!uploadsWait && !downloadsWait) return ready;
      return ready.filter((one) => !(uploadsWait && isUpload(one)) && !(downloadsWait && isDownload(one)));
    },
    /** Milliseconds until what waits for company goes without it; null when nothing does. */
    nextTry(): number | null {
      const waits = [uploads.left(), downloads.left()].filter((one) => one !== null);
      return waits.length > 0 ? Math.min(...waits) : null;
    },
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

/** Waits while there is a reason to, but no longer than so many milliseconds at a time. */
function createPatience(clock: Clock, most: number) {
  let since: number | null = null;
  return {
    lasts(hasReason: boolean): boolean {
      const now = clock.monotonic();
      if (hasReason) since ??= now;
      if (hasReason && since !== null && now - since < most) return true;
      since = null;
      return false;
    },
    left: (): number | null => (since === null ? null : Math.max(1, since + most - clock.monotonic())),
  };
}
