import { expect, test } from "vitest";
import { helpText, parseCommandLine } from "../src/command-line.ts";
import { NO_LIMITS } from "../src/conditions.ts";
import { DROPBOX_FIGURES } from "../src/figures.ts";
import { settingsOf } from "../src/settings.ts";

const NAMES = [...Object.keys(DROPBOX_FIGURES), ...Object.keys(NO_LIMITS)];
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

test("each figure and condition is an option by its name, and stands in the help", () => {
  const help = helpText();
  for (const [index, name] of NAMES.entries()) {
    const asked = parseCommandLine(["--data", "/d", `--${kebab(name)}`, String(index + 1)]);
    if ("help" in asked) throw new Error("help was not asked for");
    const { conditions, ...figures } = settingsOf(asked.options);
    expect({ ...figures, ...conditions }).toMatchObject({ [name]: index + 1 });
    expect(help).toContain(`--${kebab(name)} N`);
  }
});

test("the rest is as for startDropboxLocal", () => {
  const words = ["--data=/d", "--port", "4001", "--host", "::1", "--profile", "typical", "--ahead-seconds", "5"];
  expect(parseCommandLine([...words, "--stats", "--json"])).toEqual({
    json: true,
    options: {
      ...{ dataFolder: "/d", port: 4001, host: "::1", profile: "typical", aheadSeconds: 5 },
      ...{ control: true, stats: true },
    },
  });
  expect(parseCommandLine(["--help"])).toEqual({ help: true });
});

test.each([
  { words: [], why: "--data" },
  { words: ["--data", ""], why: "--data" },
  { words: ["--data", "/d", "--latency", "5"], why: "--latency" },
  { words: ["--data", "/d", "--latency-ms", "soon"], why: "--latency-ms takes a number, and soon is none" },
  { words: ["--data", "/d", "--port", ""], why: "--port takes a number, and nothing is none" },
  { words: ["--data", "/d", "more"], why: "more" },
])("$words is refused, and it is said why", ({ words, why }) => {
  expect(() => parseCommandLine(words)).toThrow(
    expect.objectContaining({ code: "bad-argument", message: expect.stringContaining(why) }),
  );
});
