import { AccountFilesError } from "../account-files.ts";
import type { Reply } from "../http/reply.ts";
import { nameOf, parentOf } from "../store/paths.ts";
import { folderAt } from "./file-addresses.ts";
import { html } from "./html.ts";
import { type PageRequest, pageReply, redirectReply, type Visitor } from "./page.ts";

export type Handler = (page: PageRequest, visitor: Visitor) => Promise<Reply>;

/** Somebody is logged in; what the files refuse is told in a sentence. */
export function guarded(handler: Handler): (page: PageRequest) => Promise<Reply> {
  return async (page) => {
    const { visitor } = page;
    if (visitor === null) return redirectReply("/login");
    try {
      return await handler(page, visitor);
    } catch (error) {
      if (!(error instanceof AccountFilesError)) throw error;
      const path = page.method === "GET" ? asked(page) : named(page);
      return refusal(visitor, path, "Not done", error.message, error.code === "not-found" ? 404 : 409);
    }
  };
}

/** Says why something about a path was not done, and leads on to the path's folder. */
export function refusal(visitor: Visitor, path: string, title: string, text: string, status: number): Reply {
  const folder = parentOf(path);
  const name = folder === "" ? "Dropbox" : nameOf(folder);
  return pageReply(
    title,
    visitor,
    html`<section class="card"><h1>${title}</h1><p>${text}</p><p><a href="${folderAt(folder)}">Back to ${name}</a></p></section>`,
    status,
  );
}

/** The path that the page's address names, or its form. */
export const asked = (page: PageRequest): string => page.url.searchParams.get("path") ?? "";
export const named = (page: PageRequest): string => page.form.get("path") ?? "";

export const backTo = (folder: string): Reply => redirectReply(folderAt(folder));
