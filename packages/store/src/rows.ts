import type { SQLInputValue } from "node:sqlite";
import type { LocalNode, RemoteNode, SyncedNode } from "@twinfold/engine";
import type { Values } from "./statement.ts";

/** How the nodes of one tree lie in their table. Fields are written out, so that all nodes have one shape to V8. */
export interface Rows<N> {
  readonly table: "local" | "remote" | "synced";
  readonly columns: readonly string[];
  /** From a row's values, in the order of `columns`. */
  node(values: Values): N;
  values(node: N): SQLInputValue[];
}

export const LOCAL: Rows<LocalNode> = {
  table: "local",
  columns: ["id", "parent", "name", "key", "kind", "identity", "fingerprint", "size", "mtime", "hash", "special"],
  node: ([id, parent, name, key, kind, identity, fingerprint, size, mtime, hash, special]) =>
    ({ id, parent, name, key, kind, identity, fingerprint, size, mtime, hash, special }) as unknown as LocalNode,
  values: ({ id, parent, name, key, kind, identity, fingerprint, size, mtime, hash, special }) => [
    id,
    parent,
    name,
    key,
    kind,
    identity,
    fingerprint,
    size,
    mtime,
    hash,
    special,
  ],
};

export const REMOTE: Rows<RemoteNode> = {
  table: "remote",
  columns: ["id", "parent", "name", "key", "kind", "remote_id", "rev", "hash", "size", "mtime", "downloadable"],
  node: ([id, parent, name, key, kind, remoteId, rev, hash, size, mtime, bit]) =>
    ({
      id,
      parent,
      name,
      key,
      kind,
      remoteId,
      rev,
      hash,
      size,
      mtime,
      downloadable: bit === 1,
    }) as unknown as RemoteNode,
  values: ({ id, parent, name, key, kind, remoteId, rev, hash, size, mtime, downloadable }) => [
    id,
    parent,
    name,
    key,
    kind,
    remoteId,
    rev,
    hash,
    size,
    mtime,
    Number(downloadable),
  ],
};

export const SYNCED: Rows<SyncedNode> = {
  table: "synced",
  columns: ["id", "parent", "name", "key", "kind", "remote_name", "identity", "remote_id", "hash", "since"],
  node: ([id, parent, name, key, kind, remoteName, identity, remoteId, hash, since]) =>
    ({ id, parent, name, key, kind, remoteName, identity, remoteId, hash, since }) as unknown as SyncedNode,
  values: ({ id, parent, name, key, kind, remoteName, identity, remoteId, hash, since }) => [
    id,
    parent,
    name,
    key,
    kind,
    remoteName,
    identity,
    remoteId,
    hash,
    since,
  ],
};
