import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { expect, test } from "vitest";
import { ALL_MUTANTS } from "./all-mutants.ts";
import { fileOf, mutate } from "./mutant.ts";

test.each(ALL_MUTANTS)("$id breaks one place of the engine, and leaves it a program", (mutant) => {
  const source = readFileSync(fileOf(mutant), "utf8");
  const mutated = mutate(source, mutant);
  expect(mutated).not.toBe(source);
  expect(() => stripTypeScriptTypes(mutated)).not.toThrow();
});

test("each mutant has a name of its own", () => {
  const ids = ALL_MUTANTS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
