import type { AccountEntry } from "../account-files.ts";
import type { Reply } from "../http/reply.ts";
import { nameOf, parentOf } from "../store/paths.ts";
import { folderAt } from "./file-addresses.ts";
import { asked, backTo, guarded, named, refusal } from "./files-guard.ts";
import { folderView } from "./folder-view.ts";
import { html } from "./html.ts";
import { type PageRequest, type PageRoute, pageReply, type Visitor } from "./page.ts";
import { questionReply } from "./question-page.ts";

/** What is in a folder, and what is done to it there: making folders, renaming, moving, deleting. */
export const folderPages: readonly PageRoute[] = [
  { method: "GET", path: "/files", open: false, handle: guarded(browse) },
  { method: "POST", path: "/files/folder", open: false, handle: guarded(makeFolder) },
  { method: "GET", path: "/files/move", open: false, handle: guarded(askWhereTo) },
  { method: "POST", path: "/files/move", open: false, handle: guarded(move) },
  { method: "GET", path: "/files/delete", open: false, handle: guarded(askToDelete) },
  { method: "POST", path: "/files/delete", open: false, handle: guarded(remove) },
];

/** As many of the account's changes as are listed below a folder. */
const FEW = 8;

async function browse(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const files = page.files();
  const deleted = page.url.searchParams.get("deleted") === "1";
  const entries = await files.list(asked(page), { deleted });
  const here = await files.get(asked(page));
  const path = here?.path ?? asked(page);
  const title = path === "" ? "Files" : nameOf(path);
  const changes = await files.recent(FEW);
  const from = Number(page.url.searchParams.get("from") ?? 0);
  return pageReply(title, visitor, folderView(visitor, { path, entries, from, deleted, gone: here === null, changes }));
}

async function makeFolder(page: PageRequest): Promise<Reply> {
  await page.files().createFolder(`${named(page)}/${page.form.get("name") ?? ""}`);
  return backTo(named(page));
}

async function askWhereTo(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const entry = await entryAt(page);
  if (entry === null) return nothingThere(visitor, asked(page));
  const { name, path } = entry;
  const folder = parentOf(path);
  return pageReply(
    `Move ${name}`,
    visitor,
    html`<section class="card narrow">
<h1>Move or rename ${name}</h1>
<form method="post" action="/files/move">
<input type="hidden" name="form_token" value="${visitor.formToken}">
<input type="hidden" name="path" value="${path}">
<label for="name">Name</label>
<input id="name" name="name" value="${name}" required autofocus>
<label for="folder">Folder</label>
<input id="folder" name="folder" value="${folder === "" ? "/" : folder}" aria-describedby="folder-hint">
<p id="folder-hint" class="hint">Folders that are not there yet are made.</p>
<div class="buttons">
<button class="primary" type="submit">Move</button>
<a class="button" href="${folderAt(folder)}">Cancel</a>
</div>
</form>
</section>`,
  );
}

async function move(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const path = named(page);
  const name = page.form.get("name") ?? "";
  if (name.includes("/"))
    return refusal(
      visitor,
      path,
      "Not done",
      `A name can't have a slash, as "${name}" has: the folder has its own field.`,
      409,
    );
  const folder = (page.form.get("folder") ?? "").replace(/\/+$/, "");
  await page.files().move(path, `${folder}/${name}`);
  return backTo(parentOf(path));
}

async function askToDelete(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const entry = await entryAt(page);
  if (entry === null) return nothingThere(visitor, asked(page));
  return questionReply(visitor, {
    title: `Delete ${entry.name}?`,
    text:
      entry.kind === "folder"
        ? "The folder and everything in it are deleted, here and wherever it is synced. It can be restored from what was deleted."
        : "The file is deleted, here and wherever it is synced. It can be restored from its history.",
    action: "/files/delete",
    field: { name: "path", value: entry.path },
    yes: "Delete",
    back: folderAt(parentOf(entry.path)),
  });
}

/** What is at the path in the page's address; null where nothing is, and for the whole Dropbox. */
async function entryAt(page: PageRequest): Promise<AccountEntry | null> {
  return asked(page) === "" ? null : page.files().get(asked(page));
}

function nothingThere(visitor: Visitor, path: string): Reply {
  return refusal(visitor, path, "Not there", "Nothing is at this path any more.", 404);
}

async function remove(page: PageRequest): Promise<Reply> {
  await page.files().delete(named(page));
  return backTo(parentOf(named(page)));
}
