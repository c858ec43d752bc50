import fourPointOne from "@unicode/unicode-4.1.0/Simple_Case_Mapping/Lowercase/code-points.mjs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LOWER_CASE } from "./lower-case-table.ts";
import { canonicalName, nameKey, pathKey } from "./name-key.ts";

test("the table is that of the Unicode 4.1 database, code point for code point", () => {
  const ours = [...LOWER_CASE].sort((a, b) => a[0] - b[0]);
  const theirs = [...(fourPointOne as Map<number, number>)]
    .filter(([upper]) => upper > 0x7f)
    .sort((a, b) => a[0] - b[0]);
  expect(theirs.length).toBe(867);
  expect(ours).toEqual(theirs);
});

test("letters of today's alphabets that Unicode 4.1 did not know keep their case", () => {
  expect(nameKey("Ꙋ")).toBe("Ꙋ");
  expect(nameKey("Ა")).toBe("Ა");
  expect(nameKey("ẞ")).toBe("ẞ");
});

test("every character becomes one character, whatever stands beside it", () => {
  expect(nameKey("ΣΣΣ")).toBe("σσσ");
  expect(nameKey("İSTANBUL")).toBe("istanbul");
  expect(nameKey("\u{10400}")).toBe("\u{10428}");
  expect(nameKey("Ɂ")).toBe("\u0294");
});

test("ASCII letters beside others are lowered too", () => {
  expect(nameKey("ÄBC – Übung.TXT")).toBe("äbc – übung.txt");
  expect(pathKey("/Árbol/B/C.txt")).toBe("/árbol/b/c.txt");
});

test("composed and decomposed spellings are one name, answered composed", () => {
  expect(nameKey("e\u0301")).toBe(nameKey("\u00e9"));
  expect(nameKey("E\u0301")).toBe("é");
  expect(canonicalName("e\u0301")).toBe("\u00e9");
});

test("a key is its own key, and no longer than the composed name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      const key = nameKey(name);
      expect([...key].length).toBe([...canonicalName(name)].length);
      // Lower-casing can leave letters that compose anew; then the key of the key may differ, but stays the same.
      const twice = nameKey(key);
      expect(nameKey(twice)).toBe(twice);
    }),
  );
});
