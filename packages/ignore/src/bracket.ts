import type { ByteString } from "./byte-string.ts";

/** A bracket expression: which of the 256 bytes it takes. */
export interface Bracket {
  /** 256 entries of 0 or 1. */
  readonly bytes: Uint8Array;
  /** The position after the closing `]`. */
  readonly end: number;
}

/** Why no name can ever match a pattern, as a sentence. */
export interface Unmatchable {
  readonly why: string;
}

const SLASH = 0x2f;

const isUpper = (byte: number) => byte >= 0x41 && byte <= 0x5a;
const isLower = (byte: number) => byte >= 0x61 && byte <= 0x7a;
const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
const isLetter = (byte: number) => isUpper(byte) || isLower(byte);
const isGraph = (byte: number) => byte >= 0x21 && byte <= 0x7e;

/** ASCII only. git's own tables: vertical tab and form feed are not `space` there. */
const classes: ReadonlyMap<string, (byte: number) => boolean> = new Map([
  ["alnum", (byte: number) => isLetter(byte) || isDigit(byte)],
  ["alpha", isLetter],
  ["blank", (byte: number) => byte === 0x20 || byte === 0x09],
  ["cntrl", (byte: number) => byte < 0x20 || byte === 0x7f],
  ["digit", isDigit],
  ["graph", isGraph],
  ["lower", isLower],
  ["print", (byte: number) => byte === 0x20 || isGraph(byte)],
  ["punct", (byte: number) => isGraph(byte) && !isLetter(byte) && !isDigit(byte)],
  ["space", (byte: number) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d],
  ["upper", isUpper],
  ["xdigit", (byte: number) => isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)],
]);

const unterminated: Unmatchable = { why: "The bracket is not closed: add a ], or write \\[ for the character itself." };

/**
 * Reads the bracket expression whose `[` stands at `open`. A slash is never taken, whatever the bracket says.
 * Rules beyond POSIX's that git has: `!` and `^` both negate, a backslash escapes, `-` after a range or a class stands
 * for itself, `[:` that is not closed by `:]` is two ordinary characters.
 */
export function readBracket(glob: ByteString, open: number): Bracket | Unmatchable {
  const bytes = new Uint8Array(256);
  let at = open + 1;
  const negated = glob[at] === "!" || glob[at] === "^";
  if (negated) at++;

  // The byte that a "-" would begin a range from; 0 where it would not.
  let rangeFrom = 0;
  // The first character is a member even if it is "]".
  for (let first = true; first || glob[at] !== "]"; first = false, at++) {
    if (at >= glob.length) return unterminated;
    const character = glob[at];
    if (character === "\\") {
      at++;
      if (at >= glob.length) return unterminated;
      rangeFrom = glob.charCodeAt(at);
      bytes[rangeFrom] = 1;
    } else if (character === "-" && rangeFrom !== 0 && at + 1 < glob.length && glob[at + 1] !== "]") {
      at++;
      if (glob[at] === "\\") at++;
      if (at >= glob.length) return unterminated;
      const rangeTo = glob.charCodeAt(at);
      if (rangeTo >= rangeFrom) bytes.fill(1, rangeFrom, rangeTo + 1);
      rangeFrom = 0;
    } else if (character === "[" && glob[at + 1] === ":") {
      const close = glob.indexOf("]", at + 2);
      if (close < 0) return unterminated;
      if (close === at + 2 || glob[close - 1] !== ":") {
        rangeFrom = 0x5b;
        bytes[rangeFrom] = 1;
        continue;
      }
      const name = glob.slice(at + 2, close - 1);
      const includes = classes.get(name);
      if (includes === undefined) {
        return { why: `There is no character class [:${name}:]; there are ${[...classes.keys()].join(", ")}.` };
      }
      for (let byte = 0; byte < 256; byte++) if (includes(byte)) bytes[byte] = 1;
      at = close;
      rangeFrom = 0;
    } else {
      rangeFrom = glob.charCodeAt(at);
      bytes[rangeFrom] = 1;
    }
  }

  if (negated) for (let byte = 0; byte < 256; byte++) bytes[byte] = bytes[byte] === 0 ? 1 : 0;
  // Neither can be in a name, so that a bracket of nothing else is seen to be empty.
  bytes[0] = 0;
  bytes[SLASH] = 0;
  if (!bytes.includes(1)) return { why: "The bracket leaves no character that a name could have there." };
  return { bytes, end: at + 1 };
}
