import { AccountFilesError } from "../account-files.ts";
import { sameText } from "../http/authenticate.ts";
import type { Reply } from "../http/reply.ts";
import { editView, folderView, historyView, LARGEST_TEXT, pageAt } from "./files-view.ts";
import { messageReply, type PageRequest, type PageRoute, pageReply, redirectReply, type Visitor } from "./page.ts";
import { questionReply } from "./question-page.ts";

/** The account's files as a Dropbox user looks at them: browse, upload, edit text, rename, move, delete, history. */
export const filesPages: readonly PageRoute[] = [
  { method: "GET", path: "/files", open: false, handle: guarded(browse) },
  { method: "GET", path: "/files/download", open: false, handle: guarded(download) },
  { method: "GET", path: "/files/edit", open: false, handle: guarded(edit) },
  { method: "GET", path: "/files/history", open: false, handle: guarded(history) },
  { method: "GET", path: "/files/events", open: false, handle: guarded(events) },
  { method: "POST", path: "/files/upload", open: false, rawBody: true, handle: guarded(upload) },
  { method: "POST", path: "/files/folder", open: false, handle: guarded(makeFolder) },
  { method: "POST", path: "/files/move", open: false, handle: guarded(move) },
  { method: "GET", path: "/files/delete", open: false, handle: guarded(askToDelete) },
  { method: "POST", path: "/files/delete", open: false, handle: guarded(remove) },
  { method: "POST", path: "/files/save", open: false, handle: guarded(save) },
  { method: "POST", path: "/files/restore", open: false, handle: guarded(restore) },
];

type Handler = (page: PageRequest, visitor: Visitor) => Promise<Reply>;

/** Somebody is logged in; what the files refuse is told in a sentence. */
function guarded(handler: Handler): (page: PageRequest) => Promise<Reply> {
  return async (page) => {
    const { visitor } = page;
    if (visitor === null) return redirectReply("/login");
    try {
      return await handler(page, visitor);
    } catch (error) {
      if (!(error instanceof AccountFilesError)) throw error;
      return messageReply("Not done", visitor, error.message, error.code === "not-found" ? 404 : 409);
    }
  };
}

const asked = (page: PageRequest) => page.url.searchParams.get("path") ?? "";
const named = (page: PageRequest) => page.form.get("path") ?? "";
const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/"));
const folderAt = (folder: string) => (folder === "" ? "/files" : pageAt("/files", folder));
const backTo = (folder: string) => redirectReply(folderAt(folder));

async function browse(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const path = asked(page);
  const deleted = page.url.searchParams.get("deleted") === "1";
  const entries = await page.files().list(path, { deleted });
  const title = path === "" ? "Files" : path.slice(path.lastIndexOf("/") + 1);
  return pageReply(title, visitor, folderView(visitor, path, entries, deleted));
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

async function edit(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const { file, content } = await page.files().read(asked(page));
  if (file.size > LARGEST_TEXT) {
    return messageReply("Too large", visitor, "This file is too large to be edited here: download it.", 409);
  }
  const text = await asText(content);
  if (text === null) {
    return messageReply(
      "Not a text",
      visitor,
      "This file is not a text, so it can't be edited here: download it.",
      409,
    );
  }
  if (lineEnds(text).length > 1) {
    return messageReply(
      "Lines that end in more than one way",
      visitor,
      "The lines of this file end in more than one way, which a text field can't keep: download it.",
      409,
    );
  }
  return pageReply(`Edit ${file.name}`, visitor, editView(visitor, file, text));
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

async function history(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const path = asked(page);
  return pageReply("History", visitor, historyView(visitor, path, await page.files().history(path)));
}

async function restore(page: PageRequest): Promise<Reply> {
  await page.files().restore(named(page), page.form.get("rev") ?? "");
  return backTo(folderOf(named(page)));
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

async function makeFolder(page: PageRequest): Promise<Reply> {
  await page.files().createFolder(`${named(page)}/${page.form.get("name") ?? ""}`);
  return backTo(named(page));
}

async function move(page: PageRequest): Promise<Reply> {
  await page.files().move(named(page), page.form.get("to") ?? "");
  return backTo(folderOf(named(page)));
}

async function askToDelete(page: PageRequest, visitor: Visitor): Promise<Reply> {
  const path = asked(page);
  const entry = path === "" ? null : await page.files().get(path);
  if (entry === null || entry.kind === "deleted") {
    return messageReply("Not there", visitor, "Nothing is at this path any more.", 404);
  }
  return questionReply(visitor, {
    title: `Delete ${entry.name}?`,
    text:
      entry.kind === "folder"
        ? "The folder and everything in it are deleted, here and wherever it is synced. The files can be restored from their history."
        : "The file is deleted, here and wherever it is synced. It can be restored from its history.",
    action: "/files/delete",
    field: { name: "path", value: entry.path },
    yes: "Delete",
    back: folderAt(folderOf(entry.path)),
  });
}

async function remove(page: PageRequest): Promise<Reply> {
  await page.files().delete(named(page));
  return backTo(folderOf(named(page)));
}

/** Server-sent events: one for each change to the account, without saying what; the page looks for itself. */
async function events(page: PageRequest): Promise<Reply> {
  const files = page.files();
  async function* content(): AsyncIterable<Uint8Array> {
    let wake: () => void = () => undefined;
    let changed = false;
    const stop = files.subscribe(() => {
      changed = true;
      wake();
    });
    const end = () => wake();
    page.signal.addEventListener("abort", end);
    try {
      yield Buffer.from("retry: 1000\n\n");
      while (!page.signal.aborted) {
        if (!changed) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        changed = false;
        if (!page.signal.aborted) yield Buffer.from("data: changed\n\n");
      }
    } finally {
      stop();
      page.signal.removeEventListener("abort", end);
    }
  }
  return {
    status: 200,
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    body: { length: null, content: content() },
  };
}

/** Null for what is no text. */
async function asText(content: AsyncIterable<Uint8Array>): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

/** The ways in which the lines of a text end. */
function lineEnds(text: string): string[] {
  return [...new Set(text.match(/\r\n|\r|\n/g))];
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
