import { pathKey } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { routeError, tagged } from "../http/api-error.ts";
import { originOf } from "../http/origin.ts";
import type { Entry } from "../store/entries.ts";
import type { SharedLink } from "../store/links.ts";
import { isInScope, type Scope } from "../store/paths.ts";
import type { Store } from "../store/store.ts";
import { readPathType, timestampType } from "./argument-types.ts";
import { lookup, orPathError } from "./metadata.ts";
import { userRoute } from "./route.ts";
import { readSharedLink, sharedLinkMetadata } from "./shared-link-shape.ts";

const unionType = z.union([z.string(), z.looseObject({ ".tag": z.string() })]);
const tagOf = (union: z.infer<typeof unionType> | null | undefined) =>
  typeof union === "object" && union !== null ? union[".tag"] : union;

const settingsType = z.strictObject({
  require_password: z.boolean().nullish(),
  link_password: z.string().nullish(),
  expires: timestampType.nullish(),
  audience: unionType.nullish(),
  access: unionType.nullish(),
  requested_visibility: unionType.nullish(),
  allow_download: z.boolean().nullish(),
});

const createArgument = z.strictObject({ path: readPathType, settings: settingsType.nullish() });

export const createSharedLink = userRoute<z.infer<typeof createArgument>>({
  name: "sharing/create_shared_link_with_settings",
  style: "rpc",
  scope: "sharing.write",
  argument: createArgument,
  handle: async ({ arg, request, services: { store } }, { ns, scope }) => {
    refusePaidSettings(arg.settings);
    return store.commit(() => {
      const entry = orPathError(() => lookup(store, scope, arg.path));
      const there = store.links.sharedOf(ns, entry.id);
      const shape = (link: SharedLink) => sharedLinkMetadata(originOf(request), scope, link, entry);
      if (there !== undefined)
        throw routeError(
          tagged("shared_link_already_exists", {
            shared_link_already_exists: tagged("metadata", { metadata: shape(there) }),
          }),
        );
      return shape(store.links.share(ns, entry.id));
    });
  },
});

/** A basic account's links are public for ever. @throws ApiError 409 */
function refusePaidSettings(settings: z.infer<typeof settingsType> | null | undefined): void {
  if (settings === null || settings === undefined) return;
  const plain = [undefined, null, "public"];
  const paid =
    settings.require_password === true ||
    (settings.link_password ?? null) !== null ||
    (settings.expires ?? null) !== null ||
    settings.allow_download === false ||
    !plain.includes(tagOf(settings.requested_visibility)) ||
    !plain.includes(tagOf(settings.audience));
  if (paid) throw routeError(tagged("settings_error", { settings_error: tagged("not_authorized") }));
}

const listArgument = z.strictObject({
  path: readPathType.nullish(),
  cursor: z.string().nullish(),
  direct_only: z.boolean().nullish(),
});

/** The account's links, or those that lead to a path: its own and, unless `direct_only`, those of the folders above it. */
export const listSharedLinks = userRoute<z.infer<typeof listArgument>>({
  name: "sharing/list_shared_links",
  style: "rpc",
  scope: "sharing.read",
  argument: listArgument,
  handle: async ({ arg, request, services: { store } }, { scope }) => {
    // All links are answered at once, so that nobody has a cursor.
    if ((arg.cursor ?? "") !== "") throw routeError(tagged("reset"));
    const target = arg.path === null || arg.path === undefined ? null : arg.path;
    const at = target === null ? null : orPathError(() => lookup(store, scope, target));
    const links = linksLeadingTo(store, scope, at?.key ?? null, arg.direct_only === true);
    return {
      links: links.map(({ link, entry }) => sharedLinkMetadata(originOf(request), scope, link, entry)),
      has_more: false,
    };
  },
});

/** The links to what a caller sees, or of these only those that lead to a path: its own and those of the folders above it. */
export function linksLeadingTo(
  store: Store,
  scope: Scope,
  key: string | null,
  directOnly: boolean,
): { readonly link: SharedLink; readonly entry: Entry }[] {
  return store.links.allShared(scope.ns).flatMap((link) => {
    const entry = store.tree.entries.aliveById(scope.ns, link.entryId);
    if (entry === undefined || !isInScope(scope, entry.key)) return [];
    const leadsThere = key === null || entry.key === key || (!directOnly && key.startsWith(`${entry.key}/`));
    return leadsThere ? [{ link, entry }] : [];
  });
}

const revokeArgument = z.strictObject({ url: z.string() });

export const revokeSharedLink = userRoute<z.infer<typeof revokeArgument>>({
  name: "sharing/revoke_shared_link",
  style: "rpc",
  scope: "sharing.write",
  argument: revokeArgument,
  handle: async ({ arg, services: { store } }, { ns }) =>
    store.commit(() => {
      if (readSharedLink(arg.url) === null) throw routeError(tagged("shared_link_malformed"));
      const { link } = followSharedLink(store, arg.url);
      if (link.ns !== ns) throw routeError(tagged("shared_link_access_denied"));
      store.links.unshare(link.id);
      return null;
    }),
});

const metadataArgument = z.strictObject({
  url: z.string(),
  path: z.string().startsWith("/").nullish(),
  link_password: z.string().nullish(),
});

export const getSharedLinkMetadata = userRoute<z.infer<typeof metadataArgument>>({
  name: "sharing/get_shared_link_metadata",
  style: "rpc",
  scope: "sharing.read",
  argument: metadataArgument,
  handle: async ({ arg, request, services: { store } }, { scope }) => {
    const { link, entry } = followSharedLink(store, arg.url, arg.path);
    return sharedLinkMetadata(originOf(request), scope, link, entry);
  },
});

/** What a shared link leads to, or what is at a path in the folder that it leads to. @throws ApiError 409 */
export function followSharedLink(
  store: Store,
  url: string,
  path?: string | null,
): { readonly link: SharedLink; readonly entry: Entry } {
  const found = resolveSharedLink(store, url, path);
  if (found === null) throw routeError(tagged("shared_link_not_found"));
  return found;
}

/** The same; null where it leads nowhere. */
export function resolveSharedLink(store: Store, url: string, path?: string | null) {
  const named = readSharedLink(url);
  const link = named === null ? undefined : store.links.shared(named.id);
  if (link === undefined || link.rlkey !== named?.rlkey) return null;
  const top = store.tree.entries.aliveById(link.ns, link.entryId);
  const inside = path === null || path === undefined || path === "/" ? "" : pathKey(path);
  const entry = top === undefined ? undefined : store.tree.entries.alive(link.ns, top.key + inside);
  return entry === undefined ? null : { link, entry };
}
