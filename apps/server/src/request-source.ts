import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a browser says that a request comes from a page of another origin. Other ports and neighbours in a domain are
 * another origin, too, though cookies go there and back. What is no browser says nothing.
 */
export function isFromElsewhere(headers: IncomingHttpHeaders, origin: string): boolean {
  const { origin: from, "sec-fetch-site": site = "none" } = headers;
  return (from !== undefined && from !== origin) || (site !== "none" && site !== "same-origin");
}

/** Whether the answer is to be a tab of its own: neither part of another page, nor read by its scripts. */
export function isOpening(method: string, headers: IncomingHttpHeaders): boolean {
  const { origin, "sec-fetch-dest": destination = "document" } = headers;
  return method === "GET" && origin === undefined && destination === "document";
}

/** Whether a person waits for the answer, and not a program. */
export function isForPerson(method: string, headers: IncomingHttpHeaders): boolean {
  return isOpening(method, headers) && headers.accept?.includes("text/html") === true;
}
