import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openSealer, UnsealError } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "twinfold-sealer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sealer = openSealer(join(folder, "secret.key"));
const sealed = sealer.seal("a token", "tokens");

test("what was sealed opens with the key in the file, for the same purpose", () => {
  expect(sealed).not.toContain("a token");
  expect(openSealer(join(folder, "secret.key")).open(sealed, "tokens")).toBe("a token");
});

test.each([
  ["another key", () => openSealer(join(folder, "other.key")).open(sealed, "tokens")],
  ["another purpose", () => sealer.open(sealed, "passwords")],
  ["a changed text", () => sealer.open(`${sealed.slice(0, -8)}AAAAAAA=`, "tokens")],
  ["a text cut short", () => sealer.open(sealed.slice(0, 12), "tokens")],
  ["no sealed text", () => sealer.open("a token", "tokens")],
])("%s is told as an error of its own kind", (_what, open) => {
  expect(open).toThrow(UnsealError);
});

test("a file that holds no key is refused by its name", () => {
  writeFileSync(join(folder, "short.key"), "c2hvcnQ=\n");
  expect(() => openSealer(join(folder, "short.key"))).toThrow(/short\.key does not hold a key/);
});
