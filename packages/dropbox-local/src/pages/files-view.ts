import type { AccountEntry, AccountFile, FileVersion } from "../account-files.ts";
import { type Html, html } from "./html.ts";
import type { Visitor } from "./page.ts";
import { bytesInWords } from "./words.ts";

/** Larger texts are not edited on a page; bytes. A form may be four times as long, escapes and all. */
export const LARGEST_TEXT = 64 * 1024;

/** The address of a page about a path. */
export function pageAt(page: string, path: string): string {
  return `${page}?${new URLSearchParams({ path })}`;
}

/** The folders above a path, each a link; the path's own name is where one is. */
function crumbs(path: string): Html {
  const names = path.split("/").slice(1);
  const top = path === "" ? html`<span aria-current="page">Dropbox</span>` : html`<a href="/files">Dropbox</a>`;
  return html`<nav class="crumbs" aria-label="Folder">${top}${names.map((name, index) =>
    index === names.length - 1
      ? html` › <span aria-current="page">${name}</span>`
      : html` › <a href="${pageAt("/files", `/${names.slice(0, index + 1).join("/")}`)}">${name}</a>`,
  )}</nav>`;
}

function button(visitor: Visitor, action: string, path: string, fields: Html, label: string): Html {
  return html`<form method="post" action="${action}" class="inline">
<input type="hidden" name="form_token" value="${visitor.formToken}">
<input type="hidden" name="path" value="${path}">
${fields}<button type="submit">${label}</button>
</form>`;
}

/** What is in one folder, and what can be done there. `files.js` uploads, and shows changes as they happen. */
export function folderView(visitor: Visitor, path: string, entries: readonly AccountEntry[], deleted: boolean): Html {
  return html`<section class="card files" data-folder="${path}" data-token="${visitor.formToken}">
<h1>${path === "" ? "Files" : path.slice(path.lastIndexOf("/") + 1)}</h1>
${crumbs(path)}
<div class="tools">
<label class="upload">Upload <input type="file" multiple></label>
${button(visitor, "/files/folder", path, html`<input name="name" aria-label="Name of the new folder" placeholder="New folder" required> `, "Make")}
<a href="${pageAt("/files", path)}${deleted ? "" : "&deleted=1"}">${deleted ? "Hide deleted" : "Show deleted"}</a>
</div>
<p class="said" role="status"></p>
<div class="listing">
${
  entries.length === 0
    ? html`<p>Nothing is here. Upload a file, or make a folder.</p>`
    : html`<table>
<thead><tr><th>Name</th><th>Size</th><th>Changed</th><th><span class="visually-hidden">Actions</span></th></tr></thead>
<tbody>${entries.map((entry) => row(visitor, entry))}</tbody>
</table>`
}
</div>
</section>
<script src="/assets/files.js"></script>`;
}

function row(visitor: Visitor, entry: AccountEntry): Html {
  if (entry.kind === "deleted") {
    return html`<tr class="deleted"><td>${entry.name}</td><td></td><td>deleted ${when(entry.deletedAt)}</td><td class="actions">${
      entry.was === "file" ? html`<a href="${pageAt("/files/history", entry.path)}">History</a>` : null
    }</td></tr>`;
  }
  const rename = html`<input name="to" value="${entry.path}" aria-label="New path of ${entry.name}" required> `;
  const actions = html`${
    entry.kind === "file" && entry.size <= LARGEST_TEXT
      ? html`<a href="${pageAt("/files/edit", entry.path)}">Edit</a> `
      : null
  }${
    entry.kind === "file" ? html`<a href="${pageAt("/files/history", entry.path)}">History</a> ` : null
  }<a href="${pageAt("/files/delete", entry.path)}">Delete</a>
<details><summary>Move</summary>${button(visitor, "/files/move", entry.path, rename, "Move")}</details>`;
  const name =
    entry.kind === "folder"
      ? html`<a href="${pageAt("/files", entry.path)}">${entry.name}/</a>`
      : html`<a href="${pageAt("/files/download", entry.path)}">${entry.name}</a>`;
  return html`<tr><td>${name}</td><td>${entry.kind === "file" ? bytesInWords(entry.size) : ""}</td><td>${
    entry.kind === "file" ? when(entry.clientModified) : ""
  }</td><td class="actions">${actions}</td></tr>`;
}

/** A text file, to be changed; saved only over the version that was opened. */
export function editView(visitor: Visitor, file: AccountFile, text: string): Html {
  return html`<section class="card">
<h1>${file.name}</h1>
${crumbs(file.path)}
<form method="post" action="/files/save">
<input type="hidden" name="form_token" value="${visitor.formToken}">
<input type="hidden" name="path" value="${file.path}">
<input type="hidden" name="rev" value="${file.rev}">
<label>Content<textarea name="text" rows="18" spellcheck="false">
${text}</textarea></label>
<div class="tools"><button class="primary" type="submit">Save</button></div>
</form>
</section>`;
}

/** The versions of a path, each of which can be looked at and brought back. */
export function historyView(visitor: Visitor, path: string, versions: readonly FileVersion[]): Html {
  return html`<section class="card">
<h1>History of ${path.slice(path.lastIndexOf("/") + 1)}</h1>
${crumbs(path)}
<div class="listing">
<table>
<thead><tr><th>Stored</th><th>Size</th><th>Version</th></tr></thead>
<tbody>${versions.map(
    (
      version,
    ) => html`<tr><td>${when(version.serverModified)}</td><td>${bytesInWords(version.size)}</td><td class="actions">
<a href="${pageAt("/files/download", path)}&amp;rev=${version.rev}">Download</a>
${version.current ? html`<span>present</span>` : button(visitor, "/files/restore", path, html`<input type="hidden" name="rev" value="${version.rev}">`, "Restore")}
</td></tr>`,
  )}</tbody>
</table>
</div>
</section>`;
}

function when(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
