import type { Operation } from "../plan/operation.ts";
import { pathOf, type Trees } from "../ports/store.ts";
import { isWithin, joinPath, type NodeId, type RelativePath } from "../ports/values.ts";

interface Flight {
  readonly side: "local" | "remote";
  /** The operation changes where a whole subtree is, or copies one: nothing in it is to change meanwhile. */
  readonly sweeping: boolean;
  readonly paths: readonly RelativePath[];
}

/** What is being carried out, so that nothing is begun that it could trip over. */
export function createInFlight(trees: Trees) {
  const flights = new Map<NodeId, Flight>();
  /** What comes with a folder that is copied: by the folder, and all of it. */
  const along = new Map<NodeId, readonly NodeId[]>();
  const allAlong = new Set<NodeId>();
  let sweeping = 0;

  /** @returns null where the folder that it is for is neither there nor under way */
  function flightOf(operation: Operation): Flight | null {
    const { side, node, parent, name, kind, copyOf } = operation;
    const place = (id: NodeId) => (side === "local" ? pathOf(trees.local, id) : pathOf(trees.remote, id));
    const present = trees[side].get(node);
    // A folder that is being made is where it is to be.
    const folder = trees[side].get(parent) === undefined ? flights.get(parent)?.paths.at(-1) : place(parent);
    if (folder === undefined) return null;
    const target = joinPath(folder, name);
    const paths = present === undefined ? [target] : [place(node), target];
    if (copyOf !== undefined) return { side, sweeping: true, paths: [place(copyOf), target] };
    return { side, sweeping: present?.kind === "folder" && (kind === "move" || kind === "delete"), paths };
  }

  function collide(a: Flight, b: Flight): boolean {
    if (a.side !== b.side || (!a.sweeping && !b.sweeping)) return false;
    return a.paths.some((one) => b.paths.some((other) => isWithin(one, other) || isWithin(other, one)));
  }

  const has = (id: NodeId) => flights.has(id) || allAlong.has(id);

  return {
    has,
    get size() {
      return flights.size;
    },
    count: (side: "local" | "remote") => [...flights.values()].filter((flight) => flight.side === side).length,
    /** Takes the operation on, unless one that is under way stands against it, or the folder it is for is not even that. */
    begin(operation: Operation): boolean {
      if (has(operation.node)) return false;
      const flight = flightOf(operation);
      if (flight === null) return false;
      if (flight.sweeping || sweeping > 0) {
        for (const other of flights.values()) if (collide(flight, other)) return false;
      }
      flights.set(operation.node, flight);
      if (flight.sweeping) sweeping++;
      return true;
    },
    /** Until this folder's operation ends nothing is begun for these: where they are by then, they come with it. */
    takeAlong(folder: NodeId, ids: readonly NodeId[]): void {
      along.set(folder, ids);
      for (const id of ids) allAlong.add(id);
    },
    /** @returns what it concerned */
    end(id: NodeId): readonly NodeId[] {
      if (flights.get(id)?.sweeping) sweeping--;
      flights.delete(id);
      const released = along.get(id) ?? [];
      along.delete(id);
      for (const one of released) allAlong.delete(one);
      return [id, ...released];
    },
  };
}

export type InFlight = ReturnType<typeof createInFlight>;
