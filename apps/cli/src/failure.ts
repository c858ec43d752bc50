import { DropboxAddressError } from "@twinfold/dropbox";
import { type Explained, explainFailure } from "@twinfold/session";
import type { ControlErrorCode } from "@twinfold/session/control";
import { CommandError, EXIT } from "./exit-codes.ts";

const EXIT_OF: Readonly<Record<ControlErrorCode, number>> = {
  no: EXIT.no,
  usage: EXIT.usage,
  root: EXIT.root,
  "nested-root": EXIT.root,
  "remote-path": EXIT.remotePath,
  "not-linked": EXIT.notLinked,
  reconnect: EXIT.reconnect,
  newer: EXIT.newer,
  "lease-held": EXIT.leaseHeld,
  "state-folder": EXIT.folder,
  offline: EXIT.offline,
  defect: EXIT.internal,
};

/** One line for people and a code for programs; of a defect, all that is known. */
export function describeFailure(error: unknown): { readonly exitCode: number; readonly message: string } {
  if (error instanceof CommandError) return { exitCode: error.exitCode, message: error.message };
  if (error instanceof DropboxAddressError)
    return { exitCode: EXIT.usage, message: `TWINFOLD_DROPBOX_URL: ${error.message}` };
  const { code, message } = explainFailure(error);
  // A server of another version may know codes that this command does not.
  return { exitCode: EXIT_OF[code] ?? EXIT.internal, message };
}

/** The same as a daemon answers it. */
export function explainToCommand(error: unknown): Explained {
  const { exitCode, message } = describeFailure(error);
  const codes = Object.keys(EXIT_OF) as ControlErrorCode[];
  return { code: codes.find((code) => EXIT_OF[code] === exitCode) ?? "defect", message };
}
