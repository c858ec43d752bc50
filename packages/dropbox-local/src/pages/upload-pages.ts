import { AccountFilesError } from "../account-files.ts";
import { sameText } from "../http/authenticate.ts";
import { type Reply, textReply } from "../http/reply.ts";
import { pageAt } from "./file-addresses.ts";
import { asked, backTo, guarded, refusal } from "./files-guard.ts";
import { type Html, html } from "./html.ts";
import { MultipartError, parts } from "./multipart.ts";
import type { PageRequest, PageRoute, Visitor } from "./page.ts";

/** Uploading: by `uploads.js`, one file a request, and by the plain form, where no script runs. */
export const uploadPages: readonly PageRoute[] = [
  { method: "POST", path: "/files/upload", open: false, rawBody: true, handle: guarded(upload) },
  { method: "POST", path: "/files/upload-form", open: false, rawBody: true, handle: guarded(uploadForm) },
];

/** The form to upload by into a folder; `uploads.js` shows how far it is, and takes what is dropped on the page. */
export function uploadTools(visitor: Visitor, folder: string): Html {
  return html`<form class="upload" method="post" action="${pageAt("/files/upload-form", folder)}" enctype="multipart/form-data" data-folder="${folder}" data-token="${visitor.formToken}">
<input type="hidden" name="form_token" value="${visitor.formToken}">
<label for="files">Files to upload</label>
<input id="files" name="file" type="file" multiple required aria-describedby="upload-hint">
<button type="submit">Upload</button>
</form>
<p id="upload-hint" class="hint"><span class="drop-hint" hidden>Or drop files and folders on this page. </span>A file with the name of one that is here becomes its new version; the version before stays in its history.</p>
<p class="uploaded" role="status"></p>
<div class="under-way" hidden><span class="progress"></span> <button type="button">Stop uploading</button></div>
<script type="module" src="/assets/uploads.js"></script>`;
}

/** The body is the file; the form's token comes in a header, since the body can't hold it. Answers with a sentence. */
async function upload(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const token = page.request.headers["x-form-token"];
  if (typeof token !== "string" || !sameText(token, visitor.formToken))
    return textReply(403, "This page is out of date: reload it and try again.");
  const path = asked(page);
  const modified = page.url.searchParams.get("modified");
  if (modified !== null && !/^\d{1,15}$/.test(modified))
    return textReply(400, `"modified" is ${modified}: it must be whole milliseconds since 1970.`);
  try {
    const { name } = await page.files().upload(path, page.request, {
      ifExists: "overwrite",
      ...(modified === null ? {} : { modified: Number(modified) }),
    });
    return textReply(201, `${name} is uploaded.`);
  } catch (error) {
    if (error instanceof AccountFilesError) return textReply(409, error.message);
    throw error;
  }
}

/** The body is a form with files; its token is the first field of it. */
async function uploadForm(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const folder = asked(page);
  const refuse = (title: string, text: string, status: number) => refusal(visitor, `${folder}/`, title, text, status);
  let trusted = false;
  let done = 0;
  try {
    for await (const part of parts(page.request, page.request.headers["content-type"] ?? "")) {
      if (part.fileName === null) {
        trusted ||= part.name === "form_token" && sameText(await part.text(), visitor.formToken);
        continue;
      }
      if (!trusted)
        return refuse("Out of date", "This form is out of date. Go back, reload the page and try again.", 403);
      // A form in which nothing was chosen has a file without a name.
      if (part.fileName === "") continue;
      await page.files().upload(`${folder}/${part.fileName}`, part.content, { ifExists: "overwrite" });
      done++;
    }
  } catch (error) {
    if (!(error instanceof MultipartError || error instanceof AccountFilesError)) throw error;
    const before =
      done === 0 ? "" : ` What came before it in the form is uploaded: ${done === 1 ? "1 file" : `${done} files`}.`;
    return refuse("Not uploaded", error.message + before, error instanceof MultipartError ? 400 : 409);
  }
  return backTo(folder);
}
