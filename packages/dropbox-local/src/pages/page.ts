import type { IncomingMessage } from "node:http";
import type { AccountFiles } from "../account-files.ts";
import type { Reply } from "../http/reply.ts";
import type { Services } from "../routes/route.ts";
import type { Account } from "../store/accounts.ts";
import { type Html, html } from "./html.ts";

/** Somebody who is logged in on this browser. */
export interface Visitor {
  readonly account: Account;
  /** To be put into every form as `form_token`, and checked when it comes back. */
  readonly formToken: string;
}

/** One request for a page. */
export interface PageRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly visitor: Visitor | null;
  readonly services: Services;
  /** Aborted when the browser goes away or the server closes: what streams an answer ends then. */
  readonly signal: AbortSignal;
  /** The form that was sent, already checked to come from this site; empty for GET. */
  readonly form: URLSearchParams;
  /** The logged-in account's files. @throws when nobody is logged in */
  files(): AccountFiles;
}

/** Pages at one path, or at all paths below it when it ends in `/*`. */
export interface PageRoute {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Pages for everybody; at the others a visitor who is not logged in is sent to the login page first. */
  readonly open: boolean;
  /** The body is not a form: the handler reads it itself, and checks `form_token` where it says it is. */
  readonly rawBody?: boolean;
  handle(page: PageRequest): Promise<Reply>;
}

/** Nothing inline, nothing from elsewhere, no frames. */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": POLICY,
  // Not "no-referrer": with that, browsers send our own forms with `Origin: null`.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** A whole page; the layout around `body` is the same everywhere. */
export function pageReply(title: string, visitor: Visitor | null, body: Html, status = 200): Reply {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Local Dropbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/pages.css">
<link rel="stylesheet" href="/assets/table.css">
<link rel="stylesheet" href="/assets/files.css">
</head>
<body>
<header class="bar">
<a class="brand" href="/">Local Dropbox</a>
${visitor === null ? null : html`<nav class="places"><a href="/files">Files</a> <a href="/files/changes">Changes</a> <a href="/account">Account</a></nav>`}
${visitor === null ? null : accountMenu(visitor)}
</header>
<main>
${body}
</main>
</body>
</html>
`;
  return { status, headers: PAGE_HEADERS, body: page.text };
}

function accountMenu({ account, formToken }: Visitor): Html {
  return html`<div class="who">
<span>${account.name} <small>${account.email}</small></span>
<form method="post" action="/logout">
<input type="hidden" name="form_token" value="${formToken}">
<button class="quiet" type="submit">Log out</button>
</form>
</div>`;
}

/** A page that only says something. */
export function messageReply(title: string, visitor: Visitor | null, text: string, status: number): Reply {
  return pageReply(title, visitor, html`<section class="card"><h1>${title}</h1><p>${text}</p></section>`, status);
}

/** Sends the browser elsewhere, with GET. */
export function redirectReply(address: string, cookies: readonly string[] = []): Reply {
  return {
    status: 303,
    headers: { location: address, "cache-control": "no-store", "set-cookie": [...cookies] },
    body: "",
  };
}
