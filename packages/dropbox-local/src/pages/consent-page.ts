import type { Reply } from "../http/reply.ts";
import { type AuthorizationRequest, parseAuthorizationRequest, returnAddress } from "../oauth/authorization-request.ts";
import { describeScope, isScopeName, type ScopeName } from "../oauth/scopes.ts";
import type { App } from "../store/apps.ts";
import { type Html, html } from "./html.ts";
import { messageReply, type PageRequest, type PageRoute, pageReply, redirectReply, type Visitor } from "./page.ts";
import { clearedCookie, cookieSecret } from "./visit.ts";

/** Where an app sends its user to be allowed in. */
export const consentPages: readonly PageRoute[] = [
  { method: "GET", path: "/oauth2/authorize", open: true, handle: ask },
  { method: "POST", path: "/oauth2/authorize", open: true, handle: decide },
];

async function ask(page: PageRequest): Promise<Reply> {
  const query = page.url.searchParams;
  const parsed = parseAuthorizationRequest(page.services.store, query);
  if (parsed.kind === "refused") return refusal(page, parsed.why);
  if (parsed.kind === "redirect") return redirectReply(parsed.address);
  const { visitor } = page;
  if (visitor === null || parsed.request.forceReauthentication) return toLogin(query);
  const granted = page.services.store.grants.scopesGranted(visitor.account.ns, parsed.request.app.key);
  const request = withGranted(parsed.request, granted);
  // Whoever has allowed all of this before is not asked again, unless the app wants it so.
  const known = granted !== null && request.scopes.every((scope) => granted.includes(scope));
  if (known && !request.forceReapprove && request.redirect !== null) return allow(page, visitor, request);
  return consent(visitor, request, query);
}

async function decide(page: PageRequest): Promise<Reply> {
  const query = new URLSearchParams(page.form.get("request") ?? "");
  const parsed = parseAuthorizationRequest(page.services.store, query);
  if (parsed.kind === "refused") return refusal(page, parsed.why);
  if (parsed.kind === "redirect") return redirectReply(parsed.address);
  const { visitor } = page;
  if (visitor === null) return toLogin(query);
  switch (page.form.get("decision")) {
    case "allow": {
      const granted = page.services.store.grants.scopesGranted(visitor.account.ns, parsed.request.app.key);
      return allow(page, visitor, withGranted(parsed.request, granted));
    }
    case "other account":
      return otherAccount(page, query);
    default:
      return cancel(visitor, parsed.request);
  }
}

async function allow(page: PageRequest, visitor: Visitor, request: AuthorizationRequest): Promise<Reply> {
  const { store, settings } = page.services;
  const code = await store.commit(() =>
    store.grants.newCode(
      {
        ns: visitor.account.ns,
        app: request.app.key,
        scopes: request.scopes,
        redirect: request.redirect,
        challenge: request.challenge,
        challengeMethod: request.challengeMethod,
        offline: request.offline,
      },
      settings.codeSeconds,
    ),
  );
  if (request.redirect === null) return codePage(visitor, request.app, code, settings.codeSeconds);
  return redirectReply(returnAddress(request.redirect, { code, state: request.state }));
}

function cancel(visitor: Visitor, { redirect, state, app }: AuthorizationRequest): Reply {
  if (redirect === null)
    return messageReply("Not connected", visitor, `"${app.name}" was not given access. You can close this page.`, 200);
  const answer = { error: "access_denied", error_description: "The user chose not to give your app access", state };
  return redirectReply(returnAddress(redirect, answer));
}

/** Logs out and comes back to the same question, so that another account can answer it. */
async function otherAccount(page: PageRequest, query: URLSearchParams): Promise<Reply> {
  const secret = cookieSecret(page.request);
  if (secret !== null) await page.services.store.commit(() => page.services.store.webSessions.remove(secret));
  return toLogin(query, [clearedCookie()]);
}

/** To the login page and back; having logged in is then enough. */
function toLogin(query: URLSearchParams, cookies: readonly string[] = []): Reply {
  const again = new URLSearchParams(query);
  again.delete("force_reauthentication");
  return redirectReply(`/login?${new URLSearchParams({ cont: `/oauth2/authorize?${again}` })}`, cookies);
}

function withGranted(request: AuthorizationRequest, granted: readonly string[] | null): AuthorizationRequest {
  if (!request.includeGranted || granted === null) return request;
  const before = granted.filter(isScopeName);
  return { ...request, scopes: [...new Set([...request.scopes, ...before])] };
}

function consent(visitor: Visitor, request: AuthorizationRequest, query: URLSearchParams): Reply {
  const { app } = request;
  return pageReply(
    `Connect ${app.name}`,
    visitor,
    html`<section class="card narrow">
<h1>Connect <strong>${app.name}</strong> to your Dropbox?</h1>
<p>${reach(app)}</p>
<h2>It will be able to</h2>
<ul class="scopes">${request.scopes.map((scope) => scopeItem(scope, app))}</ul>
<p class="hint">${destination(request)} You can take this back at any time, under <a href="/account">your account</a>.</p>
<form method="post" action="/oauth2/authorize">
<input type="hidden" name="form_token" value="${visitor.formToken}">
<input type="hidden" name="request" value="${query.toString()}">
<div class="buttons">
<button class="primary" type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="cancel">Cancel</button>
</div>
<p class="hint">You are logged in as ${visitor.account.name} (${visitor.account.email}).
<button class="link" type="submit" name="decision" value="other account">Use another account</button></p>
</form>
</section>`,
  );
}

function reach(app: App): Html {
  if (app.access === "full") return html`It asks for <strong>all files and folders</strong> in your Dropbox.`;
  return html`It gets a folder of its own, <strong>Apps &gt; ${app.name}</strong>, and sees nothing else in your Dropbox.`;
}

function scopeItem(scope: ScopeName, app: App): Html {
  const folder = app.access === "full" ? "your Dropbox" : `Apps > ${app.name}`;
  return html`<li>${describeScope(scope, folder)} <code>${scope}</code></li>`;
}

function destination({ redirect }: AuthorizationRequest): string {
  return redirect === null
    ? "You will be shown a code to copy into the app."
    : `You will be sent back to ${new URL(redirect).host}.`;
}

function codePage(visitor: Visitor, app: App, code: string, seconds: number): Reply {
  return pageReply(
    "Enter this code",
    visitor,
    html`<section class="card narrow">
<h1>Almost done</h1>
<p>Copy this code into <strong>${app.name}</strong> to finish connecting it. It is good for ${Math.ceil(seconds / 60)} minutes, once.</p>
<label for="code">Code</label>
<input id="code" class="code" value="${code}" readonly>
</section>`,
  );
}

function refusal(page: PageRequest, why: string): Reply {
  return messageReply("This link does not work", page.visitor, `${why} Nothing was connected.`, 400);
}
