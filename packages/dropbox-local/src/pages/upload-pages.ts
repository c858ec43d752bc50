import { sameText } from "../http/authenticate.ts";
import type { Reply } from "../http/reply.ts";
import { asked, guarded } from "./files-guard.ts";
import { type Html, html } from "./html.ts";
import { messageReply, type PageRequest, type PageRoute, type Visitor } from "./page.ts";

/** Uploading, one file a request. */
export const uploadPages: readonly PageRoute[] = [
  { method: "POST", path: "/files/upload", open: false, rawBody: true, handle: guarded(upload) },
];

/** What to upload by into a folder; `uploads.js` sends what is chosen, or dropped beside it. */
export function uploadTools(visitor: Visitor, folder: string): Html {
  return html`<div class="tools"><label class="upload" data-folder="${folder}" data-token="${visitor.formToken}">Upload <input type="file" multiple></label></div>
<p class="uploaded" role="status"></p>
<script type="module" src="/assets/uploads.js"></script>`;
}

/** The body is the file; the form's token comes in a header, since the body can't hold it. */
async function upload(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const token = page.request.headers["x-form-token"];
  if (typeof token !== "string" || !sameText(token, visitor.formToken)) {
    return messageReply("Out of date", visitor, "Reload the page and try again.", 403);
  }
  await page.files().upload(asked(page), page.request, { ifExists: "overwrite" });
  return { status: 204, headers: {}, body: "" };
}
