import type { Reply } from "../http/reply.ts";
import { type Html, html } from "./html.ts";
import { messageReply, type PageRequest, type PageRoute, pageReply, redirectReply } from "./page.ts";
import { questionReply } from "./question-page.ts";
import { bytesInWords } from "./words.ts";

/** Who the visitor is, how much space is used, and which apps may do what; access is taken back here. */
export const accountPages: readonly PageRoute[] = [
  { method: "GET", path: "/account", open: false, handle: show },
  { method: "GET", path: "/account/disconnect", open: false, handle: askToDisconnect },
  { method: "POST", path: "/account/disconnect", open: false, handle: disconnect },
];

async function show(page: PageRequest): Promise<Reply> {
  const { visitor } = page;
  if (visitor === null) return redirectReply("/login");
  const { store } = page.services;
  const { used, quota } = store.states.read(visitor.account.ns);
  const apps = store.grants.linkedApps(visitor.account.ns).flatMap((key) => store.apps.byKey(key) ?? []);
  return pageReply(
    "Your account",
    visitor,
    html`<section class="card">
<h1>${visitor.account.name}</h1>
<p>${visitor.account.email}</p>
<p>${bytesInWords(used)} of ${bytesInWords(quota)} used</p>
</section>
<section class="card">
<h2>Connected apps</h2>
${apps.length === 0 ? html`<p>No app is connected.</p>` : html`<ul class="apps">${apps.map((app) => appItem(app))}</ul>`}
</section>
<p><a href="/developers/apps">App console</a>: the apps that you develop</p>`,
  );
}

function appItem(app: { key: string; name: string; access: string }): Html {
  return html`<li>
<span><strong>${app.name}</strong> <small>${app.access === "full" ? "All of your Dropbox" : `Apps > ${app.name}`}</small></span>
<a class="button" href="/account/disconnect?${new URLSearchParams({ app: app.key }).toString()}" aria-label="Disconnect ${app.name}">Disconnect</a>
</li>`;
}

async function askToDisconnect(page: PageRequest): Promise<Reply> {
  const { visitor } = page;
  if (visitor === null) return redirectReply("/login");
  const { store } = page.services;
  const key = page.url.searchParams.get("app") ?? "";
  const app = store.apps.byKey(key);
  if (app === undefined || !store.grants.linkedApps(visitor.account.ns).includes(key)) {
    return messageReply("Not connected", visitor, "This app is not connected to your Dropbox.", 404);
  }
  return questionReply(visitor, {
    title: `Disconnect ${app.name}?`,
    text: "It can read and change nothing here any more, until you allow it again. The files that it made stay.",
    action: "/account/disconnect",
    field: { name: "app", value: key },
    yes: "Disconnect",
    back: "/account",
  });
}

async function disconnect(page: PageRequest): Promise<Reply> {
  const { visitor } = page;
  if (visitor === null) return redirectReply("/login");
  const app = page.form.get("app") ?? "";
  await page.services.store.commit(() => page.services.store.grants.revokeLink(visitor.account.ns, app));
  return redirectReply("/account");
}
