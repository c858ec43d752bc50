import type { Delay } from "../status.ts";

/** The figures as a person is told them; null where there are none. */
export function delaysInWords(up: Delay | null, down: Delay | null): string | null {
  if (up !== null && down !== null) {
    const each = up.count === down.count ? `${counted(up)} each way` : `last ${up.count} and ${down.count} changes`;
    return `${saved(up)}; a change there is here after ${time(down)} (${each}).`;
  }
  if (up !== null) return `${saved(up)} (${counted(up)}).`;
  if (down !== null) return `A change in Dropbox is here after ${time(down)}, usually (${counted(down)}).`;
  return null;
}

function counted({ count }: Delay): string {
  return count === 1 ? "one change so far" : `last ${count} changes`;
}

function saved(up: Delay): string {
  return `A saved file is in Dropbox after ${time(up)}, usually`;
}

/** `0.3 s`, `12 s`, `2 min`; what is quicker than a tenth of a second is called that. */
function time({ median }: Delay): string {
  const tenths = Math.max(1, Math.round(median / 100));
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(median / 1000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
