import type { IgnoreRule, IgnoreRules } from "@twinfold/engine";
import { alwaysIgnored } from "./always-ignored.ts";
import { compileGitIgnore } from "./git-ignore.ts";

/** Folders whose decision is remembered at most; then all are forgotten and found anew. */
const REMEMBERED_FOLDERS = 50_000;

/**
 * Compiles an ignore file that lies at the root, matched as `git check-ignore` matches a `.gitignore` there, together
 * with the rules that hold without any file. Lines that can match nothing are in `problems`; nothing is thrown.
 * @param source the file's name, for the rules that it decides by.
 */
export function compileIgnoreRules(text: string, source = ".mignore"): IgnoreRules {
  const git = compileGitIgnore(text);
  const rules = new Map<number, IgnoreRule>();
  const folders = new Map<string, IgnoreRule | null>();
  // Paths mostly come folder by folder.
  let lastFolder = "";
  let lastDecision: IgnoreRule | null = null;

  const matchOwn = (path: string, slash: number, kind: "file" | "folder"): IgnoreRule | null => {
    const always = alwaysIgnored(slash < 0 ? path : path.slice(slash + 1), slash < 0);
    if (always !== null) return always;
    const decided = git.decide(path, kind);
    if (decided === null || decided.negated) return null;
    const known = rules.get(decided.line);
    if (known !== undefined) return known;
    const rule = { source, line: decided.line, pattern: decided.text };
    rules.set(decided.line, rule);
    return rule;
  };

  // A folder that is out takes everything below with it, whatever later lines say: git never looks inside.
  const match = (path: string, kind: "file" | "folder"): IgnoreRule | null => {
    // The file itself is synced whatever it says: otherwise whoever writes `*` elsewhere can't take it back.
    if (path === source && kind === "file") return null;
    const slash = path.lastIndexOf("/");
    return (slash < 0 ? null : matchFolder(path.slice(0, slash))) ?? matchOwn(path, slash, kind);
  };

  const matchFolder = (folder: string): IgnoreRule | null => {
    if (folder === lastFolder) return lastDecision;
    let decision = folders.get(folder);
    if (decision === undefined) {
      decision = match(folder, "folder");
      if (folders.size >= REMEMBERED_FOLDERS) folders.clear();
      folders.set(folder, decision);
    }
    lastFolder = folder;
    lastDecision = decision;
    return decision;
  };

  return { match: (path, kind) => (path === "" ? null : match(path, kind)), problems: git.problems };
}
