import type { IncomingMessage } from "node:http";

/**
 * The address by which the caller has reached this server, for links that are handed out: `http://127.0.0.1:4001`. A proxy
 * that ends TLS says so in `X-Forwarded-Proto`, as is usual.
 */
export function originOf(request: IncomingMessage): string {
  const protocol = request.headers["x-forwarded-proto"] === "https" ? "https" : "http";
  return `${protocol}://${request.headers.host ?? "127.0.0.1"}`;
}
