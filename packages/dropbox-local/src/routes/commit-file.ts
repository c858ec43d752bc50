import type { User } from "../http/user.ts";
import type { ReceivedContent } from "../store/contents.ts";
import { LookupFailure, WriteFailure } from "../store/failures.ts";
import { stampOf } from "../store/namespace-state.ts";
import { writePath } from "../store/paths.ts";
import type { Store } from "../store/store.ts";
import type { WriteMode } from "../store/tree.ts";
import type { CommitInfo } from "./argument-types.ts";
import { fileMetadata } from "./metadata-shape.ts";

export interface Committed {
  readonly metadata: Record<string, unknown>;
  /** Whether the content was not known before: its pack is referred to from now on. */
  readonly newContent: boolean;
}

/** Within a transaction: saves content as a file. @throws WriteFailure */
export function commitFile(
  store: Store,
  user: Pick<User, "ns" | "scope">,
  commit: CommitInfo,
  content: ReceivedContent,
): Committed {
  const path = target(store, user, commit.path);
  const newContent = store.contents.store(content);
  const entry = store.tree.putFile(user.ns, path, {
    hash: content.hash,
    size: content.size,
    clientModified: commit.client_modified ?? Math.floor(store.now() / 1000) * 1000,
    mode: modeOf(user.ns, commit.mode),
    autorename: commit.autorename,
    strict: commit.strict_conflict,
  });
  return { metadata: fileMetadata(user.scope, { ...entry, hash: content.hash }, false), newContent };
}

function target(store: Store, user: Pick<User, "scope">, path: string) {
  try {
    return writePath(store.tree.entries, user.scope, path, false);
  } catch (error) {
    // An id that leads nowhere is no place to save at.
    if (error instanceof LookupFailure) throw new WriteFailure("malformed_path");
    throw error;
  }
}

/** A rev of another account matches nothing. */
function modeOf(ns: number, mode: CommitInfo["mode"]): WriteMode {
  if (mode[".tag"] === "update") return { update: stampOf(ns, mode.update) ?? -1 };
  return mode[".tag"];
}
