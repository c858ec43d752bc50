import type { Reply } from "../http/reply.ts";
import { appNameRefusal } from "../oauth/registration.ts";
import { ALL_SCOPES } from "../oauth/scopes.ts";
import type { Account } from "../store/accounts.ts";
import type { App, AppAccess } from "../store/apps.ts";
import type { Store } from "../store/store.ts";
import { type Html, html } from "./html.ts";
import { type PageRequest, type PageRoute, pageReply, redirectReply, type Visitor } from "./page.ts";

const ADDRESS = "/developers/apps/create";

/** Where an account registers an app, whose developer it then is. */
export const registerAppPages: readonly PageRoute[] = [
  { method: "GET", path: ADDRESS, open: false, handle: ask },
  { method: "POST", path: ADDRESS, open: false, handle: register },
];

async function ask({ visitor }: PageRequest): Promise<Reply> {
  if (visitor === null) return redirectReply("/login");
  return pageReply("Register an app", visitor, formView(visitor, "", "app-folder", null));
}

async function register({ visitor, form, services: { store } }: PageRequest): Promise<Reply> {
  if (visitor === null) return redirectReply("/login");
  const name = (form.get("name") ?? "").trim();
  const access = accessNamed(form.get("access"));
  const refused = (problem: string) =>
    pageReply("Register an app", visitor, formView(visitor, name, access ?? "app-folder", problem), 400);
  const refusal = appNameRefusal(name);
  if (refusal !== null) return refused(refusal);
  if (access === null) return refused("Choose what the app may see: a folder of its own, or the full Dropbox.");
  const app = await store.commit(() => create(store, visitor.account, name, access));
  return app === null
    ? refused(`There is an app called "${name}" already, or one whose name differs in case only: choose another name.`)
    : redirectReply(`/developers/apps/info/${app.key}`);
}

/** Within a transaction, so that of two who want a name only one gets it; null when it is taken. */
function create(store: Store, developer: Account, name: string, access: AppAccess): App | null {
  if (store.apps.byName(name) !== undefined) return null;
  const app = store.apps.create({ name, access, scopes: ALL_SCOPES, now: store.now() });
  store.apps.addDeveloper(app.key, developer.ns);
  return app;
}

function accessNamed(text: string | null): AppAccess | null {
  return text === "app-folder" || text === "full" ? text : null;
}

function formView({ formToken }: Visitor, name: string, chosen: AppAccess, problem: string | null): Html {
  const choice = (access: AppAccess, label: string, meaning: string) =>
    html`<label><input type="radio" name="access" value="${access}" required${access === chosen ? html` checked` : null}>
<span>${label} <small>${meaning}</small></span></label>`;
  return html`<section class="card narrow">
<h1>Register an app</h1>
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
<form method="post" action="${ADDRESS}">
<input type="hidden" name="form_token" value="${formToken}">
<label for="name">Name</label>
<input id="name" name="name" required autofocus autocomplete="off" value="${name}" aria-describedby="name-hint">
<p id="name-hint" class="hint">People see it when the app asks for access. It can't be changed later, and neither can the permission type.</p>
<fieldset class="choices">
<legend>Permission type</legend>
${choice("app-folder", "App folder", "A folder of its own in Apps, called like the app, and nothing else")}
${choice("full", "Full Dropbox", "All files and folders of its users")}
</fieldset>
<div class="buttons">
<button class="primary" type="submit">Register</button>
<a class="button" href="/developers/apps">Cancel</a>
</div>
</form>
</section>`;
}
