import { describe, expect } from "vitest";
import { status } from "./answers.ts";
import { bothWays, inOneWorld, scenario } from "./scenario.ts";
import { mkdir, move, remove, write } from "./sides.ts";

/** Both while the engine hears of it at once, and while it finds all of it at its next start. */
const ALWAYS = { while: ["running", "stopped"] } as const;
const LOGS = { ".mignore": "*.log\n" };
const BUILD = { ".mignore": "build/\n" };

inOneWorld();

describe("what a rule leaves out", () => {
  bothWays((here, there) => `made ${here}, it is not made ${there}`, {
    ...ALWAYS,
    given: LOGS,
    here: [write("a.log", "1"), write("d/b.log", "2"), write("d/c.txt", "3")],
    outcome: {
      here: { ...LOGS, "a.log": "1", "d/b.log": "2", "d/c.txt": "3" },
      there: { ...LOGS, "d/c.txt": "3" },
    },
  });
  bothWays((here, there) => `edited, moved or deleted ${here}, the one of that name ${there} is left alone`, {
    ...ALWAYS,
    given: {
      here: { ...LOGS, "edited.log": "1", "moved.log": "2", "deleted.log": "3", "d/": "" },
      there: { ...LOGS, "edited.log": "4", "moved.log": "5", "deleted.log": "6", "d/": "" },
    },
    here: [write("edited.log", "7"), move("moved.log", "d/away.log"), remove("deleted.log")],
    outcome: {
      here: { ...LOGS, "edited.log": "7", "d/away.log": "2" },
      there: { ...LOGS, "edited.log": "4", "moved.log": "5", "deleted.log": "6", "d/": "" },
    },
  });
  bothWays((here) => `a folder ${here}, with all that is in it, but no file of that name`, {
    ...ALWAYS,
    given: BUILD,
    here: [write("build/out", "1"), write("src/build/deep/out", "2"), write("docs/build", "3"), mkdir("builder")],
    outcome: {
      here: { ...BUILD, "build/out": "1", "src/build/deep/out": "2", "docs/build": "3", "builder/": "" },
      there: { ...BUILD, "src/": "", "docs/build": "3", "builder/": "" },
    },
  });
  const syntax = {
    ".mignore": [
      "# a comment",
      "*.log",
      "!keep.log",
      "/top.txt",
      "doc/**/draft",
      "data/*.csv",
      "\\#hash",
      "[0-9].tm?",
      "out/*",
      "!out/kept",
      "whole/",
      "!whole/kept",
    ].join("\r\n"),
  };
  const synced = {
    "keep.log": "1",
    "d/top.txt": "2",
    "doc/fine": "3",
    "data/e/f.csv": "4",
    "x.tmp": "5",
    "out/kept": "6",
  };
  const left = {
    "a.log": "7",
    "d/a.log": "8",
    "top.txt": "9",
    "doc/draft": "10",
    "doc/d/e/draft": "11",
    "data/f.csv": "12",
    "#hash": "13",
    "1.tmp": "14",
    "out/left": "15",
    "whole/kept": "16",
  };
  bothWays(
    (here) => `as git reads a .gitignore, made ${here}: negated lines, anchors, stars, and no way back into a folder`,
    {
      given: syntax,
      here: Object.entries({ ...synced, ...left }).map(([path, content]) => write(path, content)),
      outcome: { here: { ...syntax, ...synced, ...left }, there: { ...syntax, ...synced, "doc/d/e/": "" } },
    },
  );
  bothWays((here) => `an ignore file in a folder has no say, made ${here}`, {
    given: {},
    here: [write("d/.mignore", "*\n"), write("d/a.txt", "1")],
    outcome: { "d/.mignore": "*\n", "d/a.txt": "1" },
  });
  const always = { ".~lock.a#": "1", "~$a.docx": "2", "d/~a.tmp": "3" };
  bothWays((here) => `what programs leave for a moment is always out, made ${here}, and no line brings it back`, {
    given: { ".mignore": "!*\n" },
    here: Object.entries({ ...always, "d/a": "4" }).map(([path, content]) => write(path, content)),
    outcome: { here: { ".mignore": "!*\n", ...always, "d/a": "4" }, there: { ".mignore": "!*\n", "d/a": "4" } },
  });
  const litter = { ".DS_Store": "1", "d/Thumbs.db": "2", "d/desktop.ini": "3" };
  scenario("what file managers leave is always out; Dropbox would not take it", {
    given: {},
    disk: Object.entries({ ...litter, "d/a": "4" }).map(([path, content]) => write(path, content)),
    outcome: { onDisk: { ...litter, "d/a": "4" }, inDropbox: { "d/a": "4" } },
    and: async (world) => expect(await status(world)).toMatchObject({ state: "up to date", notSynced: 0 }),
  });
});
