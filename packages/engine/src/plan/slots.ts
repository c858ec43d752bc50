import type { LocalNode, RemoteNode, Trees } from "../ports/store.ts";
import type { NameKey, NodeId } from "../ports/values.ts";

/** One name in one folder, names that the remote takes for the same being one: who has it on each side, asked once. */
export class Slot {
  readonly #trees: Trees;
  readonly #parent: NodeId;
  readonly #key: NameKey;
  #local: readonly LocalNode[] | undefined;
  #remote: readonly RemoteNode[] | undefined;

  constructor(trees: Trees, parent: NodeId, key: NameKey) {
    this.#trees = trees;
    this.#parent = parent;
    this.#key = key;
  }

  get local(): readonly LocalNode[] {
    this.#local ??= this.#trees.local.childrenByKey(this.#parent, this.#key);
    return this.#local;
  }

  get remote(): readonly RemoteNode[] {
    this.#remote ??= this.#trees.remote.childrenByKey(this.#parent, this.#key);
    return this.#remote;
  }
}

export type Slots = ReturnType<typeof createSlots>;

/** The slots that a plan looks at: for one name in one folder always the same object, however many ask. */
export function createSlots(trees: Trees) {
  const known = new Map<NodeId, Map<NameKey, Slot>>();
  return (parent: NodeId, key: NameKey): Slot => {
    let inFolder = known.get(parent);
    if (inFolder === undefined) {
      inFolder = new Map();
      known.set(parent, inFolder);
    }
    let slot = inFolder.get(key);
    if (slot === undefined) {
      slot = new Slot(trees, parent, key);
      inFolder.set(key, slot);
    }
    return slot;
  };
}

/** One name in one folder, as a word that outlives a plan. */
export function slotOf(parent: NodeId, key: NameKey): string {
  return `${parent}/${key}`;
}
