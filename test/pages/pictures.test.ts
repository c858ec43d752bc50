import { globSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const PAGES = fileURLToPath(new URL(".", import.meta.url));
const DOCS = fileURLToPath(new URL("../../docs/", import.meta.url));

/** What the suites take, by the names that they give. */
function taken(): readonly string[] {
  const suites = globSync("**/*.test.ts", { cwd: PAGES }).map((name) => readFileSync(`${PAGES}${name}`, "utf8"));
  return suites.flatMap((text) => [...text.matchAll(/ picture\([\w.()]+, "([^"]+)"/g)].map(([, name = ""]) => name));
}
/** A picture's name without what it was looked at with. */
const ofFile = (file: string) => file.replace(/-(?:desktop|phone)(?:-dark)?\.webp$/, "");

test("each picture that the suites take is in the docs, shown on their page, and no other is", () => {
  const names = [...new Set(taken())].sort();
  expect(names.length).toBeGreaterThan(40);
  const files = readdirSync(`${DOCS}screenshots`);
  expect([...new Set(files.map(ofFile))].sort()).toEqual(names);
  for (const device of ["desktop", "phone"])
    expect(
      files
        .filter((one) => one.endsWith(`-${device}.webp`))
        .map(ofFile)
        .sort(),
    ).toEqual(names);
  const shown = [...readFileSync(`${DOCS}pages.md`, "utf8").matchAll(/\]\(screenshots\/([^)]+)\)/g)].map(
    ([, file = ""]) => file,
  );
  expect(shown.filter((file) => !files.includes(file))).toEqual([]);
  expect([...new Set(shown.map(ofFile))].sort()).toEqual(names);
});
