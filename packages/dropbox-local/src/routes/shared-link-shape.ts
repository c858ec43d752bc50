import { tagged } from "../http/api-error.ts";
import type { Entry } from "../store/entries.ts";
import type { SharedLink } from "../store/links.ts";
import { revOf } from "../store/namespace-state.ts";
import { isInScope, nameOf, type Scope, seenFrom } from "../store/paths.ts";
import { formatTime } from "./metadata-shape.ts";

/** What a basic account may do with its links: no password, no expiry (Dropbox's plans). */
const PERMISSIONS = {
  resolved_visibility: tagged("public"),
  requested_visibility: tagged("public"),
  can_revoke: true,
  visibility_policies: [
    { policy: tagged("public"), resolved_policy: tagged("public"), allowed: true },
    {
      policy: tagged("password"),
      resolved_policy: tagged("password"),
      allowed: false,
      disallowed_reason: tagged("user_account_type"),
    },
  ],
  can_set_expiry: false,
  can_remove_expiry: false,
  allow_download: true,
  can_allow_download: true,
  can_disallow_download: false,
  allow_comments: true,
  team_restricts_comments: false,
};

/** A shared link as its reader sees it: the path only where it is of the reader's own. In the recordings' order of fields. */
export function sharedLinkMetadata(origin: string, scope: Scope, link: SharedLink, entry: Entry) {
  const own = entry.ns === scope.ns && isInScope(scope, entry.key);
  return {
    ".tag": entry.folder ? "folder" : "file",
    url: sharedLinkAddress(origin, link, entry),
    id: entry.id,
    name: nameOf(entry.display),
    ...(own ? { path_lower: seenFrom(scope, entry).key } : {}),
    link_permissions: PERMISSIONS,
    ...(entry.folder
      ? {}
      : {
          client_modified: formatTime(entry.clientModified),
          server_modified: formatTime(entry.serverModified),
          rev: revOf(entry.ns, entry.stamp),
          size: entry.size,
        }),
  };
}

export function sharedLinkAddress(origin: string, link: SharedLink, entry: Entry): string {
  const name = encodeURIComponent(nameOf(entry.display));
  return `${origin}/scl/${entry.folder ? "fo" : "fi"}/${link.id}/${name}?rlkey=${link.rlkey}&dl=0`;
}

/** The two secrets in a shared link's address; null where it is none. */
export function readSharedLink(url: string): { readonly id: string; readonly rlkey: string } | null {
  if (!URL.canParse(url)) return null;
  const { pathname, searchParams } = new URL(url);
  const id = /^\/scl\/f[io]\/([a-z0-9]+)\//.exec(pathname)?.[1];
  return id === undefined ? null : { id, rlkey: searchParams.get("rlkey") ?? "" };
}
