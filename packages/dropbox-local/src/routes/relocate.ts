import { MAXIMUM_BATCH_ENTRIES } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { nested, routeError, type Tagged, tagged } from "../http/api-error.ts";
import type { User } from "../http/user.ts";
import { LookupFailure, RelocationFailure, WriteFailure } from "../store/failures.ts";
import { writePath } from "../store/paths.ts";
import { copy, move } from "../store/relocation.ts";
import type { Store } from "../store/store.ts";
import { flagType, writePathOrIdType } from "./argument-types.ts";
import { checkRoute, launch } from "./batch-jobs.ts";
import { relocationError } from "./failure-tags.ts";
import { lookup } from "./metadata.ts";
import { metadata } from "./metadata-shape.ts";
import { type AnyRoute, userRoute } from "./route.ts";

export type Verb = "move" | "copy";

const pathFields = { from_path: writePathOrIdType, to_path: writePathOrIdType };

const argument = z.strictObject({
  ...pathFields,
  allow_shared_folder: flagType,
  autorename: flagType,
  allow_ownership_transfer: flagType,
});

export const relocationPathType = z.strictObject(pathFields);
type RelocationPath = z.infer<typeof relocationPathType>;

const batchFields = {
  entries: z.array(relocationPathType).min(1).max(MAXIMUM_BATCH_ENTRIES),
  autorename: flagType,
};

const batchArguments = {
  move: z.strictObject({ ...batchFields, allow_ownership_transfer: flagType }),
  copy: z.strictObject(batchFields),
};
type BatchArg = z.infer<(typeof batchArguments)["copy"]>;

function relocationRoute(verb: Verb, name: string, wrap: (entry: Record<string, unknown>) => unknown): AnyRoute {
  return userRoute<z.infer<typeof argument>>({
    name,
    style: "rpc",
    scope: "files.content.write",
    argument,
    handle: async ({ arg, services: { store } }, user) => {
      try {
        return wrap(await store.write(user.ns, () => relocate(verb, store, user, arg, arg.autorename)));
      } catch (error) {
        if (error instanceof RelocationFailure) throw routeError(relocationError(error.reason));
        throw error;
      }
    },
  });
}

/** Answered with a job id, as was recorded for a batch of one. */
function relocationBatchRoute(verb: Verb, name: string): AnyRoute {
  return userRoute<BatchArg>({
    name,
    style: "rpc",
    scope: "files.content.write",
    argument: batchArguments[verb],
    handle: ({ arg, services: { store } }, user) =>
      launch(store, user, "relocation", true, () =>
        arg.entries.map((entry) => entryResult(verb, store, user, entry, arg.autorename)),
      ),
  });
}

export const relocationRoutes: readonly AnyRoute[] = (["move", "copy"] as const).flatMap((verb) => [
  relocationRoute(verb, `files/${verb}`, (entry) => entry),
  relocationRoute(verb, `files/${verb}_v2`, (entry) => ({ metadata: entry })),
  relocationBatchRoute(verb, `files/${verb}_batch_v2`),
  checkRoute(`files/${verb}_batch/check_v2`, "relocation"),
]);

function entryResult(verb: Verb, store: Store, user: User, entry: RelocationPath, autorename: boolean): Tagged {
  try {
    return tagged("success", { success: store.attempt(() => relocate(verb, store, user, entry, autorename)) });
  } catch (error) {
    if (!(error instanceof RelocationFailure)) throw error;
    return nested("failure", nested("relocation_error", relocationError(error.reason)));
  }
}

/** Within a transaction. @throws RelocationFailure */
export function relocate(
  verb: Verb,
  store: Store,
  user: User,
  { from_path, to_path }: RelocationPath,
  autorename: boolean,
): Record<string, unknown> {
  const from = source(store, user, from_path);
  const to = target(store, user, to_path, from.folder);
  const relocated =
    verb === "move"
      ? move(store.tree, from, to, { autorename, caseOnly: "keep-name" })
      : copy(store.tree, from, { ...to, ns: user.ns }, { autorename });
  return metadata(user.scope, relocated, true);
}

function source(store: Store, user: User, path: string) {
  try {
    const entry = lookup(store, user.scope, path);
    if (entry.key === user.scope.rootKey) throw new LookupFailure("malformed_path");
    return entry;
  } catch (error) {
    if (error instanceof LookupFailure) throw new RelocationFailure({ from: error.reason });
    throw error;
  }
}

function target(store: Store, user: User, path: string, folder: boolean) {
  try {
    return writePath(store.tree.entries, user.scope, path, folder);
  } catch (error) {
    if (error instanceof WriteFailure) throw new RelocationFailure({ to: error.reason });
    if (error instanceof LookupFailure) throw new RelocationFailure({ to: "malformed_path" });
    throw error;
  }
}
