import type { SyncStatus } from "@twinfold/api";
import { RemoteError } from "@twinfold/engine";
import { UnsealError } from "@twinfold/host";
import { InTheWayError, SessionError } from "@twinfold/session";

/** How things stand where no engine says it. */
export const withoutEngine = (state: SyncStatus["state"], message: string | null = null): SyncStatus => ({
  state,
  message,
  pending: { up: 0, down: 0 },
  conflicts: 0,
  notSynced: 0,
  held: 0,
  folderGone: false,
  lastSyncedAt: null,
  progress: null,
});

/** What a user is told who has to link her Dropbox again before anything goes on; null where that would not help. */
export function whyToLinkAgain(error: unknown): string | null {
  if (error instanceof UnsealError) return "The key that this server seals links with has changed: connect again.";
  return error instanceof RemoteError && error.code === "revoked" ? error.message : null;
}

/** For the user, who knows nothing of this server's processes and folders; the log has the rest. */
export function whyNotBegun(error: unknown): string {
  if (error instanceof SessionError && error.code === "lease-held") {
    return "Another program keeps these files in sync with this account; this one takes over when that has ended.";
  }
  if (error instanceof InTheWayError) return `${error.message}. Then sync begins by itself within a minute.`;
  if (error instanceof RemoteError) return error.message;
  return "Sync could not begin; it is tried again. Whoever runs this server finds the reason in its log.";
}
