/** Why a path could not be read; Dropbox's own tags. */
export type LookupReason = "malformed_path" | "not_found" | "not_file" | "not_folder";

/** Why a path could not be written; Dropbox's own tags, a conflict with what is in the way. */
export type WriteReason =
  | "malformed_path"
  | "disallowed_name"
  | "insufficient_space"
  | "too_many_write_operations"
  | { readonly conflict: "file" | "folder" | "file_ancestor" };

export class LookupFailure extends Error {
  override readonly name = "LookupFailure";
  readonly reason: LookupReason;
  constructor(reason: LookupReason) {
    super(reason);
    this.reason = reason;
  }
}

export class WriteFailure extends Error {
  override readonly name = "WriteFailure";
  readonly reason: WriteReason;
  constructor(reason: WriteReason) {
    super(typeof reason === "string" ? reason : `conflict/${reason.conflict}`);
    this.reason = reason;
  }
}

/** Why a move or copy could not be done; the two ends' own reasons, or one that concerns both. */
export type RelocationReason =
  | { readonly from: LookupReason }
  | { readonly to: WriteReason }
  | "cant_move_folder_into_itself"
  | "too_many_files"
  | "duplicated_or_nested_paths"
  | "insufficient_quota"
  | "too_many_write_operations";

export class RelocationFailure extends Error {
  override readonly name = "RelocationFailure";
  readonly reason: RelocationReason;
  constructor(reason: RelocationReason) {
    super(JSON.stringify(reason));
    this.reason = reason;
  }
}

/** Why a deletion could not be done. */
export type DeleteReason =
  | { readonly lookup: LookupReason }
  | { readonly write: WriteReason }
  | "too_many_files"
  | "too_many_write_operations";

export class DeleteFailure extends Error {
  override readonly name = "DeleteFailure";
  readonly reason: DeleteReason;
  constructor(reason: DeleteReason) {
    super(JSON.stringify(reason));
    this.reason = reason;
  }
}
