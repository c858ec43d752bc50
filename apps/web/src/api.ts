import { apiError, CSRF_HEADER } from "@twinfold/api";
import type { z } from "zod";

/** What the server said no with; the message is a sentence for people. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Asks the server. @throws ApiFailure; whatever `fetch` throws when it was broken off */
export async function send(
  method: string,
  path: string,
  body?: BodyInit,
  given: Readonly<Record<string, string>> = {},
  signal: AbortSignal | null = null,
): Promise<Response> {
  let response: Response;
  try {
    const headers = { ...(method === "GET" ? {} : { [CSRF_HEADER]: "1" }), ...given };
    response = await fetch(path, { method, headers, signal, ...(body === undefined ? {} : { body }) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreached();
  }
  if (response.ok) return response;
  throw failureOf(response.status, await response.json().catch(() => null));
}

export const unreached = () =>
  new ApiFailure(0, "offline", "The server can't be reached. Check your connection; this page tries again.");

export function failureOf(status: number, body: unknown): ApiFailure {
  const { code, message } = apiError.safeParse(body).data?.error ?? {
    code: "unexpected",
    message: `The server answered ${status}.`,
  };
  return new ApiFailure(status, code, message);
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export async function get<T>(path: string, shape: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
  return shape.parse(await (await send("GET", path, undefined, {}, signal)).json());
}

export async function post<T>(path: string, body: unknown, shape: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
  const answer = await send("POST", path, JSON.stringify(body), { "content-type": "application/json" }, signal);
  return shape.parse(await answer.json());
}

/** What a file may be written over: the version that was read, null for nothing at all, undefined for any file. */
export type Over = string | null | undefined;

/** A file's bytes, and which version of it they are. */
export async function getFile(path: string): Promise<{ readonly bytes: ArrayBuffer; readonly version: string }> {
  const answer = await send("GET", path);
  return { bytes: await answer.arrayBuffer(), version: answer.headers.get("etag") ?? "" };
}

/** The same, without the bytes where there are more than so many. */
export async function getFileUpTo(
  path: string,
  most: number,
): Promise<{ readonly bytes: ArrayBuffer | null; readonly size: number; readonly version: string }> {
  const answer = await send("GET", path);
  const size = Number(answer.headers.get("content-length"));
  const version = answer.headers.get("etag") ?? "";
  if (size <= most) return { bytes: await answer.arrayBuffer(), size, version };
  await answer.body?.cancel();
  return { bytes: null, size, version };
}

/** The headers that say so. */
export const conditionOf = (over: Over): Readonly<Record<string, string>> =>
  over === null ? { "if-none-match": "*" } : over === undefined ? {} : { "if-match": over };

/** How a file is sent: told how many bytes have gone, and when to break off. */
export interface Sending {
  readonly onSent?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** @throws ApiFailure 412 when something else is there; 0 when it was broken off */
export function putFile(path: string, content: Blob | string, over: Over, sending: Sending = {}): Promise<void> {
  const headers = { [CSRF_HEADER]: "1", "content-type": "application/octet-stream", ...conditionOf(over) };
  // Not by fetch, which does not tell how much has gone.
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", path);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => sending.onSent?.(loaded);
    request.onerror = request.onabort = () => reject(unreached());
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(failureOf(request.status, parsed(request.responseText)));
    };
    if (sending.signal?.aborted) return reject(unreached());
    sending.signal?.addEventListener("abort", () => request.abort());
    request.send(content);
  });
}

/** The address of a folder as a zip file. */
export function zipAddress(instanceId: string, area: string, path: string): string {
  return `/api/instances/${instanceId}/zip?${new URLSearchParams({ area, path })}`;
}

/** The address of a file's bytes. */
export function fileAddress(instanceId: string, area: string, path: string): string {
  return `/api/instances/${instanceId}/file?${new URLSearchParams({ area, path })}`;
}
