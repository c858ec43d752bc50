import type { App } from "../store/apps.ts";
import type { Webhook } from "../store/webhooks.ts";
import { type Html, html } from "./html.ts";
import type { Visitor } from "./page.ts";

export function appListView(apps: readonly App[]): Html {
  return html`<section class="card">
<h1>App console</h1>
${
  apps.length === 0
    ? html`<p>You have no app here: whoever runs this local Dropbox can make you an app's developer.</p>`
    : html`<ul class="apps">${apps.map(
        (app) => html`<li>
<span><strong>${app.name}</strong> <small>${accessInWords(app)}</small></span>
<a class="button" href="/developers/apps/info/${app.key}" aria-label="Settings of ${app.name}">Settings</a>
</li>`,
      )}</ul>`
}
</section>`;
}

export function appView(
  visitor: Visitor,
  app: App,
  redirectAddresses: readonly string[],
  webhooks: readonly Webhook[],
  problem: string | null,
): Html {
  return html`<section class="card">
<h1>${app.name}</h1>
<dl>
<dt>Permission type</dt><dd>${accessInWords(app)}</dd>
<dt>App key</dt><dd><code>${app.key}</code></dd>
<dt>App secret</dt><dd><details><summary>Show</summary><code>${app.secret}</code></details></dd>
<dt>Redirect URIs</dt><dd>${
    redirectAddresses.length === 0 ? "None" : redirectAddresses.map((address) => html`<code>${address}</code><br>`)
  }</dd>
</dl>
</section>
<section class="card">
<h2>Webhooks</h2>
<p class="hint">These addresses are told whose files have changed. Each has to answer a GET with the <code>challenge</code> that stands in its query, as text, within ten seconds.</p>
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
${webhooks.length === 0 ? null : html`<ul class="apps">${webhooks.map((webhook) => webhookItem(visitor, webhook))}</ul>`}
<form method="post" action="/developers/webhooks/add">
${hiddenFields(visitor, app.key)}
<label for="uri">Webhook URI</label>
<input id="uri" name="uri" type="url" required placeholder="https://">
<button class="primary" type="submit">Add</button>
</form>
</section>`;
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
