import type { LocalNode, NodeId, RemoteNode, Store, SyncedNode } from "@twinfold/engine";
import { type TreeJournal, VirtualTree } from "./virtual-tree.ts";

/** Transactions that a power cut may take along. */
export const MOST_RECENT = 20;

/**
 * What the engine has observed, in memory: it outlives the process that wrote it, as a file on disk does, and is held to
 * the same contract as the real store. A process opens it, and is lost without it when it is closed.
 */
export class VirtualStore {
  readonly #meta = new Map<string, string>();
  readonly #local: VirtualTree<LocalNode>;
  readonly #remote: VirtualTree<RemoteNode>;
  readonly #synced: VirtualTree<SyncedNode>;
  #undo: (() => void)[] = [];
  /** How to take back each of the last transactions, the last one at the end. */
  readonly #recent: (readonly (() => void)[])[] = [];
  #checks: (() => void)[] = [];
  #depth = 0;
  #changed = new Set<NodeId>();
  #nextId = 2;

  constructor() {
    const journal: TreeJournal = {
      undo: (step) => this.#undo.push(step),
      changed: (id) => this.#changed.add(id),
      placed: (check) => this.#checks.push(check),
    };
    this.#local = new VirtualTree("local", false, journal);
    this.#remote = new VirtualTree("remote", true, journal);
    this.#synced = new VirtualTree("synced", false, journal);
  }

  /** All of it as it stands: a backup of the state folder. */
  copy(): VirtualStore {
    const copy = new VirtualStore();
    for (const [key, value] of this.#meta) copy.#meta.set(key, value);
    copy.#transaction(() => {
      for (const node of this.#local.nodes.values()) copy.#local.put(node);
      for (const node of this.#remote.nodes.values()) copy.#remote.put(node);
      for (const node of this.#synced.nodes.values()) copy.#synced.put(node);
    });
    copy.#nextId = this.#nextId;
    copy.#recent.splice(0);
    return copy;
  }

  /** A power cut: the transactions that were last are missing, as where each is not waited for until it is on disk. */
  loseLast(transactions: number): void {
    for (const steps of this.#recent.splice(Math.max(0, this.#recent.length - transactions)).reverse())
      for (const step of steps.toReversed()) step();
  }

  /** As a process that has just started finds it. */
  open(): Store {
    const changed = new Set<NodeId>();
    this.#changed = changed;
    for (const id of this.#unequal()) changed.add(id);
    let isOpen = true;
    const checkOpen = () => {
      if (!isOpen) throw new Error("database is not open");
    };
    const write = <T>(body: () => T): T => {
      checkOpen();
      return this.#transaction(body);
    };
    // A write outside a transaction is one of its own.
    const tree = <N extends LocalNode | RemoteNode | SyncedNode>(one: VirtualTree<N>) => ({
      get: (id: NodeId) => {
        checkOpen();
        return one.get(id);
      },
      children: (id: NodeId) => one.children(id),
      childrenByKey: (parent: NodeId, key: string) => one.childrenByKey(parent, key),
      byIdentity: (identity: string) => one.byIdentity(identity),
      byHash: (hash: string, most: number) => one.byHash(hash, most),
      byRemoteId: (remoteId: string) => one.byRemoteId(remoteId),
      countFiles: () => one.countFiles(),
      put: (node: N) => write(() => one.put(node)),
      remove: (id: NodeId) => write(() => one.remove(id)),
    });
    return {
      local: tree(this.#local),
      remote: tree(this.#remote),
      synced: tree(this.#synced),
      changed,
      newId: () => this.#nextId++ as NodeId,
      reidentify: (name, from, to) =>
        this.#transaction(() => (name === "local" ? this.#local : this.#remote).reidentify(from, to)),
      transaction: write,
      readMeta: (key) => this.#meta.get(key) ?? null,
      writeMeta: (key, value) => write(() => this.#writeMeta(key, value)),
      close: () => {
        isOpen = false;
      },
    };
  }

  #writeMeta(key: string, value: string | null): void {
    const before = this.#meta.get(key);
    this.#undo.push(() => this.#setMeta(key, before ?? null));
    this.#setMeta(key, value);
  }

  #setMeta(key: string, value: string | null): void {
    if (value === null) this.#meta.delete(key);
    else this.#meta.set(key, value);
  }

  #transaction<T>(body: () => T): T {
    if (this.#depth > 0) return body();
    this.#depth++;
    this.#undo = [];
    this.#checks = [];
    try {
      const result = body();
      for (const check of this.#checks) check();
      if (this.#undo.length > 0) this.#recent.push(this.#undo);
      if (this.#recent.length > MOST_RECENT) this.#recent.shift();
      return result;
    } catch (error) {
      for (const step of this.#undo.reverse()) step();
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** The nodes whose three sides are not equal. */
  #unequal(): Set<NodeId> {
    const result = new Set<NodeId>();
    const all = [...this.#local.nodes.keys(), ...this.#remote.nodes.keys(), ...this.#synced.nodes.keys()];
    for (const id of all) {
      const local = this.#local.get(id);
      const remote = this.#remote.get(id);
      const synced = this.#synced.get(id);
      const equal =
        local !== undefined &&
        remote !== undefined &&
        synced !== undefined &&
        local.parent === synced.parent &&
        local.name === synced.name &&
        remote.parent === synced.parent &&
        remote.name === synced.remoteName &&
        local.hash === synced.hash &&
        remote.hash === synced.hash &&
        local.identity === synced.identity &&
        remote.remoteId === synced.remoteId;
      if (!equal) result.add(id);
    }
    return result;
  }
}
