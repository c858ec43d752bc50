import { mkdirSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FileSystem, FileSystemError, type LocalIdentity } from "@twinfold/engine";
import { expect, test } from "vitest";
import { at, fingerprintOf, openFolder, piecesOf, refusalOf } from "./opened.ts";

/** Every call that looks at the disk or changes it, with what is right for a file `a`. */
async function everyCall(files: FileSystem) {
  const fingerprint = await fingerprintOf(files, "a");
  const identity = (await files.stat(at("a")))?.identity as LocalIdentity;
  const staged = await files.stage(at("a"));
  await staged.write(piecesOf("new"));
  return {
    async list() {
      for await (const result of files.list([at("")])) if ("error" in result) throw result.error;
    },
    stat: () => files.stat(at("a")),
    hash: () => files.hash(at("a"), new AbortController().signal),
    open: () => files.open(at("a"), fingerprint),
    createFolder: () => files.createFolder(at("b")),
    stage: () => files.stage(at("a")),
    write: () => staged.write(piecesOf("other")),
    place: () => files.place(staged, at("a"), fingerprint, null),
    setModified: () => files.setModified(at("a"), fingerprint, 1),
    move: () => files.move(at("a"), at("c"), identity),
    removeFile: () => files.removeFile(at("a"), fingerprint),
    removeFolder: () => files.removeFolder(at("a"), identity),
    mounts: () => files.mounts(),
    mark: () => files.mark(),
    setMark: () => files.setMark("word"),
    clearStaging: () => files.clearStaging(),
  };
}

test.each(["gone", "another"])("a root that was moved away answers no call, with %s in its place", async (place) => {
  const { root, files } = openFolder();
  const aside = join(root, "../aside");
  writeFileSync(join(root, "a"), "1");
  const calls = await everyCall(files);
  const open = await calls.open();
  expect(await open.verify()).toBe(true);
  renameSync(root, aside);
  if (place === "another") mkdirSync(root);
  const answers: Record<string, string> = {};
  for (const [name, call] of Object.entries(calls)) answers[name] = await refusalOf(call());
  expect(answers).toEqual(Object.fromEntries(Object.keys(calls).map((name) => [name, "root"])));
  expect(await open.verify()).toBe(false);

  if (place === "another") rmdirSync(root);
  renameSync(aside, root);
  expect(await calls.stat()).toMatchObject({ kind: "file", size: 1 });
  expect(await open.verify()).toBe(true);
  await open.close();
});

test("a file where the staging folder should be is said as an error of the disk", async () => {
  const { root, files } = openFolder();
  writeFileSync(join(root, ".twinfold"), "");
  await expect(files.stage(at("a"))).rejects.toBeInstanceOf(FileSystemError);
  await files.clearStaging();
});
