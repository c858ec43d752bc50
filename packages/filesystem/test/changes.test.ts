import { lstatSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { at, fingerprintOf, openFolder, piecesOf, refusalOf } from "./opened.ts";

test("what is done to files is not done to a folder, even with the folder's fingerprint", async () => {
  const { root, files } = openFolder();
  mkdirSync(join(root, "folder/inner"), { recursive: true });
  const fingerprint = await fingerprintOf(files, "folder");
  const staged = await files.stage(at("a"));
  await staged.write(piecesOf("new"));
  expect(await refusalOf(files.open(at("folder"), fingerprint))).toBe("changed");
  expect(await refusalOf(files.place(staged, at("folder"), fingerprint, null))).toBe("changed");
  expect(await refusalOf(files.setModified(at("folder"), fingerprint, 1))).toBe("changed");
  expect(await refusalOf(files.removeFile(at("folder"), fingerprint))).toBe("changed");
  expect(await files.stat(at("folder/inner"))).toMatchObject({ kind: "folder" });
});

test("nor to what a link leads to", async () => {
  const { root, files } = openFolder();
  writeFileSync(join(root, "../outside"), "1");
  symlinkSync("../outside", join(root, "link"));
  const before = lstatSync(join(root, "../outside")).mtimeMs;
  expect(await refusalOf(files.setModified(at("link"), await fingerprintOf(files, "link"), 1))).toBe("changed");
  expect(lstatSync(join(root, "../outside")).mtimeMs).toBe(before);
});

test("a time before 1970 is kept, and told in whole seconds, rounded down", async () => {
  const { root, files } = openFolder();
  const staged = await files.stage(at("a"));
  await staged.write(piecesOf("old"));
  expect(await files.place(staged, at("a"), null, -5)).toMatchObject({ mtime: -5 });
  expect(await files.setModified(at("a"), await fingerprintOf(files, "a"), -7)).toMatchObject({ mtime: -7 });
  utimesSync(join(root, "a"), new Date(-1500), new Date(-1500));
  expect(await files.stat(at("a"))).toMatchObject({ mtime: -2 });
});
