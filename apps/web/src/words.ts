import type { Instance, LinkProblem, SyncStatus } from "@twinfold/api";

type Progress = NonNullable<SyncStatus["progress"]>;

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** `1.5 MB`: powers of 1024, as Dropbox counts: what it sells as 2 TB is 2 TB here. */
export function bytesInWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `1 file`, `2 files`. */
export function countInWords(count: number, word: string): string {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}

/** `a.txt`, `a.txt and b.txt`, `a.txt, b.txt and 3 more`. */
export function pathsInWords(paths: readonly string[]): string {
  if (paths.length <= 2) return paths.join(" and ");
  return `${paths.slice(0, 2).join(", ")} and ${(paths.length - 2).toLocaleString("en")} more`;
}

/** An instance, told from those that have its name in other spaces. */
export function instanceInWords({ space, name }: Pick<Instance, "space" | "name">): string {
  return `${space} › ${name}`;
}

/** `3 minutes ago`. */
export function agoInWords(date: Date, now = new Date()): string {
  const seconds = Math.round((now.getTime() - date.getTime()) / 1000);
  if (seconds < 5) return "just now";
  const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (seconds < 60) return format.format(-seconds, "second");
  return fromMinutesUp(format, seconds, -1);
}

/** `in 3 minutes`, of what is to come. */
export function untilInWords(date: Date, now = new Date()): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000);
  if (seconds < 60) return "in less than a minute";
  return fromMinutesUp(new Intl.RelativeTimeFormat("en"), seconds, 1);
}

/** @param way 1 for what is to come, -1 for what was */
function fromMinutesUp(format: Intl.RelativeTimeFormat, seconds: number, way: 1 | -1): string {
  if (seconds < 3600) return format.format(way * Math.round(seconds / 60), "minute");
  if (seconds < 86_400) return format.format(way * Math.round(seconds / 3600), "hour");
  return format.format(way * Math.round(seconds / 86_400), "day");
}

const LOOPBACK = /^(::ffff:)?127\.|^::1$/;
const PRIVATE = /^(::ffff:)?(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)|^f[cd][0-9a-f]{2}:|^fe80:/i;

/** Where a request came from. */
export function addressInWords(address: string): string {
  if (address === "") return "an address that was not noted";
  if (LOOPBACK.test(address)) return "the server’s own computer";
  return PRIVATE.test(address) ? `the local network (${address})` : address;
}

export function secondsInWords(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export function progressInWords(progress: Progress): string {
  const parts = [
    `${progress.filesDone} of ${progress.filesTotal} files`,
    `${bytesInWords(progress.bytesDone)} of ${bytesInWords(progress.bytesTotal)}`,
  ];
  if (progress.rate > 0) parts.push(`${bytesInWords(progress.rate)}/s`);
  if (progress.timeLeft !== null) parts.push(`${secondsInWords(progress.timeLeft)} left`);
  return parts.join(", ");
}

/** The reason of a server, which ends without a full stop and has its times in UTC, as a sentence. */
export function reasonInWords(reason: string): string {
  const dated = reason.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, (date) => new Date(date).toLocaleString());
  return `${dated.charAt(0).toUpperCase()}${dated.slice(1)}${/[.!?]$/.test(dated) ? "" : "."}`;
}

/** A state in a word. */
export function wordOf(state: SyncStatus["state"]): string {
  return state === "stopped" ? "not running" : state;
}

/** What a state means, where the server says no more. */
export function stateInWords(status: SyncStatus): string {
  if (status.message !== null) return status.message;
  switch (status.state) {
    case "not linked":
      return "No Dropbox is linked yet.";
    case "linking":
      return "Connecting to Dropbox.";
    case "up to date":
      return "Both sides are the same.";
    case "syncing":
      return "Making both sides the same.";
    case "paused":
      return "Nothing is synced until you resume.";
    case "needs attention":
      return "Something waits for you.";
    case "reconnect":
      return "Dropbox no longer accepts the link: connect again.";
    case "Dropbox full":
      return "Uploads wait until there is room in Dropbox.";
    case "disk full":
      return "Downloads wait until there is room on the disk.";
    case "offline":
      return "Dropbox can't be reached; trying again.";
    case "stopped":
      return "Sync runs while an application runs, or always where you set it so.";
    default:
      return status.state satisfies never;
  }
}

const WHY: Readonly<Record<LinkProblem, string>> = {
  cancelled: "You cancelled at Dropbox.",
  state: "This link request is not valid any more: it was used, took longer than ten minutes, or was not begun here.",
  code: "Dropbox's code was used already or has expired.",
  network: "Dropbox could not be reached.",
  app: "Dropbox does not know this app's key, secret or address: tell whoever runs this server.",
  unexpected: "Dropbox answered something unexpected.",
};

/** Why linking came to nothing, what is linked now, and what to do. */
export function problemInWords(problem: LinkProblem, linked: boolean): string {
  if (linked) return `${WHY[problem]} Your link is as it was.`;
  const next = problem === "app" ? "" : " To try again, choose Enable Access.";
  return `${WHY[problem]} Nothing was linked.${next}`;
}
