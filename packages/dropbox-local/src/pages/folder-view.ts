import type { AccountEntry, AccountFile, AccountFolder, DeletedEntry, RecentAccountChange } from "../account-files.ts";
import { nameOf } from "../store/paths.ts";
import { changesView } from "./changes-pages.ts";
import { folderAt, pageAt } from "./file-addresses.ts";
import { button, crumbs, LIVE, moment } from "./file-parts.ts";
import { type Html, html } from "./html.ts";
import type { Visitor } from "./page.ts";
import { isEditable } from "./preview-pages.ts";
import { uploadTools } from "./upload-pages.ts";
import { bytesInWords } from "./words.ts";

/** As many entries as one page lists. */
const AT_ONCE = 500;

/** One folder, as a page shows it. */
export interface ShownFolder {
  readonly path: string;
  readonly entries: readonly AccountEntry[];
  /** How many of them come before the first that is shown; what makes no sense is 0. */
  readonly from: number;
  /** Whether what was deleted is among them. */
  readonly deleted: boolean;
  /** The folder itself is deleted. */
  readonly gone: boolean;
  /** The latest of the account. */
  readonly changes: readonly RecentAccountChange[];
}

/** What is in one folder, what can be done there, and what happened last. */
export function folderView(visitor: Visitor, folder: ShownFolder): Html {
  const { path, gone } = folder;
  return html`<section class="card files">
<h1>${path === "" ? "Files" : nameOf(path)}</h1>
${crumbs(path, gone)}
${gone ? null : uploadTools(visitor, path)}
<div class="tools">
${
  gone
    ? html`<p>This folder was deleted.</p> ${button(visitor, "/files/undelete", path, { label: "Restore the folder" })}`
    : html`${button(visitor, "/files/folder", path, {
        fields: html`<input name="name" aria-label="Name of the new folder" placeholder="New folder" required> `,
        label: "Make",
        what: "Make folder",
      })}
<a href="${folderAt(path, !folder.deleted)}">${folder.deleted ? "Hide deleted" : "Show deleted"}</a>`
}
</div>
<div id="listing" class="listing" data-live tabindex="-1">
${folder.entries.length === 0 ? html`<p>${nothing(folder)}</p>` : listing(visitor, folder)}
</div>
${LIVE}
</section>
<section class="card">
<h2>Latest changes</h2>
<div id="changes" data-live tabindex="-1">${changesView(folder.changes)}</div>
<p><a href="/files/changes">More changes</a></p>
</section>`;
}

function nothing({ gone, deleted }: ShownFolder): string {
  if (gone) return "Nothing was in it.";
  return deleted
    ? "Nothing is here, and nothing was deleted here."
    : "Nothing is here. Upload a file, or make a folder.";
}

function listing(visitor: Visitor, { path, entries, from, deleted }: ShownFolder): Html {
  const start = from > 0 && from < entries.length ? Math.floor(from / AT_ONCE) * AT_ONCE : 0;
  const shown = entries.slice(start, start + AT_ONCE);
  const end = start + shown.length;
  const part = (label: string, first: number) => {
    const more = deleted ? { deleted: "1", from: `${first}` } : { from: `${first}` };
    return html` <a href="${pageAt("/files", path, more)}">${label}</a>`;
  };
  const pager = (label: string) =>
    shown.length === entries.length
      ? null
      : html`<nav class="tools" aria-label="${label}"><span>${start + 1} to ${end} of ${entries.length}</span>${
          start > 0 ? part("Before", start - AT_ONCE) : null
        }${end < entries.length ? part("After", end) : null}</nav>`;
  return html`${pager("Parts of the list")}<table>
<thead><tr><th>Name</th><th>Size</th><th>Changed</th><th><span class="visually-hidden">Actions</span></th></tr></thead>
<tbody>${shown.map((entry) => (entry.kind === "deleted" ? deletedRow(visitor, entry) : row(entry)))}</tbody>
</table>${pager("Parts of the list, below")}`;
}

function deletedRow(visitor: Visitor, entry: DeletedEntry): Html {
  const { name, path, was } = entry;
  const label = was === "folder" ? html`<a href="${folderAt(path, true)}">${name}/</a>` : name;
  return html`<tr class="deleted"><td>${label}</td><td>deleted</td><td>${moment(entry.deletedAt)}</td><td class="actions">${
    was === "file" ? action("/files/history", path, "History", name) : null
  }${button(visitor, "/files/undelete", path, { label: "Restore", what: `Restore ${name}` })}</td></tr>`;
}

function row(entry: AccountFile | AccountFolder): Html {
  const { name, path } = entry;
  const own =
    entry.kind === "file"
      ? html`${action("/files/download", path, "Download", name)}${
          isEditable(entry) ? action("/files/edit", path, "Edit", name) : null
        }${action("/files/history", path, "History", name)}`
      : null;
  const link =
    entry.kind === "folder"
      ? html`<a href="${folderAt(path)}">${name}/</a>`
      : html`<a href="${pageAt("/files/view", path)}">${name}</a>`;
  return html`<tr><td>${link}</td><td>${entry.kind === "file" ? bytesInWords(entry.size) : ""}</td><td>${
    entry.kind === "file" ? moment(entry.clientModified) : ""
  }</td><td class="actions">${own}${action("/files/move", path, "Move", name)}${action("/files/delete", path, "Delete", name)}</td></tr>`;
}

function action(page: string, path: string, label: string, name: string): Html {
  return html`<a href="${pageAt(page, path)}" aria-label="${label} ${name}">${label}</a> `;
}
