import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { contentHash } from "@twinfold/dropbox-rules";
import { onTestFinished } from "vitest";

/** Arguments as they came; tests look at the fields that they expect. */
// biome-ignore lint/suspicious/noExplicitAny: what a client sends is for the test to find out
export type Json = any;

/** One request, as the server got it. */
export interface Call {
  /** `files/upload`, or `oauth2/token`. */
  readonly route: string;
  readonly argument: Json;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** What it is answered with; `cut` ends the connection without an answer. */
export type ScriptedAnswer =
  | "cut"
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as JSON. */
      readonly json?: unknown;
      /** Sent as it is; with `cutAfter` only so many of its bytes, and then the connection ends. */
      readonly text?: string | Uint8Array;
      readonly cutAfter?: number;
    };

export type Script = (call: Call, nth: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** A server that does what a test says, request by request: for faults that must come at an exact place. */
export interface ScriptedDropbox {
  readonly url: string;
  /** Every request, in the order in which it arrived; long polls and tokens too. */
  readonly calls: Call[];
  /** How a route answers; the last word counts. `nth` counts a route's requests from 0. */
  on(route: string, script: Script): void;
  callsOf(route: string): Call[];
  /** The most requests for these routes that were being answered at the same time, from this call on. */
  mostAtOnce(routes: readonly string[], since?: number): number;
}

export async function startScriptedDropbox(): Promise<ScriptedDropbox> {
  const scripts = new Map<string, Script>();
  const calls: Call[] = [];
  const underWay = new Map<string, number>();
  const widths: Map<string, number>[] = [];
  const counts = new Map<string, number>();
  scripts.set("oauth2/token", () => ({ json: { access_token: "sl.first", expires_in: 14_400 } }));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = (request.url ?? "").replace(/^\/2?\/?/, "");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const header = request.headers["dropbox-api-arg"];
    const argument: Json =
      route === "oauth2/token"
        ? Object.fromEntries(new URLSearchParams(body.toString()))
        : JSON.parse(typeof header === "string" ? header : body.toString());
    const call: Call = { route, argument, headers: request.headers, body };
    const nth = counts.get(route) ?? 0;
    counts.set(route, nth + 1);
    calls.push(call);
    underWay.set(route, (underWay.get(route) ?? 0) + 1);
    widths.push(new Map(underWay));
    try {
      const script = scripts.get(route);
      const said = script === undefined ? { status: 400, text: `not scripted: ${route}` } : await script(call, nth);
      send(response, said);
    } finally {
      underWay.set(route, (underWay.get(route) ?? 1) - 1);
    }
  }

  const server = createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    on(route, script) {
      scripts.set(route, script);
      counts.set(route, 0);
    },
    callsOf: (route) => calls.filter((call) => call.route === route),
    mostAtOnce: (routes, since = 0) =>
      Math.max(
        0,
        ...widths.slice(since).map((width) => routes.reduce((sum, route) => sum + (width.get(route) ?? 0), 0)),
      ),
  };
}

function send(response: ServerResponse, said: ScriptedAnswer): void {
  if (said === "cut") {
    response.destroy();
    return;
  }
  const text = said.text ?? JSON.stringify(said.json ?? null);
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  response.writeHead(said.status ?? 200, {
    "content-type": said.text === undefined ? "application/json" : "text/plain; charset=utf-8",
    "content-length": String(bytes.length),
    ...said.headers,
  });
  if (said.cutAfter === undefined) response.end(bytes);
  else response.write(bytes.subarray(0, said.cutAfter), () => response.destroy());
}

/** An error with these tags, as Dropbox nests them. */
export function refusal(tags: string, status = 409): ScriptedAnswer {
  return { status, json: { error_summary: `${tags}/..`, error: nestedTags(tags) } };
}

/** `path/conflict/file` as the union that it stands for. */
export function nestedTags(tags: string): Json {
  const [first = "", ...rest] = tags.split("/");
  return rest.length === 0 ? { ".tag": first } : { ".tag": first, [first]: nestedTags(rest.join("/")) };
}

/** Metadata of a file as Dropbox gives it. */
export function fileMetadata(path: string, fields: Readonly<Record<string, unknown>> = {}): Json {
  return {
    ".tag": "file",
    name: path.slice(path.lastIndexOf("/") + 1),
    path_lower: path.toLowerCase(),
    path_display: path,
    id: `id:${path}`,
    rev: "0123456789",
    size: 3,
    content_hash: "0".repeat(64),
    client_modified: "2023-11-14T22:13:20Z",
    server_modified: "2023-11-14T22:13:20Z",
    is_downloadable: true,
    ...fields,
  };
}

export function folderMetadata(path: string): Json {
  return {
    ".tag": "folder",
    name: path.slice(path.lastIndexOf("/") + 1),
    path_lower: path.toLowerCase(),
    path_display: path,
    id: `id:${path}`,
  };
}

/** A file's content as `files/download` gives it, in whole or from the first byte of the range that was asked for. */
export function contentAnswer(content: Uint8Array, { headers }: Pick<Call, "headers">): ScriptedAnswer {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  const metadata = fileMetadata("/A/B/C/a", { size: content.length, content_hash: contentHash(content) });
  return {
    status: start === 0 ? 200 : 206,
    headers: { "content-type": "application/octet-stream", "dropbox-api-result": JSON.stringify(metadata) },
    text: content.subarray(start),
  };
}
