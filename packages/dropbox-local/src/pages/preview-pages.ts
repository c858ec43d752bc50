import { extname } from "node:path";
import type { AccountFile } from "../account-files.ts";
import type { Reply } from "../http/reply.ts";
import { pageAt } from "./file-addresses.ts";
import { crumbs, LIVE, moment } from "./file-parts.ts";
import { asked, guarded, refusal } from "./files-guard.ts";
import { type Html, html } from "./html.ts";
import { type PageRequest, type PageRoute, pageReply, type Visitor } from "./page.ts";
import { LARGEST_TEXT } from "./text-pages.ts";
import { asText } from "./texts.ts";
import { bytesInWords } from "./words.ts";

/** A file to be looked at: a text, a picture, or what is known of it. */
export const previewPages: readonly PageRoute[] = [
  { method: "GET", path: "/files/view", open: false, handle: guarded(view) },
  { method: "GET", path: "/files/picture", open: false, handle: guarded(picture) },
  { method: "GET", path: "/files/download", open: false, handle: guarded(download) },
];

/** As much of a text as is shown, in bytes. */
const LONGEST_PREVIEW = 256 * 1024;

const PICTURES: Readonly<Record<string, string>> = {
  ".avif": "image/avif",
  ".bmp": "image/bmp",
  ".gif": "image/gif",
  ".ico": "image/x-icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};

/** The type of the picture that a file by this name would be; null for other names. */
export function pictureType(name: string): string | null {
  return PICTURES[extname(name).toLowerCase()] ?? null;
}

async function view(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const path = asked(page);
  const rev = page.url.searchParams.get("rev");
  const version = rev === null ? {} : { rev };
  const { file, content } = await page.files().read(path, { ...version, end: LONGEST_PREVIEW });
  const shown =
    pictureType(file.name) === null
      ? textOrNothing(file, await asText(content, file.size > LONGEST_PREVIEW))
      : html`<img class="preview" src="${pageAt("/files/picture", path, { rev: file.rev })}" alt="${file.name}">`;
  return pageReply(
    file.name,
    visitor,
    html`<section class="card">
<h1>${file.name}</h1>
${crumbs(file.path)}
<div id="preview" data-live tabindex="-1">
<p class="hint">${bytesInWords(file.size)}, ${rev === null ? "changed" : "the version of"} ${moment(
      rev === null ? file.clientModified : file.serverModified,
    )}</p>
<div class="tools">${actions(file, rev)}</div>
${shown}
</div>
${LIVE}
</section>`,
  );
}

function actions(file: AccountFile, rev: string | null): Html {
  const { path } = file;
  const history = html`<a href="${pageAt("/files/history", path)}">History</a>`;
  if (rev !== null) return html`<a href="${pageAt("/files/download", path, { rev })}">Download</a> ${history}`;
  return html`<a href="${pageAt("/files/download", path)}">Download</a>
${isEditable(file) ? html`<a href="${pageAt("/files/edit", path)}">Edit</a> ` : null}${history}
<a href="${pageAt("/files/move", path)}">Move</a>
<a href="${pageAt("/files/delete", path)}">Delete</a>`;
}

/** Whether a file may be a text that the page for editing takes, as far as its name and size tell. */
export function isEditable(file: AccountFile): boolean {
  return file.size <= LARGEST_TEXT && pictureType(file.name) === null;
}

function textOrNothing(file: AccountFile, text: string | null): Html {
  if (text === null) return html`<p>There is no preview of a file of this kind.</p>`;
  if (text === "") return html`<p>This file is empty.</p>`;
  return html`${
    file.size > LONGEST_PREVIEW ? html`<p>This is the beginning: ${bytesInWords(LONGEST_PREVIEW)} of it.</p>` : null
  }<pre class="preview" tabindex="0" role="region" aria-label="Content">
${text}</pre>`;
}

/** A picture for pages of ours: whatever it holds, nothing in it runs, even when it is opened by itself. */
async function picture(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const path = asked(page);
  const type = pictureType(path);
  if (type === null) return refusal(visitor, path, "Not a picture", "The file at this path is not a picture.", 409);
  const rev = page.url.searchParams.get("rev");
  const { file, content } = await page.files().read(path, rev === null ? {} : { rev });
  return {
    status: 200,
    headers: {
      "content-type": type,
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
    body: { length: file.size, content },
  };
}

async function download(page: PageRequest): Promise<Reply> {
  const rev = page.url.searchParams.get("rev");
  const { file, content } = await page.files().read(asked(page), rev === null ? {} : { rev });
  return {
    status: 200,
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
    body: { length: file.size, content },
  };
}
