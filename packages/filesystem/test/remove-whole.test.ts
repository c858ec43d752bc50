import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { asOrdinaryUser } from "../../../test/parity/disk/ordinary-user.ts";
import { removeWhole } from "../src/index.ts";

let base: string;
const at = (path: string) => join(base, path);
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "twinfold-remove-"));
  mkdirSync(at("folder/inner/deep"), { recursive: true });
  writeFileSync(at("folder/inner/deep/file"), "");
});
afterEach(() => rmSync(base, { recursive: true }));
const own = (path: string) => (uid: number, gid: number) => chownSync(at(path), uid, gid);
const each = ["", "folder", "folder/inner", "folder/inner/deep"];

test.each([
  ["read-only", 0o555],
  ["not to be read", 0o333],
  ["shut", 0],
])("folders of one's own that are %s go, with what is in them", async (_, mode) => {
  for (const path of each.slice(1).toReversed()) chmodSync(at(path), mode);
  const end = asOrdinaryUser((uid, gid) => {
    for (const path of each) own(path)(uid, gid);
  });
  try {
    await removeWhole(at("folder"));
  } finally {
    end();
  }
  expect(readdirSync(base)).toEqual([]);
});

test.skipIf(process.getuid?.() !== 0)("another's stays closed, and the refusal is told", async () => {
  chmodSync(at("folder/inner/deep"), 0o555);
  const end = asOrdinaryUser((uid, gid) => {
    for (const path of each.slice(0, 3)) own(path)(uid, gid);
  });
  try {
    await expect(removeWhole(at("folder"))).rejects.toMatchObject({ code: "EACCES" });
  } finally {
    end();
  }
  expect(lstatSync(at("folder/inner/deep")).mode & 0o777).toBe(0o555);
  expect(readdirSync(at("folder/inner/deep"))).toEqual(["file"]);
});
