import type { Mutant } from "./mutant.ts";

const merge = "plan/merge.ts";
const structure = "plan/structure.ts";
const operations = "plan/operations.ts";
const keptFolders = "plan/kept-folders.ts";
const planner = "plan/planner.ts";
const round = "plan/planning-round.ts";

/** What is to be done: single nodes, several together, operations, the plan and its rounds. */
export const PLANNING_MUTANTS: readonly Mutant[] = [
  {
    id: "edit-on-disk-dies",
    file: merge,
    find: "if (localEdited) return",
    replace: "if (false) return",
    breaks: "an edit on disk goes with the deletion in Dropbox",
  },
  {
    id: "edit-in-dropbox-dies",
    file: merge,
    find: "if (remoteEdited) return",
    replace: "if (false) return",
    breaks: "an edit in Dropbox goes with the deletion on disk",
  },
  {
    id: "conflict-disk-overwrites",
    file: merge,
    find: ": localEdited && remoteEdited",
    replace: ": false",
    breaks: "where both sides edited, the disk's version is uploaded over Dropbox's",
  },
  {
    id: "moved-on-both-disk-wins",
    file: merge,
    find: "(localMoved && !remoteMoved)",
    replace: "localMoved",
    breaks: "where both sides moved, the disk's place wins",
  },
  {
    id: "unhashed-not-waited-for",
    file: merge,
    find: "const waits = unknown.has(id) || unhashed",
    replace: "const waits = unknown.has(id)",
    breaks: "what becomes of a file that was not read yet is decided at once",
  },
  {
    id: "unknown-not-waited-for",
    file: merge,
    find: "const waits = unknown.has(id) || unhashed",
    replace: "const waits = unhashed",
    breaks: "what is missing or under way is planned as if all were known",
  },
  {
    id: "transient-name-is-a-wish",
    file: merge,
    find: "if (original === null)",
    replace: "if (true)",
    breaks: "a name that the engine gave for a moment is taken for a user's rename",
  },
  {
    id: "rings-not-broken",
    file: planner,
    find: "breakRings(nodes, merge);",
    replace: "",
    breaks: "two folders moved into each other on the two sides make a ring",
  },
  {
    id: "folder-not-revived",
    file: planner,
    find: "consider(reviveFolders(active, merge));",
    replace: "",
    breaks: "a deleted folder goes although something in it was created or edited",
  },
  {
    id: "disk-keeps-name",
    file: structure,
    find: "(there ? 2 : 0)",
    replace: "(there ? 0 : 2)",
    breaks: "in a conflict the disk's version keeps the name",
  },
  {
    id: "equal-contents-conflict",
    file: structure,
    find: "if (twin !== null) {",
    replace: "if (false) {",
    breaks: "new files with equal content are not taken for one",
  },
  {
    id: "twins-by-name-alone",
    file: structure,
    find: "if (onDisk.local.hash !== hash && !unanswered.has(onDisk.id, hash)) return null;",
    replace: "",
    breaks: "new files with other content are taken for one",
  },
  {
    id: "own-upload-is-anothers",
    file: structure,
    find: "onDisk.local.hash !== hash && !unanswered.has(onDisk.id, hash)",
    replace: "onDisk.local.hash !== hash",
    breaks: "a new file whose upload was not answered is taken for another's",
  },
  {
    id: "deleted-before-its-folder-is-known",
    file: merge,
    find: 'merge(folder).fate === "wait" ? "wait" : "delete"',
    replace: 'merge(folder).fate === "wait" ? "delete" : "delete"',
    breaks: "what was deleted with its folder is deleted before the folder's own fate is known",
  },
  {
    id: "copy-name-taken",
    file: structure,
    find: "if (taken) continue;",
    replace: "",
    breaks: "a conflict copy goes to a name that is taken",
  },
  {
    id: "old-kind-keeps-name",
    file: structure,
    find: "Number(replaces(b, rest)) - Number(replaces(a, rest)) ||",
    replace: "",
    breaks: "a file that became a folder does not keep the name against an edit of the file",
  },
  {
    id: "names-go-round-for-ever",
    file: "plan/waiting.ts",
    find: "stepAside(side, byNode);",
    replace: "",
    breaks: "nobody steps aside where names were swapped",
  },
  {
    id: "ignored-goes-with-folder",
    file: keptFolders,
    find: '? "ignored"\n',
    replace: "? null\n",
    breaks: "a folder in Dropbox is deleted with the ignored files in it",
  },
  {
    id: "living-goes-with-folder",
    file: keptFolders,
    find: ': fate !== "delete"',
    replace: ": false",
    breaks: "a folder in Dropbox is deleted before what lives has left it",
  },
  {
    id: "way-always-free",
    file: operations,
    find: "if (inTheWay === null)",
    replace: "if (true)",
    breaks: "an operation begins while its name is taken or its folder not there",
  },
  {
    id: "moves-are-one-sided",
    file: operations,
    find: 'for (const side of ["local", "remote"] as const) {\n      const present = side',
    replace: 'for (const side of ["remote"] as const) {\n      const present = side',
    breaks: "a move in Dropbox is not made on disk",
  },
  {
    id: "ignored-is-synced",
    file: planner,
    find: "const rule = context.ignoredBy(",
    replace: "const rule = null && context.ignoredBy(",
    breaks: "what the ignore file names is synced",
  },
  {
    id: "ignored-stays-in-base",
    file: planner,
    find: 'return canFollow(node) ? null : { kind: "release" };',
    replace: "return null;",
    breaks: "what was moved to an ignored place goes on being synced",
  },
  {
    id: "settled-without-content",
    file: planner,
    find: "local.hash === remote.hash && !agreementIsNews(node)",
    replace: "!agreementIsNews(node)",
    breaks: "equal places are enough to be at rest",
  },
  {
    id: "parked-for-ever",
    file: round,
    find: "if (!parked.delete(id)) continue;",
    replace: "parked.delete(id);\n          continue;",
    breaks: "what waited for another to be out of its way is never looked at again",
  },
  {
    id: "rest-before-the-freed",
    file: round,
    find: "if (isFreed) continue;",
    replace: "",
    breaks: "all is said to be up to date before what waited for a name has come",
  },
];
