import type { FileVersion } from "../account-files.ts";
import type { Reply } from "../http/reply.ts";
import { nameOf, parentOf } from "../store/paths.ts";
import { pageAt } from "./file-addresses.ts";
import { button, crumbs, exactMoment, LIVE } from "./file-parts.ts";
import { asked, backTo, guarded, named } from "./files-guard.ts";
import { type Html, html } from "./html.ts";
import { type PageRequest, type PageRoute, pageReply, type Visitor } from "./page.ts";
import { bytesInWords } from "./words.ts";

/** The versions of a file, and what was deleted: to be looked at and brought back. */
export const historyPages: readonly PageRoute[] = [
  { method: "GET", path: "/files/history", open: false, handle: guarded(history) },
  { method: "POST", path: "/files/restore", open: false, handle: guarded(restore) },
  { method: "POST", path: "/files/undelete", open: false, handle: guarded(undelete) },
];

async function history(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const versions = await page.files().history(asked(page));
  const path = versions[0]?.path ?? asked(page);
  const name = nameOf(path);
  return pageReply(
    `History of ${name}`,
    visitor,
    html`<section class="card">
<h1>History of ${name}</h1>
${crumbs(path)}
<div id="versions" class="listing" data-live tabindex="-1">
${versions.some((version) => version.current) ? null : html`<p>The file is deleted. Restore a version to have it back.</p>`}
<table>
<thead><tr><th>Stored</th><th>Size</th><th><span class="visually-hidden">Actions</span></th></tr></thead>
<tbody>${versions.map((version) => row(visitor, path, version))}</tbody>
</table>
</div>
${LIVE}
</section>`,
  );
}

function row(visitor: Visitor, path: string, version: FileVersion): Html {
  const { rev, current } = version;
  const stored = exactMoment(version.serverModified);
  const which = `the version of ${stored}`;
  const fields = html`<input type="hidden" name="rev" value="${rev}">`;
  return html`<tr><td>${stored}${current ? html` <strong>now</strong>` : null}</td><td>${bytesInWords(version.size)}</td><td class="actions">
<a href="${pageAt("/files/view", path, { rev })}" aria-label="View ${which}">View</a>
<a href="${pageAt("/files/download", path, { rev })}" aria-label="Download ${which}">Download</a>
${current ? null : button(visitor, "/files/restore", path, { fields, label: "Restore", what: `Restore ${which}` })}
</td></tr>`;
}

async function restore(page: PageRequest): Promise<Reply> {
  await page.files().restore(named(page), page.form.get("rev") ?? "");
  return backTo(parentOf(named(page)));
}

async function undelete(page: PageRequest): Promise<Reply> {
  const { path } = await page.files().undelete(named(page));
  return backTo(parentOf(path));
}
