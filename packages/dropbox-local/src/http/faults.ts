import * as z from "zod";
import type { Reply } from "./reply.ts";

/** What is to go wrong, how often, and where. */
export const FaultSchema = z.strictObject({
  /** A route's name, such as `files/upload`; `*` for all. */
  route: z.string(),
  /** How many requests it hits. */
  count: z.int().min(1).default(1),
  /** How many requests it lets pass first. */
  skip: z.int().min(0).default(0),
  /** Answer with this instead of doing anything. */
  status: z.int().min(400).max(599).optional(),
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

/** The faults that are still to happen, and a count of those that have. */
export class Faults {
  #faults: { fault: Fault; skip: number; left: number }[] = [];
  readonly #met = new Map<string, number>();

  add(fault: Fault): void {
    this.#faults.push({ fault, skip: fault.skip, left: fault.count });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that this request meets, if any. */
  take(route: string): Fault | null {
    for (const one of this.#faults) {
      if (one.fault.route !== route && one.fault.route !== "*") continue;
      if (one.skip > 0) {
        one.skip--;
        continue;
      }
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
