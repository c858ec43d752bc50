import { folderAt } from "./file-addresses.ts";
import { type Html, html } from "./html.ts";
import type { Visitor } from "./page.ts";

/** The folders above a path, each a link; the path's own name is where one is. `deleted`: they may be gone with it. */
export function crumbs(path: string, deleted = false): Html {
  const names = path.split("/").slice(1);
  const top = path === "" ? html`<span aria-current="page">Dropbox</span>` : html`<a href="/files">Dropbox</a>`;
  return html`<nav class="crumbs" aria-label="Folder">${top}${names.map((name, index) =>
    index === names.length - 1
      ? html` › <span aria-current="page">${name}</span>`
      : html` › <a href="${folderAt(`/${names.slice(0, index + 1).join("/")}`, deleted)}">${name}</a>`,
  )}</nav>`;
}

/** A form that does one thing to a path; `fields` stand before its button, `what` says what a label alone would not. */
export function button(
  visitor: Visitor,
  action: string,
  path: string,
  { fields = null, label, what = label }: { fields?: Html | null; label: string; what?: string },
): Html {
  return html`<form method="post" action="${action}" class="inline">
<input type="hidden" name="form_token" value="${visitor.formToken}">
<input type="hidden" name="path" value="${path}">
${fields}<button type="submit"${what === label ? null : html` aria-label="${what}"`}>${label}</button>
</form>`;
}

/** A moment, in milliseconds since 1970, to the minute. */
export function moment(milliseconds: number): Html {
  const text = new Date(milliseconds).toISOString();
  return html`<time datetime="${text}">${text.slice(0, 16).replace("T", " ")} UTC</time>`;
}

/** The same to the second, for what follows each other fast. */
export function exactMoment(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** What `live.js` needs on a page beside the parts that it renews: where it can say something. */
export const LIVE: Html = html`<p class="said" role="status"></p>
<noscript><p class="hint">Without JavaScript this page does not renew itself: reload it to see what has changed.</p></noscript>
<script type="module" src="/assets/live.js"></script>`;
