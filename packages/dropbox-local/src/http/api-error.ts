import { randomInt } from "node:crypto";
import { jsonReply, type Reply, textReply } from "./reply.ts";

/** A value of one of Dropbox's unions: its tag first, then what the tag carries. */
export interface Tagged {
  readonly ".tag": string;
  readonly [field: string]: unknown;
}

export function tagged(tag: string, fields: Readonly<Record<string, unknown>> = {}): Tagged {
  return { ".tag": tag, ...fields };
}

/** A union's value that carries another union's: `path` with `not_found`, say. */
export function nested(tag: string, inner: Tagged): Tagged {
  return { ".tag": tag, [tag]: inner };
}

/** An answer other than 200, thrown by whoever finds the reason. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly reply: Reply;
  constructor(message: string, reply: Reply) {
    super(message);
    this.reply = reply;
  }
}

/** The route's own error: 409 with its union. */
export function routeError(error: Tagged): ApiError {
  return taggedError(409, error);
}

/** 401, with the header that names the scheme. */
export function authError(error: Tagged): ApiError {
  const { message, reply } = taggedError(401, error);
  return new ApiError(message, {
    ...reply,
    headers: { ...reply.headers, "www-authenticate": 'Bearer realm="Dropbox-API"' },
  });
}

export function taggedError(status: number, error: Tagged): ApiError {
  const summary = summaryOf(error);
  return new ApiError(summary, jsonReply({ error_summary: summary, error }, status));
}

/** 429, in the form that was recorded: the reason is not in a `.tag` of the error itself. `retryAfter` in seconds. */
export function rateLimitError(
  reason: "too_many_requests" | "too_many_write_operations",
  retryAfter: number,
): ApiError {
  const summary = `${reason}/${dots()}`;
  const reply = jsonReply({ error_summary: summary, error: { reason: { ".tag": reason } } }, 429);
  return new ApiError(summary, { ...reply, headers: { ...reply.headers, "retry-after": String(retryAfter) } });
}

/** 400 in plain text: the caller's mistake, in words for its programmer. */
export function badInput(route: string, why: string): ApiError {
  const text = `Error in call to API function "${route}": ${why}`;
  return new ApiError(text, textReply(400, text));
}

/** The tags joined by slashes, with some dots at the end so that nobody matches on the whole. */
export function summaryOf(error: Tagged): string {
  const tags: string[] = [];
  let value: unknown = error;
  while (isTagged(value)) {
    tags.push(value[".tag"]);
    value = value[value[".tag"]] ?? value.reason;
  }
  return `${tags.join("/")}/${dots()}`;
}

function isTagged(value: unknown): value is Tagged {
  return typeof value === "object" && value !== null && ".tag" in value;
}

function dots(): string {
  return ".".repeat(randomInt(4));
}
