import * as z from "zod";
import type { Reply } from "./reply.ts";

/** What is to go wrong, how often, and where. */
export const FaultSchema = z.strictObject({
  /** A route's name, such as `files/upload`, or how some begin: `files/upload_session/*`; `*` for all. */
  route: z.string(),
  /** How many requests it hits: one when neither this nor a rate is given, with a rate as many as come until it is cleared. */
  count: z.int().min(1).optional(),
  /** How many requests it lets pass first. */
  skip: z.int().min(0).default(0),
  /** The share of requests that it hits, from 0 to 1: which ones is up to chance, the same for the same `seed`. */
  rate: z.number().min(0).max(1).optional(),
  seed: z.int().min(0).default(1),
  /** Answer with this instead of doing anything. */
  status: z.int().min(200).max(599).optional(),
  body: z.string().optional(),
  contentType: z.string().default("text/plain; charset=utf-8"),
  /** Seconds, for the header `Retry-After`. */
  retryAfter: z.int().min(0).optional(),
  /**
   * Cut the connection: before anything is done, after it is done and durable but before it is answered, or in the middle of
   * the answer's body.
   */
  cut: z.enum(["before", "after", "midway"]).optional(),
  /** Flip a bit of the answer's body. */
  corrupt: z.boolean().default(false),
});

export type Fault = z.infer<typeof FaultSchema>;

/** The same as it is asked for: what is left out has its default. */
export type FaultPlan = z.input<typeof FaultSchema>;

interface Waiting {
  readonly fault: Fault;
  skip: number;
  left: number;
  /** From 0 up to, not including, 1. */
  chance(): number;
}

/** The faults that are still to happen, and a count of those that have. */
export class Faults {
  #faults: Waiting[] = [];
  readonly #met = new Map<string, number>();

  add(fault: Fault): void {
    const left = fault.count ?? (fault.rate === undefined ? 1 : Number.POSITIVE_INFINITY);
    this.#faults.push({ fault, skip: fault.skip, left, chance: chanceFrom(fault.seed) });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that this request meets, if any. */
  take(route: string): Fault | null {
    for (const one of this.#faults) {
      if (!hits(one.fault.route, route)) continue;
      if (one.skip > 0) {
        one.skip--;
        continue;
      }
      if (one.fault.rate !== undefined && one.chance() >= one.fault.rate) continue;
      one.left--;
      if (one.left === 0) this.#faults = this.#faults.filter((other) => other !== one);
      const kind = kindOf(one.fault);
      this.#met.set(kind, (this.#met.get(kind) ?? 0) + 1);
      return one.fault;
    }
    return null;
  }

  /** How many requests have met which kind of fault. */
  met(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#met);
  }
}

function hits(pattern: string, route: string): boolean {
  return pattern.endsWith("*") ? route.startsWith(pattern.slice(0, -1)) : route === pattern;
}

/** Numbers that look random and are the same for the same seed (Mulberry32, public domain). */
function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What its caller sees of it. */
function kindOf({ cut, status, corrupt }: Fault): string {
  if (cut !== undefined) return `cut ${cut}`;
  return status !== undefined ? `status ${status}` : corrupt ? "corrupt" : "none";
}

/** The answer that a fault gives in place of the real one; null when it gives none. */
export function faultReply(fault: Fault): Reply | null {
  if (fault.status === undefined) return null;
  return {
    status: fault.status,
    headers: {
      "content-type": fault.contentType,
      ...(fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) }),
    },
    body: fault.body ?? "",
  };
}

/** The answer with what the fault does to its body. */
export function spoil(reply: Reply, fault: Fault): Reply {
  if (fault.cut !== "midway" && !fault.corrupt) return reply;
  const { body } = reply;
  const stream =
    typeof body === "string" || body instanceof Uint8Array
      ? { length: Buffer.byteLength(body), content: once(typeof body === "string" ? Buffer.from(body) : body) }
      : body;
  return { ...reply, body: { length: stream.length, content: spoiled(stream.content, stream.length, fault) } };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* spoiled(
  content: AsyncIterable<Uint8Array>,
  length: number | null,
  fault: Fault,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  let corrupt = fault.corrupt;
  for await (const piece of content) {
    let bytes = piece;
    if (corrupt && piece.length > 0) {
      bytes = Uint8Array.from(piece);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      corrupt = false;
    }
    const half = Math.floor((length ?? 2 * bytes.length) / 2);
    if (fault.cut === "midway" && sent + bytes.length > half) {
      yield bytes.subarray(0, Math.max(0, half - sent));
      throw new Error("cut as told");
    }
    sent += bytes.length;
    yield bytes;
  }
}
