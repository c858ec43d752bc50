import type { RecentAccountChange } from "../account-files.ts";
import type { Reply } from "../http/reply.ts";
import { nameOf, parentOf } from "../store/paths.ts";
import { folderAt, pageAt } from "./file-addresses.ts";
import { LIVE, moment } from "./file-parts.ts";
import { guarded } from "./files-guard.ts";
import { type Html, html } from "./html.ts";
import { type PageRequest, type PageRoute, pageReply, type Visitor } from "./page.ts";

/** What happened in the account, and the stream that tells pages when more does. */
export const changesPages: readonly PageRoute[] = [
  { method: "GET", path: "/files/changes", open: false, handle: guarded(changes) },
  { method: "GET", path: "/files/events", open: false, handle: guarded(events) },
];

/** As many changes as the page lists. */
const MANY = 100;

async function changes(page: PageRequest, visitor: Visitor): Promise<Reply> {
  return pageReply(
    "Latest changes",
    visitor,
    html`<section class="card">
<h1>Latest changes</h1>
<div id="changes" data-live tabindex="-1">${changesView(await page.files().recent(MANY))}</div>
${LIVE}
</section>`,
  );
}

/** Changes as a list, newest first. */
export function changesView(recent: readonly RecentAccountChange[]): Html {
  if (recent.length === 0) return html`<p>Nothing has changed yet.</p>`;
  return html`<ul class="changes">${recent.map((change) => html`<li>${moment(change.at)} <span>${sentence(change)}</span></li>`)}</ul>`;
}

function sentence(change: RecentAccountChange): Html {
  const { what, kind, name, path, from } = change;
  const folder = parentOf(path);
  const label = kind === "folder" ? `${name}/` : name;
  const address = kind === "folder" ? folderAt(path) : pageAt("/files/view", path);
  const subject = what === "deleted" ? html`<strong>${label}</strong>` : html`<a href="${address}">${label}</a>`;
  const place = html`<a href="${folderAt(folder, what === "deleted")}">${folder === "" ? "Dropbox" : folder}</a>`;
  if (from === null) return html`${subject} ${what} in ${place}`;
  return parentOf(from) === folder
    ? html`${subject} renamed in ${place}, it was ${nameOf(from)}`
    : html`${subject} moved to ${place}, it was ${from}`;
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
    body: { length: null, content: content(), prompt: true },
  };
}
