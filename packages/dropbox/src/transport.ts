import { Readable } from "node:stream";
import { headerSafeJson } from "@twinfold/dropbox-rules";
import { Agent, type Dispatcher } from "undici";
import { ConnectionError, DropboxApiError, tagsOf } from "./api-error.ts";
import type { DropboxHosts } from "./hosts.ts";
import type { Throttle } from "./throttle.ts";
import type { TokenKeeper } from "./token-keeper.ts";

/** Milliseconds without a byte before a connection is given up. */
const IDLE = 60_000;
/** Answers that are JSON are never larger than this, in bytes. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** Milliseconds until a connection that does not come about is given up. */
const CONNECT = 5_000;

/** A content on its way. It must be read to its end or discarded: its connection serves nothing else until then. */
export interface Download {
  readonly metadata: unknown;
  /** From which byte of the file on; 0 also where the server does not give parts. */
  readonly start: number;
  readonly content: AsyncIterable<Uint8Array>;
  discard(): void;
}

/**
 * The three forms of the API (HTTP documentation, "Formats") over kept connections: RPC, upload, download. An access
 * token that has just expired is renewed once; everything else is the caller's.
 * @throws DropboxApiError an answer that says no; ConnectionError no answer; RemoteError when no token is to be had
 */
export function createTransport(hosts: DropboxHosts, tokens: TokenKeeper, throttle: Throttle) {
  const agent = new Agent({ connections: 24, headersTimeout: 5 * 60_000, bodyTimeout: IDLE, connectTimeout: CONNECT });

  async function authorized<T>(attempt: (token: string) => Promise<T>): Promise<T> {
    const token = await tokens.current();
    try {
      return await attempt(token);
    } catch (error) {
      const expired =
        error instanceof DropboxApiError && error.status === 401 && error.tags.startsWith("expired_access_token");
      if (!expired) throw error;
      tokens.reject(token);
      return await attempt(await tokens.current());
    }
  }

  async function send(
    origin: string,
    path: string,
    headers: Record<string, string>,
    body: string | Uint8Array | Readable | null,
    signal: AbortSignal,
    timeout?: number,
  ): Promise<Dispatcher.ResponseData> {
    const url = new URL(`${origin}${path}`);
    try {
      return await agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: "POST",
        headers,
        body,
        signal,
        ...(timeout === undefined ? {} : { headersTimeout: timeout, bodyTimeout: timeout }),
      });
    } catch (error) {
      signal.throwIfAborted();
      throw new ConnectionError(describe(error), { cause: error });
    }
  }

  async function readText(response: Dispatcher.ResponseData): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of response.body) {
        size += (chunk as Uint8Array).length;
        if (size > LARGEST_ANSWER) throw new Error("the answer is too large");
        chunks.push(chunk as Uint8Array);
      }
    } catch (error) {
      throw new ConnectionError(describe(error), { cause: error });
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  /** The JSON of an answer that says yes. */
  async function resultOf(route: string, response: Dispatcher.ResponseData): Promise<unknown> {
    if (response.statusCode !== 200) return fail(route, response);
    const json = parse(await readText(response));
    if (json === undefined) throw notDropbox(response.statusCode);
    return json;
  }

  async function fail(route: string, response: Dispatcher.ResponseData): Promise<never> {
    const { statusCode: status } = response;
    const text = await readText(response);
    const json = parse(text);
    // Dropbox redirects nobody, and has a reason in JSON for these two: a gateway's word ends no link and decides no conflict.
    if (status < 400 || status === 407 || ((status === 401 || status === 409) && json === undefined)) {
      throw notDropbox(status);
    }
    const asked = Number(response.headers["retry-after"] ?? Number.NaN);
    const retryAfter = Number.isFinite(asked) && asked >= 0 ? asked : undefined;
    const error = typeof json === "object" && json !== null && "error" in json ? json.error : json;
    const inside =
      typeof error === "object" && error !== null && "reason" in error && !(".tag" in error) ? error.reason : error;
    throw new DropboxApiError(
      route,
      status,
      tagsOf(inside),
      json ?? text,
      // 429 without a time: Dropbox's guide asks for a pause all the same.
      retryAfter ?? (status === 429 ? 1 : undefined),
    );
  }

  return {
    async rpc(route: string, argument: unknown, signal: AbortSignal): Promise<unknown> {
      return authorized(async (token) => {
        const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
        return resultOf(route, await send(hosts.api, `/2/${route}`, headers, JSON.stringify(argument), signal));
      });
    },

    /** `body` is made anew for each try; what it throws is thrown as it is. */
    async upload(
      route: string,
      argument: unknown,
      body: () => AsyncIterable<Uint8Array> | Uint8Array,
      size: number,
      signal: AbortSignal,
    ): Promise<unknown> {
      return authorized(async (token) => {
        const headers = {
          authorization: `Bearer ${token}`,
          "content-type": "application/octet-stream",
          "dropbox-api-arg": headerSafeJson(argument),
          "content-length": String(size),
        };
        const content = body();
        const isWhole = content instanceof Uint8Array;
        if (isWhole && !throttle.isLimited("up")) {
          return resultOf(route, await send(hosts.content, `/2/${route}`, headers, content, signal));
        }
        const source = watched(throttle.slowed("up", isWhole ? [content] : content, signal));
        const stream = Readable.from(source.content, { objectMode: false });
        try {
          return await resultOf(route, await send(hosts.content, `/2/${route}`, headers, stream, signal));
        } catch (error) {
          source.throwIfBroken();
          throw error;
        }
      });
    },

    /** The content from the byte `from` on. */
    async download(route: string, argument: unknown, from: number, signal: AbortSignal): Promise<Download> {
      return authorized(async (token) => {
        const headers = {
          authorization: `Bearer ${token}`,
          "dropbox-api-arg": headerSafeJson(argument),
          ...(from === 0 ? {} : { range: `bytes=${from}-` }),
        };
        const response = await send(hosts.content, `/2/${route}`, headers, null, signal);
        const { statusCode: status, body } = response;
        const partial = status === 206 && from > 0;
        if (status !== 200 && !partial) return fail(route, response);
        const result = response.headers["dropbox-api-result"];
        const discard = () => {
          // Its complaint about being destroyed concerns nobody.
          body.on("error", () => undefined).destroy();
        };
        if (typeof result !== "string") {
          discard();
          throw notDropbox(status);
        }
        return {
          metadata: parse(result),
          start: partial ? from : 0,
          content: throttle.slowed("down", guarded(body), signal),
          discard,
        };
      });
    },

    /** `files/list_folder/longpoll`: no authorization; `seconds` is the time the server waits at most, jitter aside. */
    async longpoll(cursor: string, seconds: number, signal: AbortSignal): Promise<unknown> {
      const route = "files/list_folder/longpoll";
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ cursor, timeout: seconds });
      return resultOf(route, await send(hosts.notify, `/2/${route}`, headers, body, signal, (seconds + 120) * 1000));
    },

    close: () => agent.close(),
  };
}

export type Transport = ReturnType<typeof createTransport>;

/** A body whose breaking is told as what it is: no answer. */
async function* guarded(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new ConnectionError(describe(error), { cause: error });
  }
}

/** A source whose own failure can be told from that of the connection which it breaks. */
function watched(source: AsyncIterable<Uint8Array>) {
  let broken: { readonly error: unknown } | null = null;
  async function* content(): AsyncIterable<Uint8Array> {
    try {
      yield* source;
    } catch (error) {
      broken = { error };
      throw error;
    }
  }
  return {
    content: content(),
    throwIfBroken(): void {
      if (broken !== null) throw broken.error;
    },
  };
}

/** Something between here and Dropbox has answered, such as the login page of a hotel's network. */
function notDropbox(status: number): ConnectionError {
  return new ConnectionError(`what answers there (${status}) is not Dropbox`);
}

/** Undefined where the text is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
