import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { Fingerprint, LocalStat, RelativePath } from "@twinfold/engine";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { OwnMounts } from "../../../test/scenarios/own-mounts.ts";
import { type OpenedFileSystem, openFileSystem } from "../src/index.ts";
import { piecesOf } from "./opened.ts";
import { shaHasher } from "./sha-hasher.ts";

const mounts = await OwnMounts.open();
const TODAY = new Date().toISOString().slice(0, 10);

/** What is mounted inside the root: `store` at `data` and, another file system, a tmpfs at `disk`. */
describe.skipIf(mounts === null)("folders inside the root that are mounts of their own", () => {
  const own = mounts as OwnMounts;
  let folder: string;
  let root: string;
  let fileSystem: OpenedFileSystem;

  const seen = (path: string) => own.at(join(folder, path));
  const at = (path: string) => path as RelativePath;
  const text = (path: string) => readFileSync(join(root, path), "utf8");
  const open = () => openFileSystem({ root, hasher: shaHasher, session: "test" });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twinfold-mounts-"));
    for (const name of ["root/data", "root/disk", "store/deep"]) mkdirSync(join(folder, name), { recursive: true });
    own.run("mount", "--bind", join(folder, "root"), join(folder, "root"));
    own.run("mount", "--bind", join(folder, "store"), join(folder, "root/data"));
    own.run("mount", "-t", "tmpfs", "none", join(folder, "root/disk"));
    root = seen("root");
    fileSystem = open();
  });

  afterEach(async () => {
    await fileSystem.close();
    own.run("umount", "-l", "-R", join(folder, "root"));
    rmSync(folder, { recursive: true, force: true });
  });
  afterAll(() => own.close());

  async function staged(path: string, content: string) {
    const file = await fileSystem.stage(at(path));
    await file.write(
      (async function* () {
        yield Buffer.from(content);
      })(),
    );
    return file;
  }

  async function look(path: string): Promise<LocalStat> {
    const stat = await fileSystem.stat(at(path));
    if (stat === null) throw new Error(`${path} is not there`);
    return stat;
  }

  async function place(path: string, content: string, expected: Fingerprint | null): Promise<void> {
    const file = await staged(path, content);
    await fileSystem.place(file, at(path), expected, null).finally(() => file.discard());
  }

  async function names(path: string): Promise<string[]> {
    for await (const listing of fileSystem.list([at(path)])) {
      if ("entries" in listing) return listing.entries.map(({ name }) => name).sort();
    }
    return [];
  }

  test.each(["data/a", "data/deep/a", "disk/a", "a"])("%s comes, is replaced, and goes", async (path) => {
    await place(path, "one", null);
    expect(text(path)).toBe("one");
    await expect(place(path, "two", null)).rejects.toMatchObject({ code: "exists" });
    const { fingerprint } = await look(path);
    await place(path, "two", fingerprint);
    expect(text(path)).toBe("two");
    await expect(place(path, "three", fingerprint)).rejects.toMatchObject({ code: "changed" });
    await fileSystem.removeFile(at(path), (await look(path)).fingerprint);
    expect(existsSync(join(root, path))).toBe(false);
  });

  test("a folder can be removed when what was in it has just been", async () => {
    await fileSystem.createFolder(at("disk/deep"));
    await place("disk/deep/a", "one", null);
    await fileSystem.removeFile(at("disk/deep/a"), (await look("disk/deep/a")).fingerprint);
    await fileSystem.removeFolder(at("disk/deep"), (await look("disk/deep")).identity);
    expect(readdirSync(join(root, "disk"))).toEqual([".~twinfold"]);
    await fileSystem.close();
    expect(readdirSync(join(root, "disk"))).toEqual([]);
    fileSystem = open();
  });

  test("what the engine keeps there is not listed, and is gone when it is done with", async () => {
    const one = await staged("disk/a", "one");
    const other = await staged("disk/b", "other");
    await one.discard();
    expect(readdirSync(join(root, "disk"))).toEqual([".~twinfold"]);
    expect(await names("disk")).toEqual([]);
    await fileSystem.place(other, at("disk/b"), null, null);
    await other.discard();
    expect(readdirSync(join(root, "disk"))).toEqual(["b"]);
    await place("disk/b", "new", (await look("disk/b")).fingerprint);
    await expect.poll(() => readdirSync(join(root, "disk")), { timeout: 20_000 }).toEqual(["b"]);
  });

  test("who has the displaced file open and writes to it gets it back, in its own file system", async () => {
    await place("disk/deep", "one", null);
    await place("disk/deep", "two", (await look("disk/deep")).fingerprint);
    const owner = readdirSync(join(root, "disk/.~twinfold")).find((name) => name !== ".gitignore") ?? "";
    const kept = readdirSync(join(root, "disk/.~twinfold", owner)).find((name) => !name.endsWith(".json")) ?? "";
    appendFileSync(join(root, "disk/.~twinfold", owner, kept), " and more");
    await fileSystem.close();
    expect(readdirSync(join(root, "disk")).sort()).toEqual(["deep", `deep (recovered ${TODAY})`]);
    expect(text(`disk/deep (recovered ${TODAY})`)).toBe("one and more");
    fileSystem = open();
  });

  test("staged before its folder came to lie elsewhere: to be staged again", async () => {
    const file = await staged("later/a", "one");
    mkdirSync(join(root, "later"));
    own.run("mount", "-t", "tmpfs", "none", join(folder, "root/later"));
    await expect(fileSystem.place(file, at("later/a"), null, null)).rejects.toMatchObject({ code: "changed" });
    await file.discard();
    await place("later/a", "one", null);
    expect(text("later/a")).toBe("one");
  });

  test("a move from one to another is told as what it is, and moves nothing", async () => {
    await place("a", "one", null);
    await expect(fileSystem.move(at("a"), at("disk/a"), (await look("a")).identity)).rejects.toMatchObject({
      code: "cross-device",
      message: "a can't be moved from one file system to another",
    });
    expect([text("a"), await names("disk")]).toEqual(["one", []]);
  });

  test("what an engine that was killed left there is cleared, a person's work brought back", async () => {
    const left = join(root, "disk/.~twinfold", `${hostname()}-999999999-1-1`);
    mkdirSync(left, { recursive: true });
    const stampOf = (file: string) => {
      const { dev, ino, size, mtimeNs } = lstatSync(file, { bigint: true });
      return `${dev}:${ino}:${size}:${mtimeNs}`;
    };
    const displaced = (name: string, path: string, expected: string | null) => {
      writeFileSync(join(left, name), path);
      const note = { path, expected: expected ?? stampOf(join(left, name)), staged: null };
      writeFileSync(join(left, `${name}.json`), JSON.stringify(note));
    };
    writeFileSync(join(left, "1"), "half of some");
    displaced("2", "disk/known", null);
    displaced("3", "disk/edited", "as it was before");
    writeFileSync(join(left, "4.json"), "");
    await place("disk/new", "one", null);
    await fileSystem.close();
    expect(readdirSync(join(root, "disk")).sort()).toEqual([`edited (recovered ${TODAY})`, "new"]);
    fileSystem = open();
  });

  test("an engine of another host may be one of another root that holds the same disk: what it has there is left alone for a day", async () => {
    await fileSystem.close();
    const folders = { still: "pod-1-7-70-1", written: "pod-2-7-70-1", made: "pod-3-7-70-1" };
    const left = (name: keyof typeof folders) => join(root, "disk/.~twinfold", folders[name]);
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    for (const name of ["still", "written", "made"] as const) {
      mkdirSync(left(name), { recursive: true });
      writeFileSync(join(left(name), "1"), "half of some");
      if (name !== "written") utimesSync(join(left(name), "1"), twoDaysAgo, twoDaysAgo);
      if (name !== "made") utimesSync(left(name), twoDaysAgo, twoDaysAgo);
    }
    fileSystem = openFileSystem({ root, hasher: shaHasher, session: "test", lives: () => false });
    await place("disk/new", "one", null);
    expect(Object.entries(folders).map(([name]) => existsSync(left(name as keyof typeof folders)))).toEqual([
      false,
      true,
      true,
    ]);
  });

  test("the root itself is unmounted while it is in use, and mounted again", async () => {
    await place("a", "one", null);
    own.run("umount", "-l", "-R", join(folder, "root"));
    own.run("mount", "--bind", join(folder, "root"), join(folder, "root"));
    own.run("mount", "-t", "tmpfs", "none", join(folder, "root/disk"));
    const staged = await fileSystem.stage(at("b"));
    await staged.write(piecesOf("staged before"));
    await place("a", "two", (await look("a")).fingerprint);
    // As in each cycle: from now on it is seen as it is mounted, with all that is mounted inside.
    await fileSystem.mounts();
    writeFileSync(join(root, "disk/seen"), "");
    expect(await names("disk")).toEqual(["seen"]);
    await expect(fileSystem.place(staged, at("b"), null, null)).rejects.toMatchObject({ code: "changed" });
    await staged.discard();
    await place("disk/a", "one", null);
    expect(text("a")).toBe("two");
    await fileSystem.removeFile(at("a"), (await look("a")).fingerprint);
    expect(await names("")).toEqual(["data", "disk"]);
  });
});
