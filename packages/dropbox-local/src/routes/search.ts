import * as z from "zod";
import { badInput, tagged } from "../http/api-error.ts";
import type { User } from "../http/user.ts";
import type { Entry } from "../store/entries.ts";
import { LookupFailure } from "../store/failures.ts";
import { readPath, type Scope } from "../store/paths.ts";
import { signed, verified } from "../store/signed.ts";
import type { Store } from "../store/store.ts";
import { flagType, listPathType, tagType } from "./argument-types.ts";
import { deletedMetadata, metadata } from "./metadata-shape.ts";
import { userRoute } from "./route.ts";
import { isMatch, wordsOf } from "./search-filter.ts";

/** No search finds more than these (specification, search/continue_v2). */
export const MAXIMUM_MATCHES = 10_000;

const CATEGORIES = [
  "image",
  "document",
  "pdf",
  "spreadsheet",
  "presentation",
  "audio",
  "video",
  "folder",
  "paper",
  "others",
] as const;

const optionsType = z.strictObject({
  path: listPathType.nullish(),
  max_results: z.int().min(1).max(1000).default(100),
  order_by: tagType(["relevance", "last_modified_time"], "relevance"),
  file_status: tagType(["active", "deleted"], "active"),
  filename_only: flagType,
  file_extensions: z.array(z.string()).nullish(),
  file_categories: z.array(tagType(CATEGORIES, "others")).nullish(),
  account_id: z.string().nullish(),
});

const argument = z.strictObject({
  query: z.string().max(1000),
  options: optionsType.nullish(),
  match_field_options: z.strictObject({ include_highlights: flagType }).nullish(),
  include_highlights: z.boolean().nullish(),
});
type SearchArg = z.infer<typeof argument>;

/** Looks for names; what is in files is not searched. */
export const search = userRoute<SearchArg>({
  name: "files/search_v2",
  style: "rpc",
  scope: "files.metadata.read",
  argument,
  handle: async ({ arg, services: { store } }, user) => page(store, user, arg, 0),
});

const continueArgument = z.strictObject({ cursor: z.string().min(1) });
const heldType = z.object({ app: z.string(), ns: z.number(), offset: z.number(), arg: z.unknown() });

export const searchContinue = userRoute<z.infer<typeof continueArgument>>({
  name: "files/search/continue_v2",
  style: "rpc",
  scope: "files.metadata.read",
  argument: continueArgument,
  handle: async ({ arg, services: { store } }, user) => {
    const held = heldType.safeParse(verified(store.secret, "search", arg.cursor));
    if (!held.success || held.data.app !== user.owner.app || held.data.ns !== user.ns)
      throw badInput("files/search/continue_v2", 'Invalid "cursor" parameter');
    // Signed by us: it is what was read once already.
    return page(store, user, held.data.arg as SearchArg, held.data.offset);
  },
});

function page(store: Store, user: User, arg: SearchArg, offset: number): Record<string, unknown> {
  const { query, options } = arg;
  const found = matches(store, user.scope, {
    query,
    path: options?.path ?? "",
    deleted: options?.file_status === "deleted",
    latestFirst: options?.order_by === "last_modified_time",
    extensions: options?.file_extensions ?? [],
    categories: options?.file_categories ?? [],
  });
  const limit = arg.options?.max_results ?? 100;
  const more = found.length > offset + limit;
  const cursor = { ...user.owner, offset: offset + limit, arg };
  return {
    ...(more ? { cursor: signed(store.secret, "search", cursor) } : {}),
    has_more: more,
    matches: found.slice(offset, offset + limit).map((entry) => ({
      match_type: tagged("filename"),
      metadata: tagged("metadata", { metadata: entryFound(user.scope, entry) }),
    })),
  };
}

export interface Search {
  readonly query: string;
  readonly path: string;
  readonly deleted: boolean;
  readonly latestFirst: boolean;
  readonly extensions: readonly string[];
  readonly categories: readonly string[];
}

export function matches(store: Store, scope: Scope, search: Search): Entry[] {
  const root = searchedFolder(store, scope, search.path);
  if (root === null) return [];
  const filter = {
    words: wordsOf(search.query),
    extensions: search.extensions.map((extension) => extension.toLowerCase().replace(/^\./, "")),
    categories: search.categories,
  };
  const found: Entry[] = [];
  // The longest word, looked for by the database, leaves few of a large tree to be looked at here.
  const longest = filter.words.reduce((long, word) => (word.length > long.length ? word : long), "");
  for (const entry of store.tree.entries.containing(scope.ns, root, longest, search.deleted)) {
    if (isMatch(entry, filter)) found.push(entry);
    if (found.length === MAXIMUM_MATCHES) break;
  }
  if (search.latestFirst) found.sort((a, b) => b.serverModified - a.serverModified);
  return found;
}

/** A folder that is not there has nothing in it, as was recorded. */
function searchedFolder(store: Store, scope: Scope, path: string): string | null {
  try {
    return readPath(store.tree.entries, scope, path).key;
  } catch (error) {
    if (error instanceof LookupFailure) return null;
    throw error;
  }
}

/** In search results the fields come in the order of their names, as recorded. */
export function entryFound(scope: Scope, entry: Entry): Record<string, unknown> {
  const found = entry.deleted ? deletedMetadata(scope, entry) : metadata(scope, entry, true);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}
