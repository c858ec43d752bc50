import type { Reply } from "../http/reply.ts";
import { html } from "./html.ts";
import { pageReply, type Visitor } from "./page.ts";

/** Asked before something that is not easily taken back; only the form's button does it. */
export interface Question {
  readonly title: string;
  /** What will be so afterwards. */
  readonly text: string;
  readonly action: string;
  readonly field: { readonly name: string; readonly value: string };
  /** What the button that does it says. */
  readonly yes: string;
  /** The address that *Cancel* leads to. */
  readonly back: string;
}

export function questionReply(visitor: Visitor, question: Question): Reply {
  return pageReply(
    question.title,
    visitor,
    html`<section class="card narrow">
<h1>${question.title}</h1>
<p>${question.text}</p>
<form method="post" action="${question.action}">
<input type="hidden" name="form_token" value="${visitor.formToken}">
<input type="hidden" name="${question.field.name}" value="${question.field.value}">
<div class="buttons">
<button class="primary" type="submit">${question.yes}</button>
<a class="button" href="${question.back}">Cancel</a>
</div>
</form>
</section>`,
  );
}
