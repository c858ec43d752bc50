import { RemoteError } from "@twinfold/engine";
import { FilesError, InTheWayError } from "@twinfold/filesystem";
import { SessionError } from "../session-error.ts";
import { ConflictError } from "../settle-conflict.ts";
import { ControlError, type ControlErrorCode } from "./control-error.ts";

/** What a session answers when something has failed. */
export interface Explained {
  readonly code: ControlErrorCode;
  readonly message: string;
}

/** A code and one line; of a defect, all that is known. */
export function explainFailure(error: unknown): Explained {
  if (error instanceof ControlError || error instanceof SessionError)
    return { code: error.code, message: error.message };
  if (error instanceof InTheWayError) return { code: "state-folder", message: error.message };
  if (error instanceof FilesError || error instanceof ConflictError) return { code: "no", message: error.message };
  if (error instanceof RemoteError)
    return { code: error.code === "revoked" ? "reconnect" : "offline", message: error.message };
  return { code: "defect", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
