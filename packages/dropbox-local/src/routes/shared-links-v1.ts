import * as z from "zod";
import { routeError, tagged } from "../http/api-error.ts";
import { originOf } from "../http/origin.ts";
import type { Entry } from "../store/entries.ts";
import { LookupFailure } from "../store/failures.ts";
import type { SharedLink } from "../store/links.ts";
import { readPath, type Scope, seenFrom } from "../store/paths.ts";
import type { Store } from "../store/store.ts";
import { flagType, tagType } from "./argument-types.ts";
import { lookup, orPathError } from "./metadata.ts";
import { userRoute } from "./route.ts";
import { sharedLinkAddress } from "./shared-link-shape.ts";
import { linksLeadingTo } from "./shared-links.ts";

const createArgument = z.strictObject({
  path: z.string(),
  short_url: flagType,
  pending_upload: tagType(["file", "folder"], "file"),
});

/** The deprecated route: a link that is there already is its answer. It makes no short addresses, nor links to what is not there yet. */
export const createSharedLinkV1 = userRoute<z.infer<typeof createArgument>>({
  name: "sharing/create_shared_link",
  style: "rpc",
  scope: "sharing.write",
  argument: createArgument,
  handle: async ({ arg, request, services: { store } }, { ns, scope }) =>
    store.commit(() => {
      const entry = orPathError(() => lookup(store, scope, arg.path));
      const link = store.links.sharedOf(ns, entry.id) ?? store.links.share(ns, entry.id);
      return pathLink(originOf(request), scope, link, entry);
    }),
});

const listArgument = z.strictObject({ path: z.string().nullish() });

/** The deprecated route: the links that lead to a path, or all of the account's. */
export const getSharedLinks = userRoute<z.infer<typeof listArgument>>({
  name: "sharing/get_shared_links",
  style: "rpc",
  scope: "sharing.read",
  argument: listArgument,
  handle: async ({ arg, request, services: { store } }, { scope }) => {
    const key = (arg.path ?? "") === "" ? null : keyOf(store, scope, arg.path ?? "");
    return {
      links: linksLeadingTo(store, scope, key, false).map(({ link, entry }) => ({
        ".tag": "path",
        ...pathLink(originOf(request), scope, link, entry),
      })),
    };
  },
});

function keyOf(store: Store, scope: Scope, path: string): string {
  try {
    return readPath(store.tree.entries, scope, path).key;
  } catch (error) {
    if (error instanceof LookupFailure) throw routeError(tagged("path", { path: `"${path}" is not a path` }));
    throw error;
  }
}

function pathLink(origin: string, scope: Scope, link: SharedLink, entry: Entry) {
  return {
    url: sharedLinkAddress(origin, link, entry),
    visibility: tagged("public"),
    path: seenFrom(scope, entry).display,
  };
}
