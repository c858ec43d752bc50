import { MAXIMUM_BATCH_ENTRIES } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { nested, routeError, type Tagged, tagged } from "../http/api-error.ts";
import type { User } from "../http/user.ts";
import { DeleteFailure, LookupFailure } from "../store/failures.ts";
import { stampOf } from "../store/namespace-state.ts";
import type { Store } from "../store/store.ts";
import { revType, writePathOrIdType } from "./argument-types.ts";
import { checkRoute, launch } from "./batch-jobs.ts";
import { deleteError } from "./failure-tags.ts";
import { lookup } from "./metadata.ts";
import { metadata } from "./metadata-shape.ts";
import { type AnyRoute, userRoute } from "./route.ts";

const argument = z.strictObject({ path: writePathOrIdType, parent_rev: revType.nullish() });
type DeleteArg = z.infer<typeof argument>;

function deleteRoute(name: string, wrap: (entry: Record<string, unknown>) => unknown): AnyRoute {
  return userRoute<DeleteArg>({
    name,
    style: "rpc",
    scope: "files.content.write",
    argument,
    handle: async ({ arg, services: { store } }, user) => {
      try {
        return wrap(await store.write(user.ns, () => remove(store, user, arg)));
      } catch (error) {
        if (error instanceof DeleteFailure) throw routeError(deleteError(error.reason));
        throw error;
      }
    },
  });
}

export const deleteV1 = deleteRoute("files/delete", (entry) => entry);
export const deleteV2 = deleteRoute("files/delete_v2", (entry) => ({ metadata: entry }));

const batchArgument = z.strictObject({ entries: z.array(argument).max(MAXIMUM_BATCH_ENTRIES) });

/** Always asynchronous at Dropbox (specification). */
export const deleteBatch = userRoute<z.infer<typeof batchArgument>>({
  name: "files/delete_batch",
  style: "rpc",
  scope: "files.content.write",
  argument: batchArgument,
  handle: ({ arg, services: { store } }, user) =>
    launch(store, user, "delete", true, () => arg.entries.map((entry) => entryResult(store, user, entry))),
});

export const deleteBatchCheck = checkRoute("files/delete_batch/check", "delete");

function entryResult(store: Store, user: User, entry: DeleteArg): Tagged {
  try {
    return tagged("success", { metadata: store.attempt(() => remove(store, user, entry)) });
  } catch (error) {
    if (!(error instanceof DeleteFailure)) throw error;
    return nested("failure", deleteError(error.reason));
  }
}

/** Within a transaction. @returns what was there @throws DeleteFailure */
function remove(store: Store, user: User, { path, parent_rev }: DeleteArg): Record<string, unknown> {
  const entry = find(store, user, path);
  // An app can't take its own folder away.
  if (entry.key === user.scope.rootKey) throw new DeleteFailure({ lookup: "malformed_path" });
  if (parent_rev !== null && parent_rev !== undefined) {
    if (entry.folder) throw new DeleteFailure({ write: { conflict: "folder" } });
    if (stampOf(user.ns, parent_rev) !== entry.stamp) throw new DeleteFailure({ write: { conflict: "file" } });
  }
  store.tree.remove(entry);
  return metadata(user.scope, entry, true);
}

function find(store: Store, user: User, path: string) {
  try {
    return lookup(store, user.scope, path);
  } catch (error) {
    if (error instanceof LookupFailure) throw new DeleteFailure({ lookup: error.reason });
    throw error;
  }
}
