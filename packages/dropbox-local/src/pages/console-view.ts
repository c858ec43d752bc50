import type { App } from "../store/apps.ts";
import type { Webhook } from "../store/webhooks.ts";
import { type Html, html } from "./html.ts";
import type { Visitor } from "./page.ts";

/** What is said above one of an app's forms, and what is in its field all the same. */
export interface Said {
  readonly at: "redirects" | "webhooks";
  readonly text: string;
  readonly typed: string;
}

export function appListView(apps: readonly App[]): Html {
  return html`<section class="card">
<h1>App console</h1>
${
  apps.length === 0
    ? html`<p>You have no app here yet.</p>`
    : html`<ul class="apps">${apps.map(
        (app) => html`<li>
<span><strong>${app.name}</strong> <small>${accessInWords(app)}</small></span>
<a class="button" href="/developers/apps/info/${app.key}" aria-label="Settings of ${app.name}">Settings</a>
</li>`,
      )}</ul>`
}
<div class="tools"><a class="button" href="/developers/apps/create">Register an app</a></div>
</section>`;
}

export function appView(
  visitor: Visitor,
  app: App,
  redirectAddresses: readonly string[],
  webhooks: readonly Webhook[],
  said: Said | null,
  isNewSecret: boolean,
): Html {
  return html`<section class="card">
<h1>${app.name}</h1>
${isNewSecret ? html`<p role="status">The app has a new secret. The one before it is refused from now on.</p>` : null}
<dl>
<dt>Permission type</dt><dd>${accessInWords(app)}</dd>
<dt>App key</dt><dd><code>${app.key}</code></dd>
<dt>App secret</dt><dd><details${isNewSecret ? html` open` : null}><summary>Show</summary><code>${app.secret}</code></details></dd>
</dl>
<div class="tools">
<a class="button" href="/developers/apps/new-secret?${about(app)}">Draw a new secret</a>
<a class="button" href="/developers/apps/delete?${about(app)}">Delete the app</a>
</div>
</section>
<section class="card">
<h2>Redirect URIs</h2>
<p class="hint">The app's users are sent back to one of these addresses, to the one that the app names, in exactly these characters. Each begins with <code>https://</code>, or leads to <code>localhost</code> or <code>127.0.0.1</code>.</p>
${sayAt("redirects", said)}
${redirectAddresses.length === 0 ? null : html`<ul class="apps">${redirectAddresses.map((address) => redirectItem(visitor, app, address))}</ul>`}
<form method="post" action="/developers/redirects/add">
${hiddenFields(visitor, app.key)}
<label for="redirect">Redirect URI</label>
<input id="redirect" name="uri" type="url" required placeholder="https://"${
    said?.at === "redirects" ? html` value="${said.typed}" autofocus` : null
  }>
<div class="tools"><button class="primary" type="submit">Add redirect URI</button></div>
</form>
</section>
<section class="card">
<h2>Webhooks</h2>
<p class="hint">These addresses are told whose files have changed. Each has to answer a GET with the <code>challenge</code> that stands in its query, as text.</p>
${sayAt("webhooks", said)}
${webhooks.length === 0 ? null : html`<ul class="apps">${webhooks.map((webhook) => webhookItem(visitor, webhook))}</ul>`}
<form method="post" action="/developers/webhooks/add">
${hiddenFields(visitor, app.key)}
<label for="webhook">Webhook URI</label>
<input id="webhook" name="uri" type="url" required placeholder="https://">
<div class="tools"><button class="primary" type="submit">Add webhook</button></div>
</form>
</section>
<p><a href="/developers/apps">All of your apps</a></p>`;
}

const about = ({ key }: App): string => new URLSearchParams({ app: key }).toString();

function sayAt(at: Said["at"], said: Said | null): Html | null {
  return said?.at === at ? html`<p class="problem" role="alert">${said.text}</p>` : null;
}

function redirectItem(visitor: Visitor, app: App, address: string): Html {
  return html`<li>
<code>${address}</code>
<form method="post" action="/developers/redirects/remove">${hiddenFields(visitor, app.key)}<input type="hidden" name="uri" value="${address}"><button type="submit" aria-label="Remove ${address}">Remove</button></form>
</li>`;
}

function webhookItem(visitor: Visitor, webhook: Webhook): Html {
  const field = html`<input type="hidden" name="uri" value="${webhook.uri}">`;
  return html`<li>
<span><code>${webhook.uri}</code> <small>${stateInWords(webhook)}</small></span>
<span class="buttons">
${
  webhook.enabled
    ? null
    : html`<form method="post" action="/developers/webhooks/add">${hiddenFields(visitor, webhook.app)}${field}<button type="submit" aria-label="Enable ${webhook.uri}">Enable</button></form>`
}
<form method="post" action="/developers/webhooks/remove">${hiddenFields(visitor, webhook.app)}${field}<button type="submit" aria-label="Remove ${webhook.uri}">Remove</button></form>
</span>
</li>`;
}

function hiddenFields(visitor: Visitor, app: string): Html {
  return html`<input type="hidden" name="form_token" value="${visitor.formToken}"><input type="hidden" name="app" value="${app}">`;
}

function stateInWords({ enabled, failure, accepted }: Webhook): string {
  const last = failure === null ? "" : ` ${failure}`;
  if (!enabled) return `Disabled, because it failed for too long.${last}`;
  if (failure !== null) return `Enabled, failing.${last}`;
  return accepted === null ? "Enabled." : `Enabled, last notified ${new Date(accepted).toISOString().slice(0, 19)}Z.`;
}

function accessInWords({ access, name }: App): string {
  return access === "full" ? "Full Dropbox" : `App folder (Apps > ${name})`;
}
