import { expect, test } from "vitest";
import { uselessLines } from "./useless-lines.ts";

test.each([
  ["*.log\n!keep.log\n", []],
  ["*.log\n# a comment\n*.log\n", [1]],
  ["*.log\n!keep.log\n*.log\n!keep.log\n", [1, 2]],
  ["!keep.log\n*.log\n", [1]],
  ["build/\n!build/keep\n", [2]],
  ["/build\n!/build/deep/*.txt\n!build/**\n", [2, 3]],
  ["build/*\n!build/keep\n!build/other/\n", []],
  ["build/\n!build/\n!build/keep\n", []],
  ["*.log\n!src/*.log\n!**/build/keep\n", []],
  // Malformed lines are told by the rules themselves, and leave nothing out.
  ["a[\n!keep\n", [2]],
  ["a\nb[\nb[\n", []],
])("of %j these lines decide about nothing: %j", (text, lines) => {
  expect(uselessLines(text).map(({ line }) => line)).toEqual(lines);
});

test("it is said which line is in the way", () => {
  expect(uselessLines("# made anew\nbuild/\n!build/keep.txt\n")).toEqual([
    {
      line: 3,
      pattern: "!build/keep.txt",
      why: "Line 2 leaves out a whole folder, build/ or one around it, and nothing in it can be brought back.",
    },
  ]);
});
