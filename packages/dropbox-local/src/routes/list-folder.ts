import * as z from "zod";
import { badInput, nested, routeError, tagged } from "../http/api-error.ts";
import type { User } from "../http/user.ts";
import { type Cursor, decodeCursor, encodeCursor } from "../store/cursors.ts";
import type { Entry } from "../store/entries.ts";
import { LookupFailure } from "../store/failures.ts";
import { isInScope, readPath, type Scope } from "../store/paths.ts";
import type { Store } from "../store/store.ts";
import { flagType, listPathType, pageLimitType } from "./argument-types.ts";
import { lookupError } from "./failure-tags.ts";
import { deletedMetadata, metadata } from "./metadata-shape.ts";
import { type Services, userRoute } from "./route.ts";
import { resolveSharedLink } from "./shared-links.ts";

/** How many entries a page holds when the caller does not say. */
const STANDARD_LIMIT = 1000;

const argument = z.strictObject({
  path: listPathType,
  recursive: flagType,
  include_media_info: flagType,
  include_deleted: flagType,
  include_has_explicit_shared_members: flagType,
  include_mounted_folders: z.boolean().default(true),
  limit: pageLimitType,
  shared_link: z.strictObject({ url: z.string(), password: z.string().nullish() }).nullish(),
  include_property_groups: z.unknown().optional(),
  include_non_downloadable_files: z.boolean().default(true),
  include_restorable_info: flagType,
});
type ListFolderArg = z.infer<typeof argument>;

interface ListFolderResult {
  readonly entries: readonly Record<string, unknown>[];
  readonly cursor: string;
  readonly has_more: boolean;
}

export const listFolder = userRoute<ListFolderArg>({
  name: "files/list_folder",
  style: "rpc",
  scope: "files.metadata.read",
  argument,
  handle: async ({ arg, services }, user) => nextPage(services, user.scope, begin(services.store, user, arg)),
});

export const getLatestCursor = userRoute<ListFolderArg>({
  name: "files/list_folder/get_latest_cursor",
  style: "rpc",
  scope: "files.metadata.read",
  argument,
  handle: async ({ arg, services }, user) => {
    const cursor = { ...begin(services.store, user, arg), listing: null };
    return { cursor: encodeCursor(services.store.secret, cursor) };
  },
});

const continueArgument = z.strictObject({ cursor: z.string().min(1) });

export const listFolderContinue = userRoute<z.infer<typeof continueArgument>>({
  name: "files/list_folder/continue",
  style: "rpc",
  scope: "files.metadata.read",
  argument: continueArgument,
  handle: async ({ arg, services }, user) => {
    const { store } = services;
    const cursor = decodeCursor(store.secret, arg.cursor);
    if (cursor === null || cursor.ns !== user.ns || cursor.app !== user.owner.app)
      throw badInput("files/list_folder/continue", 'Invalid "cursor" parameter');
    if (cursor.epoch !== store.states.read(cursor.ns).epoch) throw routeError(tagged("reset"));
    return nextPage(services, user.scope, cursor);
  },
});

/** The cursor before a listing's first page. @throws ApiError 409 */
function begin(store: Store, user: User, arg: ListFolderArg): Cursor {
  try {
    const key = listedKey(store, user, arg);
    const entry = store.tree.entries.alive(user.ns, key);
    // An app's folder that its user has deleted is an empty one: the next write makes it anew.
    if (entry === undefined && key !== user.scope.rootKey) throw new LookupFailure("not_found");
    if (entry?.folder === false) throw new LookupFailure("not_folder");
    const { epoch, seq } = store.states.read(user.ns);
    return {
      ns: user.ns,
      app: user.owner.app,
      key,
      recursive: arg.recursive,
      deleted: arg.include_deleted,
      limit: arg.limit ?? STANDARD_LIMIT,
      epoch,
      seq,
      listing: arg.recursive ? { after: null } : { folder: true, row: 0 },
    };
  } catch (error) {
    if (error instanceof LookupFailure) throw routeError(nested("path", lookupError(error.reason)));
    throw error;
  }
}

/** The folder's key. A link, which must be to something of the caller's own, makes the path one within it. */
function listedKey(store: Store, user: User, { path, recursive, shared_link }: ListFolderArg): string {
  // rclone asks for "//folder" below the root, and real Dropbox lists it; of other routes nothing is known.
  if (shared_link === null || shared_link === undefined)
    return readPath(store.tree.entries, user.scope, path.replace(/^\/+/, "/")).key;
  if (recursive) throw badInput("files/list_folder", "recursive: not supported for a shared link");
  const linked = resolveSharedLink(store, shared_link.url, path);
  if (linked === null || linked.entry.ns !== user.ns || !isInScope(user.scope, linked.entry.key))
    throw new LookupFailure("not_found");
  return linked.entry.key;
}

function nextPage(services: Services, scope: Scope, cursor: Cursor): ListFolderResult {
  const { store } = services;
  const folder = store.tree.entries.alive(cursor.ns, cursor.key);
  const gone = folder === undefined || !folder.folder;
  if (gone && cursor.key !== scope.rootKey) throw routeError(nested("path", tagged("not_found")));
  const { listing } = cursor;
  if (listing === null) return changesPage(store, scope, cursor);
  if (gone) return result(store, [], { ...cursor, listing: null }, false);
  return "after" in listing
    ? deepPage(store, scope, cursor, listing.after)
    : flatPage(store, scope, cursor, folder.row, listing);
}

function deepPage(store: Store, scope: Scope, cursor: Cursor, after: string | null): ListFolderResult {
  // One more than asked, to know whether there is more.
  const page = store.log.deepPage(cursor, after, cursor.deleted, cursor.limit + 1);
  const entries = page.slice(0, cursor.limit);
  const last = entries.at(-1);
  const more = page.length > cursor.limit && last !== undefined;
  // A recursive listing of a folder begins with the folder itself, but the root has no entry of its own.
  const shown = entries.filter((entry) => entry.key !== scope.rootKey).map((entry) => entryShape(scope, entry));
  return result(store, shown, { ...cursor, listing: more ? { after: positionAfter(cursor, last) } : null }, more);
}

/** Where the page after this entry begins; after the listed folder's own entry come those below it. */
function positionAfter(cursor: Cursor, last: Entry): string {
  return last.key === cursor.key ? `${last.key}/` : last.key;
}

function flatPage(
  store: Store,
  scope: Scope,
  cursor: Cursor,
  parent: number,
  after: { folder: boolean; row: number },
): ListFolderResult {
  const page = store.log.flatPage(parent, after, cursor.deleted, cursor.limit + 1);
  const entries = page.slice(0, cursor.limit);
  const last = entries.at(-1);
  const more = page.length > cursor.limit && last !== undefined;
  const listing = more ? { folder: last.folder, row: last.row } : null;
  return result(
    store,
    entries.map((entry) => entryShape(scope, entry)),
    { ...cursor, listing },
    more,
  );
}

function changesPage(store: Store, scope: Scope, cursor: Cursor): ListFolderResult {
  const end = store.states.read(cursor.ns).seq;
  const parent = parentRow(store, cursor);
  const page = parent === undefined ? [] : store.log.changes(cursor, parent, cursor.seq, cursor.limit + 1);
  const changes = page.slice(0, cursor.limit);
  const more = page.length > cursor.limit;
  // The root has no entry that could tell its deletion. That it resets cursors is from the first API's `delta`.
  if (scope.rootKey !== "" && changes.some((change) => change.kind === "deleted" && change.key === scope.rootKey))
    throw routeError(tagged("reset"));
  const entries = changes
    .filter((change) => (change.kind === "put" ? change.entry.key : change.key) !== scope.rootKey)
    .map((change) => (change.kind === "put" ? metadata(scope, change.entry, true) : deletedMetadata(scope, change)));
  return result(store, entries, { ...cursor, seq: more ? (changes.at(-1)?.seq ?? end) : end }, more);
}

/** The listed folder's row, by which its direct children are found; undefined when it was never made. */
export function parentRow(store: Store, cursor: Cursor): number | undefined {
  return cursor.recursive ? 0 : store.tree.entries.find(cursor.ns, cursor.key)?.row;
}

function result(
  store: Store,
  entries: readonly Record<string, unknown>[],
  cursor: Cursor,
  more: boolean,
): ListFolderResult {
  return { entries, cursor: encodeCursor(store.secret, cursor), has_more: more };
}

function entryShape(scope: Scope, entry: Entry): Record<string, unknown> {
  return entry.deleted ? deletedMetadata(scope, entry) : metadata(scope, entry, true);
}
