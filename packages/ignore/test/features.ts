/** What a line of an ignore file, its LF taken off, may have that takes some care. */
const FEATURES: Readonly<Record<string, (line: string) => boolean>> = {
  "**": (line) => line.includes("**"),
  "a class": (line) => /(^|[^\\])\[/.test(line),
  "a POSIX class": (line) => /\[\[?[^\]]*\[:[a-z]+:\]/i.test(line),
  "a range": (line) => /\[[^\]]*[^[!^]-[^\]]/.test(line),
  "a negated class": (line) => /(^|[^\\])\[[!^]/.test(line),
  "an open class": (line) => /(^|[^\\])\[[^\]]*$/.test(line),
  "an escape": (line) => line.includes("\\"),
  "a space at its end": (line) => / \r?$/.test(line),
  "a tab": (line) => line.includes("\t"),
  CRLF: (line) => line.endsWith("\r"),
  "a BOM": (line) => line.startsWith("\uFEFF"),
  "a negation": (line) => line.startsWith("!"),
  "a slash at its beginning": (line) => /^!?\//.test(line),
  "a slash at its end": (line) => /\/ *\r?$/.test(line),
  "a slash within": (line) => /[^!/]\/[^/\s]/.test(line),
  "**/ or /**": (line) => /(^|\/)\*\*(\/|$)/.test(line),
  "a comment": (line) => line.startsWith("#"),
  "over 4,000 characters": (line) => line.length > 4_000,
  "a capital letter": (line) => /[A-Z]/.test(line),
  "letters beyond ASCII": (line) => /[^\0-\x7f\uFEFF]/.test(line),
};

/** How many of some lines have which feature. */
export function countFeatures(lines: readonly string[]): ReadonlyMap<string, number> {
  return new Map(Object.entries(FEATURES).map(([name, has]) => [name, lines.filter(has).length]));
}
