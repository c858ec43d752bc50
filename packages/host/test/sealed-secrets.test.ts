import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

test("what an older key has sealed opens while its file is given, and once it is sealed anew without it", () => {
  const [older, newer] = [join(folder, "secret.key"), join(folder, "newer.key")];
  const rotating = openSealer(newer, [join(folder, "other.key"), older]);
  expect(rotating.open(sealed, "tokens")).toBe("a token");
  const anew = rotating.reseal(sealed, "tokens") ?? "";
  expect(openSealer(newer).open(anew, "tokens")).toBe("a token");
  expect(rotating.reseal(anew, "tokens")).toBeNull();
  for (const refused of [
    () => openSealer(older).open(anew, "tokens"),
    () => rotating.reseal(sealed, "passwords"),
    () => openSealer(newer, [join(folder, "other.key")]).open(sealed, "tokens"),
  ])
    expect(refused).toThrow(UnsealError);
});

test("an older key that is not there is not drawn, and neither is a new one then", () => {
  const [gone, fresh] = [join(folder, "gone.key"), join(folder, "fresh.key")];
  expect(() => openSealer(fresh, [gone])).toThrow(/gone\.key can't be read/);
  expect([gone, fresh].map((file) => existsSync(file))).toEqual([false, false]);
});

test("a file that holds no key is refused by its name", () => {
  writeFileSync(join(folder, "short.key"), "c2hvcnQ=\n");
  expect(() => openSealer(join(folder, "short.key"))).toThrow(/short\.key does not hold a key/);
});
