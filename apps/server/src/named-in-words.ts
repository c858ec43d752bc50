/** Names that a sentence has room for. */
const MOST_NAMED = 10;

/** The first of them; the rest is counted. */
export function namedInWords(names: readonly string[]): string {
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
  return `${names.slice(0, MOST_NAMED).join(", ")}${more}`;
}
