import type { IgnoreProblem, PlannedOperation, Progress } from "@twinfold/engine";
import type { SessionStatus } from "@twinfold/session/control";

/** The state, with what there is to say of it. */
export function stateInWords({ state, message }: SessionStatus): string {
  return message === null ? state : `${state}: ${message}`;
}

/** The status as a person reads it. @param columns of a terminal, which is shown a bar; 0 for none */
export function statusInWords(status: SessionStatus, columns = 0): string {
  const lines = [stateInWords(status)];
  const { pending, progress, conflicts, notSynced, held, folderGone, lastSyncedAt, unheard, delays } = status;
  if (pending.up + pending.down > 0) lines.push(`pending: ${pending.up} to Dropbox, ${pending.down} from Dropbox`);
  if (progress !== null) {
    lines.push(`transfers: ${progressInWords(progress)}`);
    if (columns > 0) lines.push(progressBar(progress, columns));
  }
  if (conflicts > 0) lines.push(`conflict copies: ${conflicts} (twinfold conflicts)`);
  if (notSynced > 0) lines.push(`not synced: ${notSynced} (twinfold plan)`);
  if (held > 0) lines.push(`held deletions: ${held} (twinfold held apply, or: twinfold held bring-back)`);
  if (folderGone)
    lines.push("to bring the folder back: twinfold held bring-back; to delete here too: twinfold held apply");
  lines.push(...status.ignoreProblems.map(ignoreProblemInWords));
  // A daemon of an earlier version, which still runs, says nothing of these.
  if (unheard != null) lines.push(unheard.message);
  if (delays != null) lines.push(delays.message);
  if (lastSyncedAt !== null) lines.push(`last the same on both sides: ${lastSyncedAt}`);
  return lines.join("\n");
}

function progressInWords({ filesDone, filesTotal, bytesDone, bytesTotal, rate, timeLeft }: Progress): string {
  const speed = rate > 0 ? `, ${bytesInWords(rate)}/s` : "";
  const left = timeLeft === null ? "" : `, ${secondsInWords(timeLeft)} left`;
  return `${filesDone} of ${filesTotal} files, ${bytesInWords(bytesDone)} of ${bytesInWords(bytesTotal)}${speed}${left}`;
}

/** Of a terminal so wide: state, bar and figures, as far as they fit. */
export function statusInALine(status: SessionStatus, columns: number): string {
  const { progress, pending } = status;
  const waiting = pending.up + pending.down > 0 ? `, ${pending.up} up, ${pending.down} down` : "";
  if (progress === null) return cut(`${stateInWords(status)}${waiting}`, columns);
  const words = ` ${progressInWords(progress)}`;
  const room = columns - words.length - 1;
  return room < SHORTEST_BAR ? cut(words.trim(), columns) : `${progressBar(progress, Math.min(room, 30))}${words}`;
}

/** Columns. */
const SHORTEST_BAR = 10;

/** `[#####.....]  50 %`; by bytes, where there are any. */
function progressBar({ filesDone, filesTotal, bytesDone, bytesTotal }: Progress, columns: number): string {
  const share = bytesTotal > 0 ? bytesDone / bytesTotal : filesTotal > 0 ? filesDone / filesTotal : 1;
  const percent = ` ${String(Math.floor(share * 100)).padStart(3)} %`;
  const width = Math.max(1, Math.min(columns, 60) - percent.length - 2);
  const done = Math.floor(share * width);
  return `[${"#".repeat(done)}${".".repeat(width - done)}]${percent}`;
}

function cut(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
}

/** `40 s`, `3 min`, `2 h 5 min`. */
function secondsInWords(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function ignoreProblemInWords({ line, pattern, why }: IgnoreProblem): string {
  return `line ${line} of .mignore leaves nothing out: ${pattern}   ${why}`;
}

export function operationInWords(operation: PlannedOperation): string {
  const side = operation.direction === "up" ? "in Dropbox" : "on disk";
  const path = operation.from === undefined ? operation.path : `${operation.from} -> ${operation.path}`;
  const size = operation.bytes === undefined ? "" : ` (${bytesInWords(operation.bytes)})`;
  return `${operation.held ? "HELD " : ""}${side}: ${operation.action} ${path}${size}   ${operation.reason}`;
}

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** `1.5 MB`: powers of 1024, as Dropbox counts. */
export function bytesInWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
