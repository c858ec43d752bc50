import type { Reply } from "../http/reply.ts";
import type { App } from "../store/apps.ts";
import { APPS, withApp } from "./console-pages.ts";
import { type PageRequest, type PageRoute, redirectReply, type Visitor } from "./page.ts";
import { type Question, questionReply } from "./question-page.ts";

const SECRET = `${APPS}/new-secret`;
const DELETE = `${APPS}/delete`;

/** What an app's developers can do to it that can't be taken back: asked about first. */
export const appQuestionPages: readonly PageRoute[] = [
  { method: "GET", path: SECRET, open: false, handle: askAboutSecret },
  { method: "POST", path: SECRET, open: false, handle: drawNewSecret },
  { method: "GET", path: DELETE, open: false, handle: askAboutDeletion },
  { method: "POST", path: DELETE, open: false, handle: deleteApp },
];

async function askAboutSecret(page: PageRequest): Promise<Reply> {
  return ask(page, SECRET, ({ name }) => ({
    title: `Draw a new secret for ${name}?`,
    text: "Whatever still has the old one is refused from then on, and webhooks are signed with the new one. The app's users stay connected.",
    yes: "Draw it",
  }));
}

async function drawNewSecret(page: PageRequest): Promise<Reply> {
  return withApp(page, page.form.get("app") ?? "", async (_, { key }) => {
    const { store } = page.services;
    await store.commit(() => store.apps.drawNewSecret(key));
    return redirectReply(`${APPS}/info/${key}?new-secret`);
  });
}

async function askAboutDeletion(page: PageRequest): Promise<Reply> {
  return ask(page, DELETE, ({ key, name }) => {
    const users = page.services.store.grants.linkedAccounts(key).length;
    const connected =
      users === 0
        ? "Nobody is connected to it."
        : `${users === 1 ? "The one account that is" : `The ${users} accounts that are`} connected to it will be disconnected.`;
    return {
      title: `Delete ${name}?`,
      text: `${connected} The app's key, secret and tokens will be good for nothing, and its webhooks will not be called again. The files that it made stay.`,
      yes: "Delete",
    };
  });
}

async function deleteApp(page: PageRequest): Promise<Reply> {
  return withApp(page, page.form.get("app") ?? "", async (_, { key }) => {
    const { store } = page.services;
    await store.commit(() => store.removeApp(key));
    return redirectReply(APPS);
  });
}

function ask(page: PageRequest, action: string, about: (app: App) => Pick<Question, "title" | "text" | "yes">) {
  return withApp(page, page.url.searchParams.get("app") ?? "", (visitor: Visitor, app: App) =>
    questionReply(visitor, {
      ...about(app),
      action,
      field: { name: "app", value: app.key },
      back: `${APPS}/info/${app.key}`,
    }),
  );
}
