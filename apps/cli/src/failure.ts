import { DropboxAddressError } from "@twinfold/dropbox";
import { RemoteError } from "@twinfold/engine";
import { SessionError, type SessionErrorCode } from "@twinfold/session";
import { CommandError, EXIT } from "./exit-codes.ts";

const SESSION_EXIT: Readonly<Record<SessionErrorCode, number>> = {
  root: EXIT.root,
  "nested-root": EXIT.root,
  "remote-path": EXIT.remotePath,
  "lease-held": EXIT.leaseHeld,
  newer: EXIT.newer,
  "state-folder": EXIT.folder,
};

/** One line for people and a code for programs; of a defect, all that is known. */
export function describeFailure(error: unknown): { readonly exitCode: number; readonly message: string } {
  if (error instanceof CommandError) return { exitCode: error.exitCode, message: error.message };
  if (error instanceof SessionError) return { exitCode: SESSION_EXIT[error.code], message: error.message };
  if (error instanceof RemoteError)
    return { exitCode: error.code === "revoked" ? EXIT.reconnect : EXIT.offline, message: error.message };
  if (error instanceof DropboxAddressError)
    return { exitCode: EXIT.usage, message: `TWINFOLD_DROPBOX_URL: ${error.message}` };
  return { exitCode: EXIT.internal, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
