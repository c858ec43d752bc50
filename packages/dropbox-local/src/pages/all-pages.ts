import type { LoginLimit } from "../oauth/login-limit.ts";
import { accountPages } from "./account-page.ts";
import { appQuestionPages } from "./app-question-pages.ts";
import { assetPage } from "./asset-page.ts";
import { changesPages } from "./changes-pages.ts";
import { consentPages } from "./consent-page.ts";
import { consolePages } from "./console-pages.ts";
import { folderPages } from "./folder-pages.ts";
import { historyPages } from "./history-pages.ts";
import { loginPages } from "./login-page.ts";
import { type PageRoute, redirectReply } from "./page.ts";
import { previewPages } from "./preview-pages.ts";
import { registerAppPages } from "./register-app-page.ts";
import { textPages } from "./text-pages.ts";
import { uploadPages } from "./upload-pages.ts";

/** Every page and what belongs to pages; the first that matches is taken. */
export function allPages(limit: LoginLimit): readonly PageRoute[] {
  return [
    ...loginPages(limit),
    ...consentPages,
    ...accountPages,
    ...consolePages,
    ...appQuestionPages,
    ...registerAppPages,
    ...folderPages,
    ...previewPages,
    ...textPages,
    ...historyPages,
    ...changesPages,
    ...uploadPages,
    assetPage("live.js", new URL("./live.js", import.meta.url)),
    assetPage("uploads.js", new URL("./uploads.js", import.meta.url)),
    assetPage("files.css", new URL("./files.css", import.meta.url)),
    assetPage("table.css", new URL("./table.css", import.meta.url)),
    assetPage("pages.css", new URL("./pages.css", import.meta.url)),
    { method: "GET", path: "/", open: false, handle: async () => redirectReply("/files") },
  ];
}
