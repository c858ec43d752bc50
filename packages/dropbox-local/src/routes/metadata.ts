import * as z from "zod";
import { nested, routeError } from "../http/api-error.ts";
import type { User } from "../http/user.ts";
import type { Entry, FileEntry } from "../store/entries.ts";
import { LookupFailure } from "../store/failures.ts";
import { stampOf } from "../store/namespace-state.ts";
import { isInScope, readPath, type Scope } from "../store/paths.ts";
import type { Store } from "../store/store.ts";
import { flagType, metadataPathType } from "./argument-types.ts";
import { lookupError } from "./failure-tags.ts";
import { deletedMetadata, fileMetadata, metadata } from "./metadata-shape.ts";
import { type Call, userRoute } from "./route.ts";

const argument = z.strictObject({
  path: metadataPathType,
  include_media_info: flagType,
  include_deleted: flagType,
  include_has_explicit_shared_members: flagType,
  include_property_groups: z.unknown().optional(),
});

type MetadataArg = z.infer<typeof argument>;

export const getMetadata = userRoute<MetadataArg>({
  name: "files/get_metadata",
  style: "rpc",
  scope: "files.metadata.read",
  argument,
  handle: answer,
});

/** Deprecated: the same but for templates of properties, which nothing here has. */
export const getMetadataAlpha = userRoute<MetadataArg>({
  name: "files/alpha/get_metadata",
  style: "rpc",
  scope: "files.metadata.read",
  argument: argument.extend({ include_property_templates: z.array(z.string()).nullish() }),
  handle: answer,
});

async function answer({ arg, services: { store } }: Call<MetadataArg>, { scope }: User): Promise<unknown> {
  return orPathError(() => {
    if (arg.path.startsWith("rev:")) return fileMetadata(scope, revision(store, scope, arg.path), true);
    const path = readPath(store.tree.entries, scope, arg.path);
    const entry = store.tree.entries.find(scope.ns, path.key);
    if (entry === undefined || (entry.deleted && !arg.include_deleted)) throw new LookupFailure("not_found");
    return entry.deleted ? deletedMetadata(scope, entry) : metadata(scope, entry, true);
  });
}

/** What is at a path, an id or a `ns:` path. @throws LookupFailure */
export function lookup(store: Store, scope: Scope, text: string): Entry {
  const path = readPath(store.tree.entries, scope, text);
  const entry = store.tree.entries.alive(scope.ns, path.key);
  if (entry === undefined) throw new LookupFailure("not_found");
  return entry;
}

/** The file at a path or id, or the version that `rev:…` names. @throws LookupFailure */
export function lookupFile(store: Store, scope: Scope, text: string): FileEntry {
  if (text.startsWith("rev:")) return revision(store, scope, text);
  const entry = lookup(store, scope, text);
  if (entry.hash === null) throw new LookupFailure("not_file");
  return { ...entry, hash: entry.hash };
}

/** @throws LookupFailure `not_found` */
function revision(store: Store, scope: Scope, text: string): FileEntry {
  const stamp = stampOf(scope.ns, text.slice("rev:".length));
  const found = stamp === null ? undefined : store.tree.revisions.find(scope.ns, stamp);
  if (found === undefined || !isInScope(scope, found.key)) throw new LookupFailure("not_found");
  return found;
}

/** Turns a failure to find something into the route's `path` error. */
export function orPathError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof LookupFailure) throw routeError(nested("path", lookupError(error.reason)));
    throw error;
  }
}
