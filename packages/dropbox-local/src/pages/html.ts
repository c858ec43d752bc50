/** HTML that was built here: what came from elsewhere has been escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | null | Html | readonly Html[];

/** Builds HTML: what is put in is escaped, unless it is HTML itself; lists are joined, null is nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = texts[0] ?? "";
  parts.forEach((part, index) => {
    text += render(part) + (texts[index + 1] ?? "");
  });
  return new Html(text);
}

function render(part: Part): string {
  if (part === null) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map((one) => one.text).join("");
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
