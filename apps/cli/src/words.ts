import type { EngineStatus, IgnoreProblem, PlannedOperation } from "@twinfold/engine";

/** The status as a person reads it. */
export function statusInWords(status: EngineStatus): string {
  const lines = [status.message === null ? status.state : `${status.state}: ${status.message}`];
  const { pending, progress, conflicts, notSynced, held, folderGone, lastSyncedAt } = status;
  if (pending.up + pending.down > 0) lines.push(`pending: ${pending.up} to Dropbox, ${pending.down} from Dropbox`);
  if (progress !== null) {
    const rate = progress.rate > 0 ? `, ${bytesInWords(progress.rate)}/s` : "";
    lines.push(
      `transfers: ${progress.filesDone} of ${progress.filesTotal} files, ${bytesInWords(progress.bytesDone)} of ${bytesInWords(progress.bytesTotal)}${rate}`,
    );
  }
  if (conflicts > 0) lines.push(`conflict copies: ${conflicts} (twinfold conflicts)`);
  if (notSynced > 0) lines.push(`not synced: ${notSynced} (twinfold plan)`);
  if (held > 0) lines.push(`held deletions: ${held} (twinfold held apply, or: twinfold held bring-back)`);
  if (folderGone)
    lines.push("to bring the folder back: twinfold held bring-back; to delete here too: twinfold held apply");
  lines.push(...status.ignoreProblems.map(ignoreProblemInWords));
  if (lastSyncedAt !== null) lines.push(`last the same on both sides: ${lastSyncedAt}`);
  return lines.join("\n");
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
