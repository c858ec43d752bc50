import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Conditions } from "../conditions.ts";
import type { BodyStream, Reply } from "./reply.ts";

export type Direction = "up" | "down";

/** Bytes in a second, null: no limit. */
export type LineRates = Pick<Conditions, "uploadBytesPerSecond" | "downloadBytesPerSecond">;

/** What differs for one account; undefined: as it is for all. */
export type OwnRates = { readonly [Name in keyof LineRates]?: LineRates[Name] | undefined };

/** The most bytes that are let through at once, so that what shares a line gets its turns. */
const PIECE = 16 * 1024;
/** Milliseconds that are not worth a timer; they add up, so that the rate holds all the same. */
const NEGLIGIBLE = 2;
/** Milliseconds by which a body that is under way may be late to go on, in a busy process, and lose nothing of its line. */
const LATE = 50;

/**
 * Each account's line: the bodies of all its requests together get no more than its bytes in a second, those of its answers
 * likewise. Headers are not counted, and people's pages come by another way.
 */
export class Bandwidth {
  readonly #conditions: Readonly<LineRates>;
  readonly #closing: AbortSignal;
  readonly #own = new Map<number, OwnRates>();
  /** When each line will have carried what it was given, in milliseconds of `performance.now()`. */
  readonly #freeAt: Readonly<Record<Direction, Map<number, number>>> = { up: new Map(), down: new Map() };

  /** What waits for a line goes on at once when the server closes. */
  constructor(conditions: Readonly<LineRates>, closing: AbortSignal) {
    this.#conditions = conditions;
    this.#closing = closing;
  }

  /** Gives an account a line of its own; what is left out of `rates` stays as it is for all. */
  give(ns: number, rates: OwnRates): void {
    this.#own.set(ns, rates);
  }

  /**
   * Resolves when the account's line has carried so many bytes more, which were there at `since`.
   * @returns when they had to be carried
   */
  async carry(ns: number, direction: Direction, bytes: number, since = performance.now()): Promise<number> {
    const rate = this.#rate(ns, direction);
    const now = performance.now();
    if (rate === null) return now;
    const lines = this.#freeAt[direction];
    const free = Math.max(since, lines.get(ns) ?? 0) + (bytes / rate) * 1000;
    lines.set(ns, free);
    if (free - now > NEGLIGIBLE) await sleep(free - now, undefined, { signal: this.#closing }).catch(() => {});
    return free;
  }

  /** The body of a request, as fast as the account's line brings it. */
  incoming(ns: number, request: IncomingMessage): AsyncIterable<Uint8Array> {
    // The caller comes to read an answer that is given before all of the body was read.
    const body = request.iterator({ destroyOnReturn: false });
    return this.#rate(ns, "up") === null ? body : this.#paced(ns, "up", body);
  }

  /** An answer that is sent as fast as the account's line takes it. */
  outgoing(ns: number, reply: Reply): Reply {
    if (this.#rate(ns, "down") === null) return reply;
    const { length, content } = asStream(reply.body);
    return { ...reply, body: { length, content: this.#paced(ns, "down", content) } };
  }

  #rate(ns: number, direction: Direction): number | null {
    const name = direction === "up" ? "uploadBytesPerSecond" : "downloadBytesPerSecond";
    const own = this.#own.get(ns)?.[name];
    return own === undefined ? this.#conditions[name] : own;
  }

  async *#paced(
    ns: number,
    direction: Direction,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array> {
    let carried = Number.NEGATIVE_INFINITY;
    for await (const piece of content)
      for (let start = 0; start < piece.length; start += PIECE) {
        const part = piece.subarray(start, start + PIECE);
        const now = performance.now();
        carried = await this.carry(ns, direction, part.length, now - carried < LATE ? carried : now);
        yield part;
      }
  }
}

function asStream(body: Reply["body"]): Omit<BodyStream, "content"> & {
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
} {
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return body;
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  return { length: bytes.length, content: [bytes] };
}
