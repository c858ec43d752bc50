import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { headerSafeJson } from "@twinfold/dropbox-rules";
import { onTestFinished } from "vitest";
import { type DropboxLocalOptions, type ReadyMade, type RunningDropboxLocal, startDropboxLocal } from "../src/index.ts";
import { answerComplaints } from "./sdk-routes.ts";

/** Metadata and errors as they come; tests look at the fields that they expect. */
// biome-ignore lint/suspicious/noExplicitAny: what a server answers is for the test to find out
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: Json;
}

/** A client that speaks plain HTTP for one token. */
export interface Client {
  readonly token: string;
  rpc(route: string, argument: unknown, headers?: Record<string, string>): Promise<Answer>;
  upload(route: string, argument: unknown, body: string | Uint8Array): Promise<Answer>;
  download(route: string, argument: unknown, headers?: Record<string, string>): Promise<Answer & { bytes: Buffer }>;
  /** Puts a file there and gives its metadata; fails when the server refuses. */
  put(path: string, content: string | Uint8Array, options?: Record<string, unknown>): Promise<Json>;
  /** An RPC that must succeed. */
  ok(route: string, argument: unknown): Promise<Json>;
  /** The error of an RPC that must be refused with 409: its tags, joined by slashes. */
  refusal(route: string, argument: unknown): Promise<string>;
}

/** The tables that a data folder of version 1 does not have. */
export const LATER_TABLES = ["upload_links", "shared_links", "developers", "webhooks", "webhook_marks", "recasings"];

export interface TestDropbox {
  readonly dropbox: RunningDropboxLocal;
  readonly ready: ReadyMade;
  readonly client: Client;
  readonly folder: string;
  control(method: "GET" | "POST" | "DELETE", name: string, body?: unknown): Promise<Json>;
}

/** A local Dropbox of the test's own, gone when the test ends. */
export async function startTestDropbox(options: Partial<DropboxLocalOptions> = {}): Promise<TestDropbox> {
  const folder = options.dataFolder ?? (await temporaryFolder());
  const dropbox = await startDropboxLocal({ control: true, ...options, dataFolder: folder });
  onTestFinished(() => dropbox.close());
  const ready = await dropbox.readyMade();
  return {
    dropbox,
    ready,
    folder,
    client: clientOf(dropbox.url, ready.accessToken),
    async control(method, name, body) {
      const response = await fetch(`${dropbox.url}/__control/${name}`, {
        method,
        body: body === undefined ? null : JSON.stringify(body),
      });
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    },
  };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dropbox-local-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function clientOf(url: string, token: string): Client {
  const authorization = `Bearer ${token}`;
  const client: Client = {
    token,
    async rpc(route, argument, headers = {}) {
      return answerOf(
        route,
        await fetch(`${url}/2/${route}`, {
          method: "POST",
          headers: { authorization, "content-type": "application/json", ...headers },
          body: JSON.stringify(argument),
        }),
      );
    },
    async upload(route, argument, body) {
      return answerOf(
        route,
        await fetch(`${url}/2/${route}`, {
          method: "POST",
          headers: {
            authorization,
            "content-type": "application/octet-stream",
            "dropbox-api-arg": headerSafeJson(argument),
          },
          body: typeof body === "string" ? body : new Uint8Array(body),
        }),
      );
    },
    async download(route, argument, headers = {}) {
      const response = await fetch(`${url}/2/${route}`, {
        method: "POST",
        headers: { authorization, "dropbox-api-arg": headerSafeJson(argument), ...headers },
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      return { ...answerFrom(response, bytes.toString()), bytes };
    },
    async put(path, content, options = {}) {
      return succeeded(await client.upload("files/upload", { path, ...options }, content));
    },
    async ok(route, argument) {
      return succeeded(await client.rpc(route, argument));
    },
    async refusal(route, argument) {
      return tagsOf(await client.rpc(route, argument));
    },
  };
  return client;
}

/** The tags of a 409, joined by slashes, without the dots at the end of the summary. */
export function tagsOf(answer: Answer): string {
  if (answer.status !== 409) throw new Error(`expected 409, got ${answer.status}: ${answer.text}`);
  return answer.json.error_summary.replace(/\/\.*$/, "");
}

export function succeeded(answer: Answer): Json {
  if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status}: ${answer.text}`);
  return answer.json;
}

/** The answer to an RPC or upload: its result or error must be of the type that Dropbox's own SDK expects. */
async function answerOf(route: string, response: Response): Promise<Answer> {
  const answer = answerFrom(response, await response.text());
  const complaints = answerComplaints(route, answer.status, answer.json);
  if (complaints.length > 0) throw new Error(`${route} answers ${complaints.join("; ")}: ${answer.text}`);
  return answer;
}

function answerFrom(response: Response, text: string): Answer {
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Everything in a listing or after a cursor, to the end. */
export async function readAll(
  client: Client,
  first: Json,
): Promise<{ entries: Json[]; cursor: string; pages: number }> {
  const entries = [...first.entries];
  let page = first;
  let pages = 1;
  while (page.has_more) {
    page = await client.ok("files/list_folder/continue", { cursor: page.cursor });
    entries.push(...page.entries);
    pages++;
  }
  return { entries, cursor: page.cursor, pages };
}

/** Bytes that don't repeat, the same for the same seed. */
export function someBytes(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** An entry's path with a mark for its kind, for short expectations: `file /a`, `folder /b`, `deleted /c`. */
export function brief(entry: Json): string {
  return `${entry[".tag"]} ${entry.path_display}`;
}
