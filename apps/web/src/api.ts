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

async function send(
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
    throw new ApiFailure(0, "offline", "The server can't be reached. Check your connection; this page tries again.");
  }
  if (response.ok) return response;
  const parsed = apiError.safeParse(await response.json().catch(() => null));
  const { code, message } = parsed.data?.error ?? {
    code: "unexpected",
    message: `The server answered ${response.status}.`,
  };
  throw new ApiFailure(response.status, code, message);
}

export async function get<T>(path: string, shape: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
  return shape.parse(await (await send("GET", path, undefined, {}, signal)).json());
}

export async function post<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T> {
  const answer = await send("POST", path, JSON.stringify(body), { "content-type": "application/json" });
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

/** @throws ApiFailure 412 when something else is there */
export async function putFile(path: string, content: Blob | string, over: Over): Promise<void> {
  const condition = over === null ? { "if-none-match": "*" } : over === undefined ? {} : { "if-match": over };
  await send("PUT", path, content, { "content-type": "application/octet-stream", ...condition });
}

/** The address of a file's bytes. */
export function fileAddress(instanceId: string, area: string, path: string): string {
  return `/api/instances/${instanceId}/file?${new URLSearchParams({ area, path })}`;
}
