import type { AccountFile } from "../account-files.ts";
import type { Reply } from "../http/reply.ts";
import { folderAt, folderOf } from "./file-addresses.ts";
import { crumbs } from "./file-parts.ts";
import { asked, backTo, guarded, named, refusal } from "./files-guard.ts";
import { type Html, html } from "./html.ts";
import { type PageRequest, type PageRoute, pageReply, type Visitor } from "./page.ts";
import { asText, lineEnds } from "./texts.ts";

/** Larger texts are not edited on a page; bytes. A form may be four times as long, escapes and all. */
export const LARGEST_TEXT = 64 * 1024;

/** Editing a text file. */
export const textPages: readonly PageRoute[] = [
  { method: "GET", path: "/files/edit", open: false, handle: guarded(edit) },
  { method: "POST", path: "/files/save", open: false, handle: guarded(save) },
];

async function edit(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const path = asked(page);
  const { file, content } = await page.files().read(path);
  if (file.size > LARGEST_TEXT)
    return refusal(visitor, path, "Too large", "This file is too large to be edited here: download it.", 409);
  const text = await asText(content);
  if (text === null)
    return refusal(
      visitor,
      path,
      "Not a text",
      "This file is not a text, so it can't be edited here: download it.",
      409,
    );
  if (lineEnds(text).length > 1)
    return refusal(
      visitor,
      path,
      "Lines that end in more than one way",
      "The lines of this file end in more than one way, which a text field can't keep: download it.",
      409,
    );
  return pageReply(`Edit ${file.name}`, visitor, editView(visitor, file, text));
}

/** The text in a field; it is saved only over the version that was opened. */
function editView(visitor: Visitor, file: AccountFile, text: string): Html {
  return html`<section class="card">
<h1>${file.name}</h1>
${crumbs(file.path)}
<form method="post" action="/files/save">
<input type="hidden" name="form_token" value="${visitor.formToken}">
<input type="hidden" name="path" value="${file.path}">
<input type="hidden" name="rev" value="${file.rev}">
<label for="text">Content</label>
<textarea id="text" name="text" rows="18" spellcheck="false">
${text}</textarea>
<div class="tools"><button class="primary" type="submit">Save</button>
<a class="button" href="${folderAt(folderOf(file.path))}">Cancel</a></div>
</form>
</section>`;
}

async function save(page: PageRequest): Promise<Reply> {
  const rev = page.form.get("rev") ?? "";
  // A form sends each line with CR and LF: they end as they did in the version that was opened.
  const was = await asText((await page.files().read(named(page), { rev })).content);
  const [lineEnd = "\n"] = lineEnds(was ?? "");
  const text = (page.form.get("text") ?? "").replaceAll("\r\n", lineEnd);
  await page.files().upload(named(page), once(Buffer.from(text)), { ifExists: { rev } });
  return backTo(folderOf(named(page)));
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
