import { nested, type Tagged, tagged } from "../http/api-error.ts";
import type { DeleteReason, LookupReason, RelocationReason, WriteReason } from "../store/failures.ts";
import type { SessionReason } from "../store/upload-sessions.ts";

/** The store's reasons as Dropbox's unions. */
export function lookupError(reason: LookupReason): Tagged {
  return tagged(reason);
}

export function writeError(reason: WriteReason): Tagged {
  return typeof reason === "string" ? tagged(reason) : nested("conflict", tagged(reason.conflict));
}

export function relocationError(reason: RelocationReason): Tagged {
  if (typeof reason === "string") return tagged(reason);
  if ("from" in reason) return nested("from_lookup", lookupError(reason.from));
  return nested("to", writeError(reason.to));
}

export function deleteError(reason: DeleteReason): Tagged {
  if (typeof reason === "string") return tagged(reason);
  if ("lookup" in reason) return nested("path_lookup", lookupError(reason.lookup));
  return nested("path_write", writeError(reason.write));
}

export function sessionError(reason: SessionReason): Tagged {
  return typeof reason === "string" ? tagged(reason) : tagged("incorrect_offset", { ...reason });
}
