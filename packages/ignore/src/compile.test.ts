import type { RelativePath } from "@twinfold/engine";
import { describe, expect, test } from "vitest";
import { compileIgnoreRules } from "./compile.ts";

const path = (text: string) => text as RelativePath;

/** The line that leaves a path out; a path with a slash at the end is a folder. */
function lineFor(text: string, name: string): number | null {
  const isFolder = name.endsWith("/");
  const rule = compileIgnoreRules(text).match(path(isFolder ? name.slice(0, -1) : name), isFolder ? "folder" : "file");
  return rule === null ? null : rule.line;
}

describe("patterns", () => {
  test.each([
    ["*.log", "a.log", 1],
    ["*", ".mignore", null],
    [".*", ".mignore", null],
    ["*", "sub/.mignore", 1],
    ["*.log", "deep/er/a.log", 1],
    ["/*.log", "deep/a.log", null],
    ["build/", "build/", 1],
    ["build/", "build", null],
    ["build/", "src/build/x.o", 1],
    ["doc/*.txt", "doc/a.txt", 1],
    ["doc/*.txt", "doc/sub/a.txt", null],
    ["doc/**/a.txt", "doc/a.txt", 1],
    ["doc/**/a.txt", "doc/x/y/a.txt", 1],
    ["doc/**", "doc/", null],
    ["doc/**", "doc/a", 1],
    ["**/doc", "a/doc", 1],
    ["*.log\n!keep.log", "keep.log", null],
    ["build/\n!build/keep", "build/keep", 1],
    ["build/*\n!build/keep", "build/keep", null],
    ["\\#a", "#a", 1],
    ["\\!a", "!a", 1],
    ["#a", "#a", null],
    ["a\\ ", "a ", 1],
    ["a  ", "a", 1],
    ["a\t", "a\t", 1],
    ["\uFEFFa", "a", 1],
    ["a\r\nb\r\n", "b", 2],
    ["[[:digit:]a-c]x", "bx", 1],
    ["[[:digit:]a-c]x", "dx", null],
    ["[!a]x", "bx", 1],
    ["?", "é", null],
    ["??", "é", 1],
    ["a**/b/?", "ab/x/b/c", 1],
    ["foo**bar", "fooxbar", 1],
    ["x/foo**bar", "x/foo/bar", null],
  ] as const)("%j on %s: line %s", (text, name, line) => {
    expect(lineFor(text, name)).toBe(line);
  });

  test("the rule names its file, its line and its pattern as written", () => {
    expect(compileIgnoreRules("# nothing\n\n/out/  \n", "some.ignore").match(path("out/a"), "file")).toEqual({
      source: "some.ignore",
      line: 3,
      pattern: "/out/",
    });
  });

  test("the root is never left out", () => {
    expect(compileIgnoreRules("*").match(path(""), "folder")).toBeNull();
  });

  test("many stars against a long name that does not match take no exponential time", () => {
    const rules = compileIgnoreRules(`${"*a".repeat(30)}b\n**/${"a*/**/".repeat(12)}b`);
    expect(rules.match(path("a".repeat(250)), "file")).toBeNull();
    expect(rules.match(path("aa/".repeat(80).slice(0, -1)), "file")).toBeNull();
  });
});

describe("what is always left out", () => {
  test.each([
    [".DS_Store", ".DS_Store"],
    ["a/thumbs.DB", "Thumbs.db"],
    ["a/b/Desktop.ini", "desktop.ini"],
    ["~$report.docx", "~$*"],
    ["a/.~lock.x#", ".~*"],
    ["~wrl0001.tmp", "~*.tmp"],
    [".twinfold", "/.twinfold"],
    [".twinfold/staging/x", "/.twinfold"],
    [".DS_Store/below", ".DS_Store"],
  ])("%s, whatever an ignore file says", (name, pattern) => {
    const rules = compileIgnoreRules("!*\n!.DS_Store\n!/.twinfold\n");
    expect(rules.match(path(name), "file")).toEqual({ source: "always ignored", line: 0, pattern });
  });

  test.each(["a/.twinfold", "~", "a~.tmp", "~a.tmp.txt", "^$a", "x.DS_Store", "Thumbs.db.txt", ".twinfolder", ".~"])(
    "%s is not among it (or only by its own rule)",
    (name) => {
      const rule = compileIgnoreRules("").match(path(name), "folder");
      expect(rule?.pattern ?? null).toBe(name === ".~" ? ".~*" : null);
    },
  );
});

describe("lines that can match nothing", () => {
  test.each([
    ["a[b", /not closed/],
    ["[[:word:]]", /no character class \[:word:\]/],
    ["a\\", /backslash at the end/],
    ["a\\/", /backslash at the end/],
    ["/", /Nothing is left/],
    ["!", /Nothing is left/],
    ["a//b", /two slashes/],
    ["//a", /two slashes/],
    ["./a", /component/],
    ["a/../b", /component/],
    ["a[/]b", /leaves no character/],
  ])("%j is told with its reason, and the lines around it hold", (line, why) => {
    const rules = compileIgnoreRules(`first\n${line}\nlast\n`);
    expect(rules.problems).toEqual([{ line: 2, pattern: line, why: expect.stringMatching(why) }]);
    expect(rules.match(path("first"), "file")?.line).toBe(1);
    expect(rules.match(path("last"), "file")?.line).toBe(3);
  });

  test("empty lines and comments are no problem", () => {
    expect(compileIgnoreRules("\n \n#[\n\r\n# \\\n").problems).toEqual([]);
  });
});
