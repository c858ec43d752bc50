import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openState } from "../src/state-folder.ts";
import { ownStateFolder } from "../src/trees-file.ts";

const BOUND = { rootIdentity: "1:2", accountId: "dbid:A", remotePath: "/A/B/C" };
let folder: string;
let warnings: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-state-"));
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Opens it, leaves a word there and closes it. @returns the word that was there */
function visit(binding: typeof BOUND, word: string): string | null {
  const store = openState(ownStateFolder(folder), binding, (message) => warnings.push(message));
  const before = store.readMeta("cursor");
  store.writeMeta("cursor", word);
  store.close();
  return before;
}

test("what is remembered is there again, and is not written anew: a kill at any moment leaves it bound", () => {
  visit(BOUND, "one");
  const { ino, mtimeNs } = statSync(join(folder, "binding.json"), { bigint: true });
  expect(visit(BOUND, "two")).toBe("one");
  const after = statSync(join(folder, "binding.json"), { bigint: true });
  expect([after.ino, after.mtimeNs]).toEqual([ino, mtimeNs]);
  expect(warnings).toEqual([]);
});

test("what is about another account is moved aside, and its binding is replaced whole", () => {
  visit(BOUND, "one");
  const before = statSync(join(folder, "binding.json"), { bigint: true }).ino;
  expect(visit({ ...BOUND, accountId: "dbid:B" }, "two")).toBe(null);
  expect(warnings).toEqual([expect.stringContaining("another folder or account")]);
  // Another file took its name: nobody ever sees half of one.
  expect(statSync(join(folder, "binding.json"), { bigint: true }).ino).not.toBe(before);
  expect(JSON.parse(readFileSync(join(folder, "binding.json"), "utf8"))).toEqual({ ...BOUND, accountId: "dbid:B" });
  expect(readdirSync(join(folder, "aside-1"))).toContain("trees.db");
});

test("trees that can't be read are moved aside, and everything is compared anew", () => {
  visit(BOUND, "one");
  writeFileSync(join(folder, "trees.db"), "no database ".repeat(1000));
  for (const suffix of ["-wal", "-shm"]) rmSync(join(folder, `trees.db${suffix}`), { force: true });
  expect(visit(BOUND, "two")).toBe(null);
  expect(warnings).toEqual([expect.stringContaining("could not be read")]);
  expect(visit(BOUND, "three")).toBe("two");
});
