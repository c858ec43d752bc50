import { MAXIMUM_FOLDER_BATCH_ENTRIES } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { nested, routeError, type Tagged, tagged } from "../http/api-error.ts";
import type { User } from "../http/user.ts";
import { LookupFailure, WriteFailure } from "../store/failures.ts";
import { writePath } from "../store/paths.ts";
import type { Store } from "../store/store.ts";
import { flagType, writePathType } from "./argument-types.ts";
import { checkRoute, launch } from "./batch-jobs.ts";
import { writeError } from "./failure-tags.ts";
import { metadata } from "./metadata-shape.ts";
import { type AnyRoute, userRoute } from "./route.ts";

const argument = z.strictObject({ path: writePathType, autorename: flagType });

/** The old route answers with the metadata itself, the new one wraps it. */
function createFolderRoute(name: string, wrap: (folder: Record<string, unknown>) => unknown): AnyRoute {
  return userRoute<z.infer<typeof argument>>({
    name,
    style: "rpc",
    scope: "files.content.write",
    argument,
    handle: async ({ arg, services: { store } }, user) => {
      try {
        return wrap(await store.write(user.ns, () => create(store, user, arg.path, arg.autorename)));
      } catch (error) {
        throw createError(error) === null ? error : routeError(createError(error) as Tagged);
      }
    },
  });
}

export const createFolderV1 = createFolderRoute("files/create_folder", (folder) => folder);
export const createFolder = createFolderRoute("files/create_folder_v2", (folder) => ({ metadata: folder }));

const batchArgument = z.strictObject({
  paths: z.array(writePathType).max(MAXIMUM_FOLDER_BATCH_ENTRIES),
  autorename: flagType,
  force_async: flagType,
});

/** From how many folders on Dropbox answers with a job: 2 were recorded done at once, 100 were not. */
const ASYNCHRONOUS_FROM = 50;

export const createFolderBatch = userRoute<z.infer<typeof batchArgument>>({
  name: "files/create_folder_batch",
  style: "rpc",
  scope: "files.content.write",
  argument: batchArgument,
  handle: ({ arg, services: { store } }, user) =>
    launch(store, user, "create-folder", arg.force_async || arg.paths.length >= ASYNCHRONOUS_FROM, () => {
      // A path that is named twice counts once (specification; recorded with autorename).
      const results = new Map(
        [...new Set(arg.paths)].map((path) => [path, entryResult(store, user, path, arg.autorename)] as const),
      );
      return arg.paths.flatMap((path) => results.get(path) ?? []);
    }),
});

export const createFolderBatchCheck = checkRoute("files/create_folder_batch/check", "create-folder");

function entryResult(store: Store, user: User, path: string, autorename: boolean): Tagged {
  try {
    return tagged("success", { metadata: store.attempt(() => create(store, user, path, autorename)) });
  } catch (error) {
    const failure = createError(error);
    if (failure === null) throw error;
    return nested("failure", failure);
  }
}

function create(store: Store, user: User, path: string, autorename: boolean): Record<string, unknown> {
  const target = writePath(store.tree.entries, user.scope, path, true);
  return metadata(user.scope, store.tree.makeFolder(user.ns, target, autorename), false);
}

function createError(error: unknown): Tagged | null {
  if (error instanceof WriteFailure) return nested("path", writeError(error.reason));
  if (error instanceof LookupFailure) return nested("path", tagged("malformed_path"));
  return null;
}
