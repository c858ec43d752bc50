import { readBracket, type Unmatchable } from "./bracket.ts";
import type { ByteString } from "./byte-string.ts";

/** Codes of a compiled glob: 0 to 255 stand for the byte itself, those from FIRST_BRACKET on for a bracket. */
const ANY_BYTE = 256;
/** Anything but a slash, any number of times. */
const STAR = 257;
/** Anything, slashes too, any number of times. */
const DEEP = 258;
/** Nothing, or anything that ends with a slash. */
const DEEP_FOLDERS = 259;
const FIRST_BRACKET = 260;

const SLASH = 0x2f;
const DOT = 0x2e;

/** A glob, compiled. */
export interface Glob {
  readonly codes: readonly number[];
  readonly brackets: readonly Uint8Array[];
  /** The bytes that every match begins with, and that it ends with; they may overlap only if the glob is all literal. */
  readonly head: ByteString;
  readonly tail: ByteString;
}

/**
 * Compiles what git's wildmatch would interpret. With `anchored`, `**` between slashes spans folders; as in git, the
 * literal text before the first special character is taken off first, so that `a**` and `a**\/b` span folders too.
 * Without it, the text to match has no slash and `**` is `*`.
 */
export function compileGlob(glob: ByteString, anchored: boolean): Glob | Unmatchable {
  const codes: number[] = [];
  const brackets: Uint8Array[] = [];
  const special = glob.search(/[*?[\\]/);
  const literalEnd = special < 0 ? glob.length : special;

  for (let at = 0; at < glob.length; ) {
    switch (glob[at]) {
      case "?":
        codes.push(ANY_BYTE);
        at++;
        break;
      case "\\":
        if (at + 1 === glob.length)
          return { why: "A backslash at the end has nothing to escape: write \\\\ for itself." };
        codes.push(glob.charCodeAt(at + 1));
        at += 2;
        break;
      case "[": {
        const bracket = readBracket(glob, at);
        if ("why" in bracket) return bracket;
        codes.push(FIRST_BRACKET + brackets.length);
        brackets.push(bracket.bytes);
        at = bracket.end;
        break;
      }
      case "*": {
        const start = at;
        while (glob[at] === "*") at++;
        const begins = start === literalEnd || glob[start - 1] === "/";
        if (!anchored || at - start === 1 || !begins) codes.push(STAR);
        else if (at === glob.length || glob.startsWith("\\/", at)) codes.push(DEEP);
        else if (glob[at] === "/") {
          codes.push(DEEP_FOLDERS);
          at++;
        } else codes.push(STAR);
        break;
      }
      default:
        codes.push(glob.charCodeAt(at));
        at++;
    }
  }
  return impossible(codes) ?? { codes, brackets, ...literalEnds(codes) };
}

/** Whether a glob has no special characters: then `head` is all of it. */
export function isLiteral(glob: Glob): boolean {
  return glob.head.length === glob.codes.length;
}

/** Whether a glob is literal but for one `*`. */
export function isHeadStarTail(glob: Glob): boolean {
  return glob.codes[glob.head.length] === STAR && glob.head.length + 1 + glob.tail.length === glob.codes.length;
}

/** An anchored glob that asks only for a last component (`**\/x*`), as the glob for that; else null. */
export function asNameGlob(glob: Glob): Glob | null {
  if (glob.codes[0] !== DEEP_FOLDERS) return null;
  const codes = glob.codes.slice(1);
  if (codes.some((code) => code === SLASH || code === DEEP || code === DEEP_FOLDERS)) return null;
  return { codes, brackets: glob.brackets, ...literalEnds(codes) };
}

/**
 * Whether all of `text` matches. Time is at most the product of both lengths for each folder in `text`: going back is
 * needed only to the last `*` and, when that is used up, to the last `**`, because a star that took less leaves more.
 */
export function matchGlob(glob: Glob, text: ByteString): boolean {
  const { codes, brackets } = glob;
  let code = 0;
  let at = 0;
  // Where to go on from after a mismatch: the code after the star, and where the star ends in the text by now.
  let afterStar = -1;
  let starEnd = 0;
  let afterDeep = -1;
  let deepEnd = 0;
  for (;;) {
    if (code < codes.length) {
      const wanted = codes[code] as number;
      if (wanted === STAR) {
        afterStar = ++code;
        starEnd = at;
        continue;
      }
      if (wanted === DEEP || wanted === DEEP_FOLDERS) {
        afterDeep = ++code;
        deepEnd = at;
        afterStar = -1;
        continue;
      }
      if (at < text.length && takes(wanted, text.charCodeAt(at), brackets)) {
        code++;
        at++;
        continue;
      }
    } else if (at === text.length) return true;

    if (afterStar >= 0 && starEnd < text.length && text.charCodeAt(starEnd) !== SLASH) {
      at = ++starEnd;
      code = afterStar;
    } else if (afterDeep >= 0) {
      deepEnd = codes[afterDeep - 1] === DEEP ? deepEnd + 1 : text.indexOf("/", deepEnd) + 1;
      if (deepEnd === 0 || deepEnd > text.length) return false;
      at = deepEnd;
      code = afterDeep;
      afterStar = -1;
    } else return false;
  }
}

function takes(code: number, byte: number, brackets: readonly Uint8Array[]): boolean {
  if (code < ANY_BYTE) return code === byte;
  if (code === ANY_BYTE) return byte !== SLASH;
  return brackets[code - FIRST_BRACKET]?.[byte] === 1;
}

function literalEnds(codes: readonly number[]): Pick<Glob, "head" | "tail"> {
  let head = 0;
  while (head < codes.length && (codes[head] as number) < ANY_BYTE) head++;
  let tail = codes.length;
  while (tail > 0 && (codes[tail - 1] as number) < ANY_BYTE) tail--;
  return { head: bytesOf(codes.slice(0, head)), tail: bytesOf(codes.slice(tail)) };
}

function bytesOf(codes: readonly number[]): ByteString {
  return codes.map((code) => String.fromCharCode(code)).join("") as ByteString;
}

/** Components that no path has: empty ones, `.` and `..`. Only what is certain is said. */
function impossible(codes: readonly number[]): Unmatchable | null {
  if (codes.length === 0) return { why: "Nothing is left of the pattern to match." };
  let component: number[] = [];
  for (const code of [...codes, SLASH]) {
    if (code !== SLASH) {
      component.push(code);
      // The component may be longer than what is written: no more can be said about it.
      if (code === DEEP_FOLDERS) component = [DEEP, DEEP, DEEP];
      continue;
    }
    if (component.length === 0) return { why: "No path has two slashes in a row, nor one at either end." };
    if (component.length <= 2 && component.every((byte) => byte === DOT)) {
      return { why: 'No path has a component "." or "..": patterns begin at the root of the files.' };
    }
    component = [];
  }
  return null;
}
