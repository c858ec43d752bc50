import type { LoginLimit } from "../oauth/login-limit.ts";
import { accountPages } from "./account-page.ts";
import { assetPage } from "./asset-page.ts";
import { consentPages } from "./consent-page.ts";
import { consolePages } from "./console-pages.ts";
import { filesPages } from "./files-pages.ts";
import { loginPages } from "./login-page.ts";
import { type PageRoute, redirectReply } from "./page.ts";

/** Every page and what belongs to pages; the first that matches is taken. */
export function allPages(limit: LoginLimit): readonly PageRoute[] {
  return [
    ...loginPages(limit),
    ...consentPages,
    ...accountPages,
    ...consolePages,
    ...filesPages,
    assetPage("files.js", new URL("./files.js", import.meta.url)),
    assetPage("table.css", new URL("./table.css", import.meta.url)),
    assetPage("pages.css", new URL("./pages.css", import.meta.url)),
    { method: "GET", path: "/", open: false, handle: async () => redirectReply("/files") },
  ];
}
