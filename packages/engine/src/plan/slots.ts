import type { LocalNode, RemoteNode, Trees } from "../ports/store.ts";
import type { NameKey, NodeId } from "../ports/values.ts";

/** Who has one name in one folder on each side, names that the remote takes for the same being one. */
export interface Slot {
  readonly local: readonly LocalNode[];
  readonly remote: readonly RemoteNode[];
}

export type Slots = ReturnType<typeof createSlots>;

/** The slots that a plan looks at; the trees are asked for each once, however many questions there are about it. */
export function createSlots({ local, remote }: Trees) {
  const known = new Map<string, Slot>();
  return (parent: NodeId, key: NameKey): Slot => {
    const name = slotOf(parent, key);
    let slot = known.get(name);
    if (slot === undefined) {
      slot = { local: local.childrenByKey(parent, key), remote: remote.childrenByKey(parent, key) };
      known.set(name, slot);
    }
    return slot;
  };
}

/** One name in one folder, as a word. */
export function slotOf(parent: NodeId, key: NameKey): string {
  return `${parent}/${key}`;
}
