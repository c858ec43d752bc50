/**
 * What should not have happened goes to the log; the caller has been told that something did. Whoever went away in the
 * middle of it needs no answer, and it is no fault of ours.
 */
export function report(error: unknown): void {
  if (!isConnectionLoss(error)) console.error("local Dropbox:", error);
}

function isConnectionLoss(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "EPIPE" || code === "ABORT_ERR";
}
