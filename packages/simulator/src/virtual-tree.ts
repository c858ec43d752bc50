import type { LocalNode, NodeId, RemoteNode, SyncedNode, TreeReader, TreeWriter } from "@twinfold/engine";

export type AnyNode = LocalNode | RemoteNode | SyncedNode;

/** What a tree tells its store of. */
export interface TreeJournal {
  /** How to take back what was just done. */
  undo(step: () => void): void;
  changed(id: NodeId): void;
  /** A node whose folder must be there when the transaction ends. */
  placed(check: () => void): void;
}

const NONE: readonly NodeId[] = [];

/** A set of nodes for each value of something; sets come in the order of ids. */
class Index {
  readonly #sets = new Map<unknown, Set<NodeId>>();

  add(value: unknown, id: NodeId): void {
    const set = this.#sets.get(value);
    if (set === undefined) this.#sets.set(value, new Set([id]));
    else set.add(id);
  }

  delete(value: unknown, id: NodeId): void {
    const set = this.#sets.get(value);
    set?.delete(id);
    if (set?.size === 0) this.#sets.delete(value);
  }

  get(value: unknown): readonly NodeId[] {
    const set = this.#sets.get(value);
    return set === undefined ? NONE : [...set].sort((a, b) => a - b);
  }
}

/** One tree in memory, with the same rules as a table of the real store. */
export class VirtualTree<N extends AnyNode> implements TreeReader<N>, TreeWriter<N> {
  readonly nodes = new Map<NodeId, N>();
  readonly #name: string;
  readonly #oneNodeAKey: boolean;
  readonly #journal: TreeJournal;
  readonly #children = new Index();
  readonly #slots = new Index();
  readonly #identities = new Index();
  readonly #remoteIds = new Index();
  readonly #hashes = new Index();

  constructor(name: string, oneNodeAKey: boolean, journal: TreeJournal) {
    this.#name = name;
    this.#oneNodeAKey = oneNodeAKey;
    this.#journal = journal;
  }

  get(id: NodeId): N | undefined {
    return this.nodes.get(id);
  }

  children(id: NodeId): readonly N[] {
    return this.#all(this.#children.get(id)).sort((a, b) => compare(a.key, b.key) || compare(a.name, b.name));
  }

  childrenByKey(parent: NodeId, key: string): readonly N[] {
    return this.#all(this.#slots.get(slotOf(parent, key)));
  }

  byIdentity(identity: string): readonly N[] {
    return this.#all(this.#identities.get(identity));
  }

  byHash(hash: string, most: number): readonly N[] {
    return this.#all(this.#hashes.get(hash)).slice(0, most);
  }

  byRemoteId(remoteId: string): N | undefined {
    return this.#all(this.#remoteIds.get(remoteId))[0];
  }

  put(node: N): void {
    const { id, parent } = node;
    if (this.#oneNodeAKey && parent !== null) {
      if (this.childrenByKey(parent, node.key).some((other) => other.id !== id))
        throw new Error(`UNIQUE constraint failed: ${this.#name}.parent, ${this.#name}.key`);
    }
    this.#replace(id, { ...node });
    this.#journal.changed(id);
    this.#journal.placed(() => {
      const now = this.nodes.get(id);
      if (now !== undefined && now.parent !== null && !this.nodes.has(now.parent))
        throw new Error(`FOREIGN KEY constraint failed: ${this.#name} ${id} is in no folder`);
    });
  }

  remove(id: NodeId): void {
    if (!this.nodes.has(id)) {
      this.#journal.changed(id);
      return;
    }
    for (const child of this.#children.get(id)) this.remove(child);
    this.#replace(id, undefined);
    this.#journal.changed(id);
  }

  countFiles(): number {
    let count = 0;
    for (const node of this.nodes.values()) if (node.kind === "file") count++;
    return count;
  }

  reidentify(from: NodeId, to: NodeId): void {
    const node = this.nodes.get(from);
    this.#journal.changed(from);
    this.#journal.changed(to);
    if (node === undefined) return;
    if (this.nodes.has(to)) throw new Error(`UNIQUE constraint failed: ${this.#name}.id`);
    this.#replace(from, undefined);
    this.#replace(to, { ...node, id: to });
    for (const id of this.#children.get(from)) {
      const child = this.nodes.get(id);
      if (child !== undefined) this.#replace(id, { ...child, parent: to });
      this.#journal.changed(id);
    }
  }

  #all(ids: readonly NodeId[]): N[] {
    const result: N[] = [];
    for (const id of ids) {
      const node = this.nodes.get(id);
      if (node !== undefined) result.push(node);
    }
    return result;
  }

  #replace(id: NodeId, node: N | undefined): void {
    const before = this.nodes.get(id);
    this.#journal.undo(() => this.#swap(id, before));
    this.#swap(id, node);
  }

  #swap(id: NodeId, node: N | undefined): void {
    const before = this.nodes.get(id);
    if (before !== undefined) {
      this.#children.delete(before.parent, id);
      this.#slots.delete(slotOf(before.parent, before.key), id);
      if ("identity" in before) this.#identities.delete(before.identity, id);
      if ("remoteId" in before) this.#remoteIds.delete(before.remoteId, id);
      if (before.hash !== null) this.#hashes.delete(before.hash, id);
    }
    if (node === undefined) {
      this.nodes.delete(id);
      return;
    }
    this.nodes.set(id, node);
    this.#children.add(node.parent, id);
    this.#slots.add(slotOf(node.parent, node.key), id);
    if ("identity" in node) this.#identities.add(node.identity, id);
    if ("remoteId" in node) this.#remoteIds.add(node.remoteId, id);
    if (node.hash !== null) this.#hashes.add(node.hash, id);
  }
}

/** One name in one folder. */
function slotOf(parent: NodeId | null, key: string): string {
  return `${parent}/${key}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
