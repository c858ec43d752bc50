import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface RouteStats {
  requests: number;
  /** With their headers. */
  bytesIn: number;
  bytesOut: number;
}

/** Counts requests and bytes by route, as they pass over the connections. */
export class Stats {
  readonly #routes = new Map<string, RouteStats>();
  readonly #counted = new WeakMap<Socket, { read: number; written: number }>();
  /** Answered, but not yet counted: their last bytes are still on the way out. */
  readonly #leaving = new Map<ServerResponse, () => void>();

  /** Call it when a request has been answered; what its connection carried since the last one is this one's. */
  count(route: string, { socket }: IncomingMessage, response: ServerResponse): void {
    const count = () => {
      if (this.#leaving.delete(response)) this.#add(route, socket);
    };
    this.#leaving.set(response, count);
    if (response.writableFinished || response.destroyed) count();
    else response.once("close", count);
  }

  #add(route: string, socket: Socket): void {
    const before = this.#counted.get(socket) ?? { read: 0, written: 0 };
    const now = { read: socket.bytesRead, written: socket.bytesWritten };
    this.#counted.set(socket, now);
    const stats = this.#routes.get(route) ?? { requests: 0, bytesIn: 0, bytesOut: 0 };
    stats.requests++;
    stats.bytesIn += now.read - before.read;
    stats.bytesOut += now.written - before.written;
    this.#routes.set(route, stats);
  }

  /** With every request whose answer was written whole: its client may have read it before this process hears so. */
  toJSON(): { routes: Record<string, RouteStats> } {
    for (const [response, count] of this.#leaving) if (response.writableEnded) count();
    return { routes: Object.fromEntries([...this.#routes].sort(([a], [b]) => (a < b ? -1 : 1))) };
  }

  reset(): void {
    for (const count of this.#leaving.values()) count();
    this.#routes.clear();
  }
}
