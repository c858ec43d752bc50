import fs, {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { OwnMounts } from "../../../test/scenarios/own-mounts.ts";
import { type OpenedFileSystem, openFileSystem } from "../src/index.ts";
import { exchangeNames } from "../src/rename.ts";
import { renameBySteps } from "../src/rename-by-steps.ts";
import { at, fingerprintOf, piecesOf, refusalOf } from "./opened.ts";
import { shaHasher } from "./sha-hasher.ts";

const OPTIONS = "attr_timeout=300,entry_timeout=300,negative_timeout=300";
const mounts = await OwnMounts.open();
const isPossible = mounts !== null && tries(mounts);

function tries(own: OwnMounts): boolean {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-tries-"));
  try {
    own.run("bindfs", "-o", OPTIONS, folder, folder);
    own.run("umount", "-l", folder);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Answers one call of `node:fs` for a test. */
function answering<K extends keyof typeof fs>(name: K, answer: (typeof fs)[K]): void {
  const original = fs[name];
  Object.assign(fs, { [name]: answer });
  syncBuiltinESMExports();
  onTestFinished(() => {
    Object.assign(fs, { [name]: original });
    syncBuiltinESMExports();
  });
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-steps-"));
  mkdirSync(join(folder, "store"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const beneath = (path: string) => join(folder, "store", path);
const text = (path: string) => readFileSync(beneath(path), "utf8");
const names = () => readdirSync(beneath("")).sort();

/** FUSE refuses the flags as NFS does, and what was not there it remembers for minutes. Needs bindfs and FUSE. */
describe.skipIf(!isPossible)("a file system that can't promise that a name is free (skipped without bindfs)", () => {
  const own = mounts as OwnMounts;
  let files: OpenedFileSystem;
  const seen = (path: string) => own.at(join(folder, "point", path));
  beforeEach(() => {
    mkdirSync(join(folder, "point"));
    own.run("bindfs", "-o", OPTIONS, join(folder, "store"), join(folder, "point"));
    files = openFileSystem({ root: seen(""), hasher: shaHasher, session: "test", shared: true });
  });
  afterEach(async () => {
    await files.close().catch(() => undefined);
    own.run("umount", "-l", join(folder, "point"));
  });
  afterAll(() => own.close());

  async function place(path: string, content: string): Promise<unknown> {
    const expected = (await files.stat(at(path)))?.fingerprint ?? null;
    const staged = await files.stage(at(path));
    await staged.write(piecesOf(content));
    return files.place(staged, at(path), expected, null).finally(() => staged.discard());
  }

  test("it neither renames to a free name nor exchanges two, and goes on saying that nothing is there", () => {
    writeFileSync(seen("a"), "1");
    expect(existsSync(seen("to"))).toBe(false);
    writeFileSync(beneath("to"), "another machine's");
    expect(existsSync(seen("to"))).toBe(false);
    writeFileSync(seen("b"), "2");
    expect(exchangeNames(seen("a"), seen("b"))).toBe(false);
  });

  // Asked to rename with a flag that it refuses, FUSE looks anew, and NFS does not: here nothing is asked so before.
  test("what another machine has made since keeps its name: a file, and a folder that holds something", () => {
    for (const kind of ["file", "folder"]) {
      if (kind === "file") writeFileSync(seen("file"), "mine");
      else mkdirSync(seen("folder"));
      expect(existsSync(seen(`to ${kind}`))).toBe(false);
      if (kind === "file") writeFileSync(beneath("to file"), "another machine's");
      else {
        mkdirSync(beneath("to folder"));
        writeFileSync(beneath("to folder/in"), "another machine's");
      }
      expect(renameBySteps(seen(kind), seen(`to ${kind}`))).toBe(false);
    }
    expect([text("file"), text("to file"), text("to folder/in")]).toEqual([
      "mine",
      "another machine's",
      "another machine's",
    ]);
    expect(existsSync(seen("over a file"))).toBe(false);
    writeFileSync(beneath("over a file"), "another machine's");
    expect(renameBySteps(seen("folder"), seen("over a file"))).toBe(false);
    expect(names()).toEqual(["file", "folder", "over a file", "to file", "to folder"]);
  });

  test("files come, are replaced, moved and removed, and nothing else is left", async () => {
    await place("a", "one");
    await place("a", "two");
    await files.createFolder(at("d"));
    await files.move(at("a"), at("d/a"), (await files.stat(at("a")))?.identity as never);
    await files.move(at("d"), at("e"), (await files.stat(at("d")))?.identity as never);
    await place("b", "three");
    await files.removeFile(at("b"), await fingerprintOf(files, "b"));
    expect([text("e/a"), names()]).toEqual(["two", [".twinfold", "e"]]);
    await files.close();
    expect([names(), readdirSync(beneath("e"))]).toEqual([["e"], ["a"]]);
  });

  test("what comes down to a name that another machine has just taken stays away", async () => {
    expect(await files.stat(at("new"))).toBeNull();
    const staged = await files.stage(at("new"));
    await staged.write(piecesOf("from Dropbox"));
    writeFileSync(beneath("new"), "another machine's");
    expect(await refusalOf(files.place(staged, at("new"), null, null))).toBe("exists");
    await staged.discard();
    expect(text("new")).toBe("another machine's");
  });
});

describe("a rename by steps", () => {
  let later = 0;
  beforeEach(() => {
    // What was seen of links in the last test is no longer believed.
    later += 60_000;
    vi.spyOn(performance, "now").mockReturnValue(performance.now() + later);
    onTestFinished(() => void vi.restoreAllMocks());
    writeFileSync(beneath("from"), "mine");
    writeFileSync(beneath("taken"), "another's");
  });

  const KINDS = ["links", "no links", "no room for a link", "links that are other files"];
  test.each(KINDS)("with %s it takes a free name only", (kind) => {
    if (kind.startsWith("no "))
      answering("linkSync", () => {
        throw Object.assign(new Error("no link here"), { code: kind === "no links" ? "EPERM" : "ENOSPC" });
      });
    if (kind === "links that are other files")
      answering("linkSync", (from, to) => copyFileSync(from, to, fs.constants.COPYFILE_EXCL));
    const { ino } = fs.statSync(beneath("from"));
    expect(renameBySteps(beneath("from"), beneath("taken"))).toBe(false);
    expect(renameBySteps(beneath("from"), beneath("free"))).toBe(true);
    expect([names(), text("free"), text("taken")]).toEqual([["free", "taken"], "mine", "another's"]);
    expect(fs.statSync(beneath("free")).ino).toBe(ino);
  });

  test("who saves under the old name in the middle of it keeps that", () => {
    const link = fs.linkSync;
    answering("linkSync", (from, to) => {
      link(from, to);
      if (to !== beneath("free")) return;
      writeFileSync(beneath("saved"), "saved just now");
      renameSync(beneath("saved"), beneath("from"));
    });
    expect(renameBySteps(beneath("from"), beneath("free"))).toBe(true);
    expect([names(), text("free"), text("from")]).toEqual([["free", "from", "taken"], "mine", "saved just now"]);
  });

  test("a folder takes a free name only", () => {
    mkdirSync(beneath("folder"));
    writeFileSync(beneath("folder/in"), "1");
    expect(renameBySteps(beneath("folder"), beneath("taken"))).toBe(false);
    expect(renameBySteps(beneath("folder"), beneath("moved"))).toBe(true);
    expect([text("moved/in"), names()]).toEqual(["1", ["from", "moved", "taken"]]);
  });
});
