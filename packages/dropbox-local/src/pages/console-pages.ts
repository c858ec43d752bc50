import type { Reply } from "../http/reply.ts";
import { redirectRefusal } from "../oauth/registration.ts";
import type { App } from "../store/apps.ts";
import { WebhookFailure } from "../webhooks/call.ts";
import { appListView, appView, type Said } from "./console-view.ts";
import { messageReply, type PageRequest, type PageRoute, pageReply, redirectReply, type Visitor } from "./page.ts";

export const APPS = "/developers/apps";

/** The app console: what an app's developers see of it, and where they register its redirect addresses and webhooks. */
export const consolePages: readonly PageRoute[] = [
  { method: "GET", path: APPS, open: false, handle: list },
  { method: "GET", path: `${APPS}/info/*`, open: false, handle: show },
  { method: "POST", path: "/developers/redirects/add", open: false, handle: addRedirect },
  { method: "POST", path: "/developers/redirects/remove", open: false, handle: removeRedirect },
  { method: "POST", path: "/developers/webhooks/add", open: false, handle: addWebhook },
  { method: "POST", path: "/developers/webhooks/remove", open: false, handle: removeWebhook },
];

async function list({ visitor, services: { store } }: PageRequest): Promise<Reply> {
  if (visitor === null) return redirectReply("/login");
  return pageReply("App console", visitor, appListView(store.apps.developedBy(visitor.account.ns)));
}

async function show(page: PageRequest): Promise<Reply> {
  const key = page.url.pathname.slice(`${APPS}/info/`.length);
  return withApp(page, key, (visitor, app) => appReply(page, visitor, app, null, 200));
}

async function addRedirect(page: PageRequest): Promise<Reply> {
  return withApp(page, page.form.get("app") ?? "", async (visitor, app) => {
    const { store } = page.services;
    const uri = named(page);
    const problem = redirectRefusal(uri);
    if (problem !== null) return appReply(page, visitor, app, { at: "redirects", text: problem, typed: uri }, 400);
    await store.commit(() => store.apps.addRedirectAddress(app.key, uri));
    return redirectReply(`${APPS}/info/${app.key}`);
  });
}

async function removeRedirect(page: PageRequest): Promise<Reply> {
  return withApp(page, page.form.get("app") ?? "", async (_, app) => {
    const { store } = page.services;
    await store.commit(() => store.apps.removeRedirectAddress(app.key, named(page)));
    return redirectReply(`${APPS}/info/${app.key}`);
  });
}

async function addWebhook(page: PageRequest): Promise<Reply> {
  return withApp(page, page.form.get("app") ?? "", async (visitor, app) => {
    const uri = named(page);
    const said = (text: string, status: number) =>
      appReply(page, visitor, app, { at: "webhooks", text, typed: "" }, status);
    try {
      const advice = await page.services.webhooks.register(app.key, uri);
      return advice === null ? redirectReply(`${APPS}/info/${app.key}`) : said(advice, 200);
    } catch (error) {
      if (!(error instanceof WebhookFailure)) throw error;
      return said(`${uri} was not added. ${error.message}`, 400);
    }
  });
}

async function removeWebhook(page: PageRequest): Promise<Reply> {
  return withApp(page, page.form.get("app") ?? "", async (_, app) => {
    const { store } = page.services;
    const webhook = store.webhooks.find(app.key, named(page));
    if (webhook !== undefined) await store.commit(() => store.webhooks.remove(webhook.id));
    return redirectReply(`${APPS}/info/${app.key}`);
  });
}

/** The address that a form names. */
const named = (page: PageRequest): string => (page.form.get("uri") ?? "").trim();

/** An app is shown to its developers only: its page has its secret. */
export async function withApp(
  { visitor, services: { store } }: PageRequest,
  key: string,
  answer: (visitor: Visitor, app: App) => Promise<Reply> | Reply,
): Promise<Reply> {
  if (visitor === null) return redirectReply("/login");
  const app = store.apps.developedBy(visitor.account.ns).find((one) => one.key === key);
  if (app === undefined) return messageReply("Not found", visitor, "You have no app with this key.", 404);
  return answer(visitor, app);
}

function appReply(page: PageRequest, visitor: Visitor, app: App, said: Said | null, status: number): Reply {
  const { store } = page.services;
  const addresses = store.apps.redirectAddresses(app.key);
  const isNewSecret = page.url.searchParams.has("new-secret");
  return pageReply(
    app.name,
    visitor,
    appView(visitor, app, addresses, store.webhooks.ofApp(app.key), said, isNewSecret),
    status,
  );
}
