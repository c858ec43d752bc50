import { type AccountEntry, type AccountFile, AccountFilesError } from "../account-files.ts";
import type { Reply } from "../http/reply.ts";
import { nameOf, parentOf } from "../store/paths.ts";
import { folderAt, pageAt } from "./file-addresses.ts";
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

/** A text that is being edited, and the version that it is to take the place of: `""` for none. */
type Edited = Pick<AccountFile, "name" | "path" | "rev">;

/** The text in a field; it is saved only over the version that was opened. `problem`: why it is not saved yet. */
function editView(visitor: Visitor, { name, path, rev }: Edited, text: string, problem: Html | null = null): Html {
  return html`<section class="card">
<h1>${name}</h1>
${crumbs(path)}
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
<form method="post" action="/files/save">
<input type="hidden" name="form_token" value="${visitor.formToken}">
<input type="hidden" name="path" value="${path}">
<input type="hidden" name="rev" value="${rev}">
<label for="text">Content</label>
<textarea id="text" name="text" rows="18" spellcheck="false">
${text}</textarea>
<div class="tools"><button class="primary" type="submit">Save</button>
<a class="button" href="${folderAt(parentOf(path))}">Cancel</a></div>
</form>
</section>`;
}

async function save(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const path = named(page);
  const rev = page.form.get("rev") ?? "";
  const files = page.files();
  // A form sends each line with CR and LF: they end as they did in the version that was opened.
  const was = rev === "" ? null : await asText((await files.read(path, { rev })).content);
  const [lineEnd = "\n"] = lineEnds(was ?? "");
  const text = (page.form.get("text") ?? "").replaceAll("\r\n", lineEnd);
  try {
    await files.upload(path, once(Buffer.from(text)), { ifExists: rev === "" ? "refuse" : { rev } });
  } catch (error) {
    const overtaken = error instanceof AccountFilesError && (error.code === "changed" || error.code === "exists");
    const there = await files.get(path);
    if (!overtaken || there?.kind === "folder") throw error;
    return askAgain(visitor, path, there, text);
  }
  return backTo(parentOf(path));
}

/** Somebody else was faster: what was typed is not lost, and saved over theirs only when that is asked for. */
function askAgain(visitor: Visitor, path: string, there: AccountEntry | null, text: string): Reply {
  const name = nameOf(path);
  const [edited, problem] =
    there?.kind === "file"
      ? [
          there,
          html`Somebody else changed this file meanwhile, so your text is not saved yet. <a target="_blank" href="${pageAt("/files/view", path)}">Look at theirs in a new tab</a>.
If you save now, yours is the newest version, and theirs stays in the history.`,
        ]
      : [
          { name, path, rev: "" },
          html`Somebody else deleted or moved this file meanwhile, so your text is not saved yet. If you save now, the file is made anew.`,
        ];
  return pageReply(`Edit ${name}`, visitor, editView(visitor, edited, text, problem), 409);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
