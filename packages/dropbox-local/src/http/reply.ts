import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** An answer, made before anything of it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Uint8Array | BodyStream;
}

/** A body that is read as it is sent; `length` in bytes where it is known beforehand. */
export interface BodyStream {
  readonly length: number | null;
  readonly content: AsyncIterable<Uint8Array>;
  /** Each piece leaves as soon as it is there, as news must. */
  readonly prompt?: boolean;
}

export function jsonReply(value: unknown, status = 200): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

export function textReply(status: number, text: string): Reply {
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
    body: text,
  };
}

/** Aborts when whoever asked goes away, or at once where she has gone while her request was read: that is told only once. */
export function readerGone(response: ServerResponse): AbortSignal {
  if (response.destroyed) return AbortSignal.abort();
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return gone.signal;
}

/** Sends an answer; resolves when the last byte was handed to the connection, or the connection is gone. */
export async function send(response: ServerResponse, reply: Reply): Promise<void> {
  const { status, headers, body } = reply;
  if (typeof body === "string" || body instanceof Uint8Array) {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    response.writeHead(status, { ...headers, "content-length": bytes.length });
    response.end(bytes);
    return;
  }
  response.writeHead(status, body.length === null ? headers : { ...headers, "content-length": body.length });
  await sendStream(response, body);
}

/**
 * A reader that goes away ends it, even while the source has nothing to give; a source that fails cuts the connection, so
 * that nobody takes a part for the whole.
 */
async function sendStream(response: ServerResponse, { content, prompt }: BodyStream): Promise<void> {
  const gone = readerGone(response);
  let leave = () => {};
  gone.addEventListener("abort", () => leave(), { once: true });
  const source = content[Symbol.asyncIterator]();
  // Not a race with one promise of the reader's leaving: that would hold every piece of the answer for as long as it is sent.
  const nextOrGone = () =>
    new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
      leave = () => resolve({ done: true, value: undefined });
      if (gone.aborted) leave();
      else source.next().then(resolve, reject);
    });
  try {
    // The last piece leaves together with the end: no reader has all of an answer that is still being worked on.
    let last: Uint8Array | undefined;
    for (;;) {
      const next = await nextOrGone();
      if (next.done === true) break;
      if (last !== undefined && !response.write(last)) await once(response, "drain", { signal: gone });
      last = prompt ? undefined : next.value;
      if (prompt && !response.write(next.value)) await once(response, "drain", { signal: gone });
    }
    if (!gone.aborted) response.end(last);
  } catch (error) {
    response.destroy();
    if (!gone.aborted) throw error;
  } finally {
    // Not waited for: a source that waits for something itself may never hear of it.
    source.return?.().catch(() => {});
  }
}
