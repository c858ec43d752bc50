import type { IgnoreRule } from "@twinfold/engine";

/** What `IgnoreRule.source` says for the rules that need no file. */
export const ALWAYS_IGNORED = "always ignored";

/** The engine's own folder at the root (staging). */
export const ENGINE_FOLDER = ".twinfold";

const rule = (pattern: string): IgnoreRule => ({ source: ALWAYS_IGNORED, line: 0, pattern });

const engineFolder = rule(`/${ENGINE_FOLDER}`);
const names: ReadonlyMap<string, IgnoreRule> = new Map(
  [".DS_Store", "Thumbs.db", "desktop.ini"].map((name) => [name.toLowerCase(), rule(name)]),
);
const ownerFile = rule("~$*");
const dotTilde = rule(".~*");
const temporary = rule("~*.tmp");

/**
 * The rule of SPEC.md section 3 that leaves `name` out whatever an ignore file says. Plain names are compared without
 * regard to case, because Dropbox takes them so.
 */
export function alwaysIgnored(name: string, inRoot: boolean): IgnoreRule | null {
  // Every one of them begins with one of five letters: most names are done here.
  switch (name.charCodeAt(0) | 0x20) {
    case 0x7e: // ~ (and ^, which no rule begins with)
      if (name.startsWith("~$")) return ownerFile;
      return name.startsWith("~") && name.endsWith(".tmp") ? temporary : null;
    case 0x2e: // .
      if (name.startsWith(".~")) return dotTilde;
      if (inRoot && name.length === ENGINE_FOLDER.length && name.toLowerCase() === ENGINE_FOLDER) return engineFolder;
      return names.get(name.toLowerCase()) ?? null;
    case 0x64: // d
    case 0x74: // t
      return names.get(name.toLowerCase()) ?? null;
    default:
      return null;
  }
}
