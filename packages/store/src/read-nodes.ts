import type { NodeId } from "@twinfold/engine";

/** So many nodes are remembered at most; then all are forgotten and read anew. */
const MOST = 16_384;

/**
 * What was read from one table, by id: what waits for its turn is planned again and again, and in between it is the same.
 * Only what the table itself gave is in here, and whoever writes a row forgets it first.
 */
export class ReadNodes<N> {
  /** Undefined: there is no such node. */
  readonly #nodes = new Map<NodeId, N | undefined>();

  /** What is known of the node, or what `read` gives. */
  get(id: NodeId, read: () => N | undefined): N | undefined {
    const known = this.#nodes.get(id);
    if (known !== undefined || this.#nodes.has(id)) return known;
    const node = read();
    if (this.#nodes.size >= MOST) this.#nodes.clear();
    this.#nodes.set(id, node);
    return node;
  }

  forget(id: NodeId): void {
    this.#nodes.delete(id);
  }

  forgetAll(): void {
    this.#nodes.clear();
  }
}
