import type { Mutant } from "./mutant.ts";

const guard = "control/guard.ts";
const ignoreFile = "ignore-file.ts";
const gate = "gate.ts";
const handingOut = "control/handing-out.ts";

/** What holds back: the guard, the ignore file, the order in which things may happen. */
export const GUARDING_MUTANTS: readonly Mutant[] = [
  {
    id: "gone-root-never-rests",
    file: "control/cycles.ts",
    find: "if (troubles.rootRests()) return alarm.sleep(troubles.nextTry(began) ?? ROOT_AGAIN, signal);",
    replace: "",
    breaks: "while the root is gone, the engine looks for it without a pause",
  },
  {
    id: "no-guard",
    file: guard,
    find: "return own.length > 0 && isTooMany(side, all, sent) ? own : own.filter(({ node }) => asked.has(node));",
    replace: "return [];",
    breaks: "many deletions at once are made without a question",
  },
  {
    id: "held-go-when-few",
    file: guard,
    find: ": own.filter(({ node }) => asked.has(node));",
    replace: ": [];",
    breaks: "held deletions are made, unanswered, once they are few beside what has come meanwhile",
  },
  {
    id: "guard-forgets-what-is-under-way",
    file: guard,
    find: "const lost = gone[side].most(nodes);",
    replace: "const lost = files;",
    breaks: "deletions that come a few at a time are never many",
  },
  {
    id: "guard-does-not-wait",
    file: guard,
    find: 'operation.kind !== "delete" || hasSeenAll()',
    replace: "true",
    breaks: "deletions begin while more of them are still being looked at",
  },
  {
    id: "brought-back-is-applied",
    file: guard,
    find: 'if (choice === "apply") approveHeld();',
    replace: "if (true) approveHeld();",
    breaks: "held deletions are made although the person wanted the files back",
  },
  {
    id: "rules-unreadable-rules-gone",
    file: ignoreFile,
    find: "unread = error.message;\n    return false;",
    replace: 'text = "";\n    fingerprint = null;\n    rules = compile(text);\n    return true as false;',
    breaks: "an ignore file that can't be looked at counts as none",
  },
  {
    id: "rules-unread-the-old-hold",
    file: ignoreFile,
    find: "unread = error.message;",
    replace: "if (!isKnown) unread = error.message;",
    breaks: "while a changed ignore file can't be read, the rules that held before decide",
  },
  {
    id: "rules-unread-are-none",
    file: handingOut,
    find: " && works.ignoreFile.unread() === null",
    replace: "",
    breaks: "an ignore file that can't be read at the start counts as none",
  },
  {
    id: "rules-never-read-again",
    file: ignoreFile,
    find: "if (now === fingerprint && isKnown) {",
    replace: "if (fingerprint !== null) {",
    breaks: "a change of the ignore file takes no effect",
  },
  {
    id: "ignored-file-is-deleted",
    file: ignoreFile,
    find: "store.synced.remove(child.id);",
    replace: "",
    breaks: "what a new rule names stays in the base",
  },
  {
    id: "no-lock",
    file: gate,
    find: "const result = tail.then(body);",
    replace: "const result = Promise.resolve().then(body);",
    breaks: "the disk is looked at while it is changed",
  },
  {
    id: "changes-overtake-writes",
    file: gate,
    find: "if (sharing > 0) return;",
    replace: "",
    breaks: "changes are read while a write of ours is in the air",
  },
  {
    id: "ignore-file-is-nothing-special",
    file: handingOut,
    find: "ofRules.length > 0 ? ofRules : ready;",
    replace: "ready;",
    breaks: "the ignore file comes together with what it leaves out",
  },
  {
    id: "folder-gone-from-dropbox-is-empty",
    file: "control/remote-root.ts",
    find: "if (store.synced.children(ROOT).length > 0) {",
    replace: "if (false) {",
    breaks: "the absence of the session's folder in Dropbox is taken for deletions",
  },
  {
    id: "new-files-do-not-wait-but-are-left",
    file: "control/backlog.ts",
    find: "waiting[file.side].add(id, file.parent);",
    replace: "",
    breaks: "new files that there is no room for yet are forgotten",
  },
  {
    id: "new-folder-before-the-one-it-lies-in",
    file: "execute/in-flight.ts",
    find: "flights.get(parent)?.paths.at(-1) : place(parent)",
    replace: "(flights.get(parent)?.paths.at(-1) ?? place(parent)) : place(parent)",
    breaks: "a new folder is made in one that waits, or could not be made",
  },
  {
    id: "new-folder-in-a-new-one-lies-at-the-root",
    file: "execute/remote-executor.ts",
    find: "made.get(parent) ?? ",
    replace: "",
    breaks: "a new folder in a new one is made where that one is not",
  },
];
