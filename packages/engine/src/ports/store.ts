import type {
  ContentHash,
  Fingerprint,
  LocalIdentity,
  Name,
  NameKey,
  NodeId,
  RelativePath,
  RemoteId,
  Rev,
  Seconds,
} from "./values.ts";

/** Where a node lies in one tree: its folder and its name there. Only the root has no parent. */
interface Placed {
  readonly id: NodeId;
  readonly parent: NodeId | null;
  readonly name: Name;
  /** The remote's key for `name`, whichever tree this is. */
  readonly key: NameKey;
}

/** Last seen on disk. */
export interface LocalNode extends Placed {
  readonly kind: "file" | "folder" | "special";
  readonly identity: LocalIdentity;
  readonly fingerprint: Fingerprint;
  readonly size: number;
  readonly mtime: Seconds;
  /** Null until the file with this fingerprint was hashed; always null for what is not a file. */
  readonly hash: ContentHash | null;
  /** For `special`: what it is, or why nothing more is known of it. */
  readonly special: string | null;
}

/** Last seen in Dropbox. */
export interface RemoteNode extends Placed {
  readonly kind: "file" | "folder";
  readonly remoteId: RemoteId;
  /** Null for folders, like `hash`. */
  readonly rev: Rev | null;
  readonly hash: ContentHash | null;
  readonly size: number;
  readonly mtime: Seconds;
  readonly downloadable: boolean;
}

/** The last state in which both sides agreed: the merge base. */
export interface SyncedNode extends Placed {
  readonly kind: "file" | "folder";
  /** The remote's spelling of the name; `name` is the disk's. */
  readonly remoteName: Name;
  readonly identity: LocalIdentity;
  readonly remoteId: RemoteId;
  readonly hash: ContentHash | null;
  /** When the two agreed on that; 0 where nobody noted it. */
  readonly since: Seconds;
}

/** Read access to one tree: what the planner sees. */
export interface TreeReader<N extends Placed> {
  get(id: NodeId): N | undefined;
  children(id: NodeId): readonly N[];
  /** The children whose names the remote takes for the same. At most one in the remote tree. */
  childrenByKey(parent: NodeId, key: NameKey): readonly N[];
}

export interface LocalReader extends TreeReader<LocalNode> {
  byIdentity(identity: LocalIdentity): readonly LocalNode[];
}
export interface RemoteReader extends TreeReader<RemoteNode> {
  byRemoteId(id: RemoteId): RemoteNode | undefined;
  /** Some of the files with this content, no more than `most`. */
  byHash(hash: ContentHash, most: number): readonly RemoteNode[];
}
export interface SyncedReader extends TreeReader<SyncedNode> {
  byIdentity(identity: LocalIdentity): readonly SyncedNode[];
  byRemoteId(id: RemoteId): SyncedNode | undefined;
}

/** The three trees, to read. */
export interface Trees {
  readonly local: LocalReader;
  readonly remote: RemoteReader;
  readonly synced: SyncedReader;
}

export interface TreeWriter<N extends Placed> {
  /** Inserts or replaces a node. Its parent must be there. */
  put(node: N): void;
  /** Removes the node and everything below it. */
  remove(id: NodeId): void;
  /** How many files the tree holds. */
  countFiles(): number;
}

/**
 * Where the three trees live. Synchronous: one control thread owns it. A node that is put or removed in any tree is
 * `changed` until the planner has found its three sides equal; at opening, `changed` is derived from the trees.
 */
export interface Store {
  readonly local: LocalReader & TreeWriter<LocalNode>;
  readonly remote: RemoteReader & TreeWriter<RemoteNode>;
  readonly synced: SyncedReader & TreeWriter<SyncedNode>;
  /** A number that no node has or ever had. */
  newId(): NodeId;
  /** In the one tree, `from` becomes `to`, which is not in that tree; its children follow. */
  reidentify(tree: "local" | "remote", from: NodeId, to: NodeId): void;
  readonly changed: Set<NodeId>;
  /** All or nothing, durable in order (not necessarily at once). */
  transaction<T>(body: () => T): T;
  /** Remembered words: the cursor, the epoch. */
  readMeta(key: string): string | null;
  writeMeta(key: string, value: string | null): void;
  close(): void;
}

/** The path of a node in one tree. Cost: its depth. */
export function pathOf<N extends Placed>(tree: TreeReader<N>, id: NodeId): RelativePath {
  const names: string[] = [];
  for (let node = tree.get(id); node !== undefined && node.parent !== null; node = tree.get(node.parent)) {
    names.push(node.name);
  }
  return names.reverse().join("/") as RelativePath;
}

/** The node at a path, found by key from the root down. */
export function nodeAt<N extends Placed>(
  tree: TreeReader<N>,
  root: NodeId,
  path: RelativePath,
  key: (name: string) => NameKey,
): N | undefined {
  let node = tree.get(root);
  if (path === "") return node;
  for (const name of path.split("/")) {
    if (node === undefined) return undefined;
    node = childOf(tree, node.id, name, key);
  }
  return node;
}

/** The node of this name in a folder, or else the one whose name the remote takes for the same. */
export function childOf<N extends Placed>(
  tree: TreeReader<N>,
  folder: NodeId,
  name: string,
  key: (name: string) => NameKey,
): N | undefined {
  const candidates = tree.childrenByKey(folder, key(name));
  return candidates.find((candidate) => candidate.name === name) ?? candidates[0];
}
