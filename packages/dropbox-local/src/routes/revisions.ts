import { MAXIMUM_REVISIONS } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { nested, routeError, tagged } from "../http/api-error.ts";
import type { FileEntry } from "../store/entries.ts";
import { LookupFailure, WriteFailure } from "../store/failures.ts";
import { stampOf } from "../store/namespace-state.ts";
import { isInScope, readPath, type Scope } from "../store/paths.ts";
import type { Store } from "../store/store.ts";
import { flagType, pathOrIdType, revType, tagType, writePathType } from "./argument-types.ts";
import { lookupError, writeError } from "./failure-tags.ts";
import { orPathError } from "./metadata.ts";
import { fileMetadata, formatTime } from "./metadata-shape.ts";
import { userRoute } from "./route.ts";

const listArgument = z.strictObject({
  path: pathOrIdType,
  mode: tagType(["path", "id"], "path"),
  limit: z.int().min(1).max(MAXIMUM_REVISIONS).default(10),
  before_rev: revType.nullish(),
  include_restorable_info: flagType,
});
type ListRevisionsArg = z.infer<typeof listArgument>;

export const listRevisions = userRoute<ListRevisionsArg>({
  name: "files/list_revisions",
  style: "rpc",
  scope: "files.metadata.read",
  argument: listArgument,
  handle: async ({ arg, services: { store } }, { scope }) => {
    const before = beforeStamp(scope.ns, arg);
    return orPathError(() => {
      const path = readPath(store.tree.entries, scope, arg.path);
      const entry = store.tree.entries.find(scope.ns, path.key);
      const latest = store.tree.revisions.byPath(scope.ns, path.key, 1)[0];
      if (entry?.deleted === false && entry.folder) throw new LookupFailure("not_file");
      if (entry === undefined || latest === undefined) throw new LookupFailure("not_found");
      const found =
        arg.mode === "path"
          ? store.tree.revisions.byPath(scope.ns, path.key, arg.limit + 1, before)
          : store.tree.revisions.byId(scope.ns, latest.id, arg.limit + 1);
      const shown = found.filter((file) => isInScope(scope, file.key)).slice(0, arg.limit);
      const deleted = arg.mode === "id" ? isGone(store, scope, latest) : entry.deleted;
      return {
        is_deleted: deleted,
        ...(deleted && entry.deleted ? { server_deleted: formatTime(entry.serverModified) } : {}),
        entries: shown.map((file) => fileMetadata(scope, file, false)),
        has_more: found.length > arg.limit,
      };
    });
  },
});

function beforeStamp(ns: number, arg: ListRevisionsArg): number | undefined {
  if (arg.before_rev === null || arg.before_rev === undefined) return undefined;
  if (arg.mode === "id") throw routeError(tagged("before_rev_not_supported"));
  const stamp = stampOf(ns, arg.before_rev);
  if (stamp === null) throw routeError(tagged("invalid_before_rev"));
  return stamp;
}

function isGone(store: Store, scope: Scope, file: FileEntry): boolean {
  return store.tree.entries.aliveById(scope.ns, file.id) === undefined;
}

const restoreArgument = z.strictObject({ path: writePathType, rev: revType });

export const restore = userRoute<z.infer<typeof restoreArgument>>({
  name: "files/restore",
  style: "rpc",
  scope: "files.content.write",
  argument: restoreArgument,
  handle: async ({ arg, services: { store } }, { scope }) => {
    try {
      return await store.write(scope.ns, () => {
        const path = readPath(store.tree.entries, scope, arg.path);
        const stamp = stampOf(scope.ns, arg.rev);
        const revision = stamp === null ? undefined : store.tree.revisions.find(scope.ns, stamp);
        if (revision === undefined || revision.key !== path.key) throw routeError(tagged("invalid_revision"));
        const entry = store.tree.restore(scope.ns, revision);
        return fileMetadata(scope, { ...entry, hash: revision.hash }, false);
      });
    } catch (error) {
      if (error instanceof LookupFailure) throw routeError(nested("path_lookup", lookupError(error.reason)));
      if (error instanceof WriteFailure) throw routeError(nested("path_write", writeError(error.reason)));
      throw error;
    }
  },
});
