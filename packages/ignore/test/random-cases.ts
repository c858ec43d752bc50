import type { Random } from "./random.ts";

/** Few names, so that patterns and paths meet; odd ones, so that bytes, escapes and classes matter. */
const names = [
  ..."abcAB0-_ #!^]*\\é日~",
  "ab",
  "aab",
  "abc",
  "a.b",
  "a.log",
  "b.log",
  ".a",
  "..a",
  "foo",
  "bar",
  "foobar",
  "build",
  "a ",
  " a",
  "a  b",
  "#a",
  "!a",
  "[a]",
  "a[b",
  "a*b",
  "a\\b",
  "a\tb",
  "\u000b",
  "\f",
  "\u0001",
  "\u007f",
  "a\rb",
  "a\r",
  "a\n",
  "é",
  "e\u0301",
  "éa",
  "日本",
  "🙂",
  "[:",
  ":]",
  "x-y",
  "UPPER",
];

const classNames = [
  ..."alnum alpha blank cntrl digit graph lower print punct space upper xdigit".split(" "),
  "nope",
  "",
  "ALPHA",
];
const setCharacters = [..."abcz09-^!]\\[:/.*? é\u0001"];
const plainPieces = ["a", "b", "c", "ab", "foo", "bar", ".", "log", "a.log", "build", "é", "日", "-", " ", "0", "A"];
const specials = [
  "?",
  "*",
  "**",
  "***",
  "\\",
  "\\\\",
  "\\*",
  "\\?",
  "\\[",
  "\\ ",
  "\\#",
  "\\!",
  "\\/",
  "\\a",
  "#",
  "!",
];

/** A tree as sorted paths; every folder is named before what it holds. */
export function randomTree(random: Random): Map<string, "file" | "folder"> {
  const tree = new Map<string, "file" | "folder">();
  const folders = [""];
  const wanted = 12 + random.below(28);
  for (let attempt = 0; attempt < wanted; attempt++) {
    const folder = random.pick(folders);
    const path = folder === "" ? random.pick(names) : `${folder}/${random.pick(names)}`;
    // git reads a colon at the beginning of what it is asked about as pathspec magic.
    if (tree.has(path) || path.startsWith(":")) continue;
    const kind = random.chance(45) && path.split("/").length < 6 ? "folder" : "file";
    tree.set(path, kind);
    if (kind === "folder") folders.push(path);
  }
  return tree;
}

/** The text of an ignore file; some patterns are made from paths of the tree, so that many match. */
export function randomIgnoreFile(random: Random, paths: readonly string[]): string {
  const ending = random.chance(15) ? "\r\n" : "\n";
  const lines: string[] = [];
  const count = random.chance(10) ? 20 + random.below(20) : 1 + random.below(8);
  for (let line = 0; line < count; line++) {
    if (random.chance(6))
      lines.push(random.pick(["", " ", "#", "# a", "#a", " #", "\\", "!", "/", "//", "!/", "\t", "\r"]));
    else lines.push(randomPattern(random, paths));
  }
  const end = random.chance(60) ? ending : "";
  return (random.chance(5) ? "\uFEFF" : "") + lines.join(ending) + end;
}

function randomPattern(random: Random, paths: readonly string[]): string {
  let pattern = random.chance(55) && paths.length > 0 ? bend(random, random.pick(paths)) : invent(random);
  if (random.chance(20)) pattern = `/${pattern}`;
  if (random.chance(18)) pattern = `${pattern}/`;
  if (random.chance(25)) pattern = `!${pattern}`;
  if (random.chance(2)) pattern = lengthen(random, pattern);
  if (random.chance(6)) pattern += random.pick([" ", "  ", "\\ ", "\\  ", "\t", " \t ", "\\\\ ", "\\", "\r", "\0x"]);
  return pattern;
}

/** A path, with some of its parts replaced by what may still match them. */
function bend(random: Random, path: string): string {
  const components = path.split("/").map((component) => {
    if (random.chance(35)) return component;
    if (random.chance(25)) return random.pick(["*", "**", "?", "***", "?*", "*?"]);
    return [...component].map((character) => (random.chance(60) ? character : replace(random, character))).join("");
  });
  const start = random.chance(20) ? random.below(components.length) : 0;
  const chosen = components.slice(start, random.chance(25) ? start + 1 + random.below(components.length) : undefined);
  if (random.chance(20)) chosen.splice(random.below(chosen.length + 1), random.below(2), "**");
  return chosen.join(random.chance(3) ? "\\/" : "/");
}

/** At great length, but not with many `**`: git takes for ever over those. */
function lengthen(random: Random, pattern: string): string {
  const times = 4_000 + random.below(30_000);
  switch (random.below(5)) {
    case 0:
      return `#${pattern}${"x".repeat(times)}`;
    case 1:
      return pattern + " ".repeat(times);
    case 2:
      return "*".repeat(times) + pattern;
    case 3:
      return `${pattern.slice(0, -1)}[${pattern.slice(-1)}${"z".repeat(times)}]`;
    default:
      return pattern + "x".repeat(times);
  }
}

function otherCase(character: string): string {
  return character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase();
}

function replace(random: Random, character: string): string {
  switch (random.below(8)) {
    case 0:
      return "?";
    case 1:
      return "*";
    case 2:
      return `\\${character}`;
    case 3:
      return random.pick([`${character}*`, `*${character}`, `${character}**`, `**${character}`]);
    case 4:
      return `[${random.chance(30) ? random.pick(["!", "^"]) : ""}${character}${randomSet(random, 2)}]`;
    case 5:
      return `[[:${random.pick(classNames)}:]]`;
    case 6:
      return otherCase(character);
    default:
      return randomBracket(random);
  }
}

function invent(random: Random): string {
  let pattern = "";
  for (let piece = 1 + random.below(6); piece > 0; piece--) {
    const what = random.below(100);
    if (what < 40) pattern += random.pick(plainPieces);
    else if (what < 70) pattern += random.pick(specials);
    else if (what < 85) pattern += "/";
    else pattern += randomBracket(random);
  }
  return pattern;
}

function randomBracket(random: Random): string {
  const negation = random.chance(30) ? random.pick(["!", "^"]) : "";
  const close = random.chance(94) ? "]" : "";
  return `[${negation}${randomSet(random, 4)}${close}`;
}

function randomSet(random: Random, most: number): string {
  let set = "";
  for (let member = random.below(most + 1); member > 0; member--) {
    const what = random.below(10);
    if (what < 2) set += `[:${random.pick(classNames)}${random.chance(85) ? ":]" : random.pick([":", "]", ""])}`;
    else if (what < 4) set += `${random.pick(setCharacters)}-${random.pick(setCharacters)}`;
    else set += random.pick(setCharacters);
  }
  return set;
}
