import type { IncomingMessage } from "node:http";
import type { Store } from "../store/store.ts";
import type { Visitor } from "./page.ts";

const COOKIE = "dropbox_local_session";

export function sessionCookie(secret: string): string {
  return `${COOKIE}=${secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${30 * 24 * 3600}`;
}

export function clearedCookie(): string {
  return `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`;
}

export function cookieSecret(request: IncomingMessage): string | null {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [name, value] = part.trim().split("=", 2);
    if (name === COOKIE && value !== undefined && value !== "") return value;
  }
  return null;
}

/** Who is logged in on the browser that sent this. */
export function visitorOf(store: Store, request: IncomingMessage): Visitor | null {
  const secret = cookieSecret(request);
  const session = secret === null ? undefined : store.webSessions.find(secret);
  const account = session === undefined ? undefined : store.accounts.byNamespace(session.ns);
  return session === undefined || account === undefined ? null : { account, formToken: session.formToken };
}

/** Whether a form comes from one of our own pages, as far as the browser tells. */
export function isSameSite(request: IncomingMessage): boolean {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.headers.host;
}
