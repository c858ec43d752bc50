import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSnapshots, type Snapshots } from "../src/index.ts";

let world: string;
let root: string;
let snapshots: Snapshots;
beforeEach(async () => {
  world = mkdtempSync(join(tmpdir(), "twinfold-snapshots-"));
  root = join(world, "root");
  mkdirSync(root);
  snapshots = await openSnapshots(root, join(world, "saved"));
});
afterEach(async () => {
  await snapshots.close();
  rmSync(world, { recursive: true, force: true });
});

const put = (name: string, content: string) => {
  mkdirSync(join(root, name, ".."), { recursive: true });
  writeFileSync(join(root, name), content);
};
const content = (name: string) => readFileSync(join(root, name), "utf8");
/** Every content that is kept. */
const kept = () =>
  readdirSync(join(world, "saved/contents"), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
const paths = (found: readonly { readonly path: string }[]) => found.map(({ path }) => path).sort();

test("a snapshot keeps the files as they were, and says what became of them", async () => {
  put("a.txt", "one");
  put("data/b.txt", "two");
  put("data/gone.txt", "three");
  const { id } = await snapshots.take("first");
  put("a.txt", "changed");
  put("data/new.txt", "new");
  rmSync(join(root, "data/gone.txt"));
  const { added, changed, deleted } = await snapshots.compare(id);
  expect([paths(added), paths(changed), paths(deleted)]).toEqual([["data/new.txt"], ["a.txt"], ["data/gone.txt"]]);
  const { id: second } = await snapshots.take("second");
  expect(paths((await snapshots.compare(second, { other: id })).added)).toEqual(["data/gone.txt"]);
  expect(snapshots.list().map(({ note, files }) => [note, files])).toEqual([
    ["second", 3],
    ["first", 3],
  ]);
  expect(snapshots.entries(id, "data").map(({ name, kind, size }) => [name, kind, size])).toEqual([
    ["b.txt", "file", 3],
    ["gone.txt", "file", 5],
  ]);
  expect(() => snapshots.entries(id, "a.txt")).toThrowError(expect.objectContaining({ code: "not-found" }));
});

test("each entry of a folder is told apart from the last snapshot, however it was touched; a file is read as it was then", async () => {
  expect(snapshots.marks("", ["a"])).toBeNull();
  for (const name of ["data/same", "data/edited", "data/touched", "data/same size", "data/inner/x"]) put(name, "one");
  symlinkSync("same", join(root, "data/link"));
  const { id } = await snapshots.take("");
  put("data/edited", "longer");
  put("data/same size", "two");
  put("data/came", "one");
  utimesSync(join(root, "data/touched"), 1, 1);
  rmSync(join(root, "data/link"));
  symlinkSync("edited", join(root, "data/link"));
  const names = ["same", "edited", "touched", "same size", "came", "link", "inner", "never"];
  expect(Object.fromEntries(snapshots.marks("data", names) ?? [])).toEqual({
    same: "unchanged",
    edited: "changed",
    touched: "unchanged",
    "same size": "changed",
    came: "new",
    link: "changed",
  });
  put("later/x", "one");
  expect([...(snapshots.marks("later", ["x"]) ?? [])]).toEqual([["x", "new"]]);
  // A folder that has become a link is not looked through.
  symlinkSync(join(root, "data"), join(root, "shortcut"));
  expect([...(snapshots.marks("shortcut", ["same"]) ?? [])]).toEqual([]);

  const { size, content: then } = snapshots.read(id, "data/edited");
  expect([size, await text(then)]).toEqual([3, "one"]);
  for (const path of ["data", "data/came", "../root/data/same", "data/link"])
    expect(() => snapshots.read(id, path)).toThrowError(expect.objectContaining({ code: "not-found" }));
});

test("equal contents are kept once, and go with the last snapshot that has them", async () => {
  put("a", "the same");
  put("b", "the same");
  const first = await snapshots.take("");
  put("c", "another");
  const second = await snapshots.take("");
  expect(kept()).toHaveLength(2);
  await snapshots.delete(second.id);
  expect(kept()).toHaveLength(1);
  await snapshots.delete(first.id);
  expect(kept()).toHaveLength(0);
  await expect(snapshots.delete(first.id)).rejects.toMatchObject({ code: "not-found" });
});

test("a file whose size and time were put back is seen to have changed", async () => {
  put("a", "one");
  const { id } = await snapshots.take("");
  const { atime, mtime } = statSync(join(root, "a"));
  put("a", "two");
  utimesSync(join(root, "a"), atime, mtime);
  expect(paths((await snapshots.compare(id)).changed)).toEqual(["a"]);
});

test("a restore brings back contents, modes, times, links, empty folders and what became of another kind", async () => {
  put("run.sh", "#!/bin/sh");
  chmodSync(join(root, "run.sh"), 0o750);
  utimesSync(join(root, "run.sh"), 1_000_000_000, 1_000_000_000);
  symlinkSync("/etc/passwd", join(root, "link"));
  mkdirSync(join(root, "empty"));
  put("kind/file", "in a folder");
  mkdirSync(join(root, "closed"));
  chmodSync(join(root, "closed"), 0o500);
  const { id } = await snapshots.take("");
  rmSync(join(root, "empty"), { recursive: true });
  rmSync(join(root, "kind"), { recursive: true });
  put("kind", "a file by now");
  put("run.sh", "other");
  rmSync(join(root, "link"));
  rmSync(join(root, "closed"), { recursive: true });
  put("made/later", "since");
  await snapshots.restore(id, {});
  expect(readdirSync(root).sort()).toEqual(["closed", "empty", "kind", "link", "run.sh"]);
  expect(content("kind/file")).toBe("in a folder");
  expect(content("run.sh")).toBe("#!/bin/sh");
  expect(statSync(join(root, "run.sh"))).toMatchObject({ mtimeMs: 1_000_000_000_000 });
  expect(statSync(join(root, "run.sh")).mode & 0o777).toBe(0o750);
  expect(statSync(join(root, "closed")).mode & 0o777).toBe(0o500);
  expect(readlinkSync(join(root, "link"))).toBe("/etc/passwd");
});

test("the safety snapshot takes the restore back", async () => {
  put("a", "then");
  const { id } = await snapshots.take("");
  put("a", "now");
  put("b", "since");
  const safety = await snapshots.restore(id, {});
  expect(safety).toMatchObject({ cause: "restore", files: 2 });
  expect(content("a")).toBe("then");
  await snapshots.restore(safety.id, {});
  expect([content("a"), content("b")]).toEqual(["now", "since"]);
});

test("chosen paths alone are compared and restored, and what will go is told before anything is touched", async () => {
  put("one/a", "then");
  put("two/b", "then");
  const { id } = await snapshots.take("");
  put("one/a", "now");
  put("one/since", "since");
  rmSync(join(root, "two"), { recursive: true });
  put("three", "since");
  const told: (readonly string[])[] = [];
  const chosen = ["one", "two/b"];
  const { added, changed, deleted } = await snapshots.compare(id, { paths: chosen });
  expect([paths(added), paths(changed), paths(deleted)]).toEqual([["one/since"], ["one/a"], ["two", "two/b"]]);
  await snapshots.restore(id, {
    paths: chosen,
    meant: async (gone) => {
      told.push(gone);
      expect(content("one/a")).toBe("now");
    },
  });
  expect(told).toEqual([["one/since"]]);
  expect([content("one/a"), content("two/b"), content("three")]).toEqual(["then", "then", "since"]);
  expect(existsSync(join(root, "one/since"))).toBe(false);
});

test("what was only moved is moved back: the same file, not a copy of it", async () => {
  put("old/name", "content");
  const { ino } = statSync(join(root, "old/name"));
  const { id } = await snapshots.take("");
  renameSync(join(root, "old"), join(root, "new"));
  await snapshots.restore(id, {});
  expect(statSync(join(root, "old/name")).ino).toBe(ino);
  expect(readdirSync(root)).toEqual(["old"]);
});

test("names are bytes, a link is not followed, and staging is never part of it", async () => {
  const odd = Buffer.from([0x66, 0xff, 0xfe]);
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), odd]), "odd");
  put("ünï cödé/Ω", "greek");
  mkdirSync(join(world, "outside"));
  writeFileSync(join(world, "outside/secret"), "not ours");
  symlinkSync(join(world, "outside"), join(root, "way-out"));
  put(".twinfold/staged", "half a file");
  const { id, files } = await snapshots.take("");
  expect(files).toBe(3);
  for (const name of readdirSync(root, "buffer")) {
    if (name.toString() !== ".twinfold") rmSync(Buffer.concat([Buffer.from(`${root}/`), name]), { recursive: true });
  }
  // A folder that leads elsewhere by now: nothing is written through it.
  symlinkSync(join(world, "outside"), join(root, "ünï cödé"));
  await snapshots.restore(id, {});
  expect(readdirSync(root, "buffer").some((name) => name.equals(odd))).toBe(true);
  expect(lstatSync(join(root, "ünï cödé")).isSymbolicLink()).toBe(false);
  expect(content("ünï cödé/Ω")).toBe("greek");
  expect(readdirSync(join(world, "outside"))).toEqual(["secret"]);
  expect(content(".twinfold/staged")).toBe("half a file");
});

test("what was written between the safety snapshot and the swap is kept beside", async () => {
  put("a.txt", "then");
  const { id } = await snapshots.take("");
  put("a.txt", "now");
  await snapshots.restore(id, {
    meant: async () => {
      put("a.txt", "written at the last moment");
      put("new/b.txt", "made at the last moment");
    },
  });
  expect(content("a.txt")).toBe("then");
  expect(content("a (changed during a restore).txt")).toBe("written at the last moment");
  expect(content("new/b.txt")).toBe("made at the last moment");
});

test("a deletion frees what nobody else has, also while another snapshot is taken", async () => {
  for (let number = 0; number < 30; number++) put(`${number}`, `content ${number}`);
  const first = await snapshots.take("");
  put("0", "edited");
  put("1", "edited");
  // All at once: whatever of them comes first, none takes from another what it is about to keep.
  const [second, , third] = await Promise.all([snapshots.take(""), snapshots.delete(first.id), snapshots.take("")]);
  expect(kept()).toHaveLength(29);
  for (let number = 0; number < 30; number++) put(`${number}`, "gone");
  await snapshots.restore(third.id, {});
  expect([content("1"), content("2")]).toEqual(["edited", "content 2"]);
  await expect(snapshots.delete(second.id, first.id)).rejects.toMatchObject({ code: "not-found" });
  expect(snapshots.list().map(({ id }) => id)).toContain(second.id);
});

test("the clock takes one only where something has changed", async () => {
  put("a", "one");
  expect(await snapshots.takeIfChanged()).toMatchObject({ cause: "schedule", note: "", files: 1 });
  // Written again with the same content: nothing that anybody would restore.
  put("a", "one");
  expect(await snapshots.takeIfChanged()).toBeNull();
  chmodSync(join(root, "a"), 0o700);
  expect(await snapshots.takeIfChanged()).not.toBeNull();
});

test("another instance's snapshot is taken in without a copy, and outlives it there", async () => {
  put("data/a", "theirs");
  symlinkSync("data", join(root, "link"));
  const { id } = await snapshots.take("submitted");
  const elsewhere = join(world, "elsewhere");
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "own"), "ours");
  const others = await openSnapshots(elsewhere, join(world, "saved elsewhere"));
  await others.adopt(snapshots.whole(id), "submitted (from here)");
  await others.adopt(snapshots.whole(id), "once is enough");
  expect(others.list().map(({ note }) => note)).toEqual(["submitted (from here)"]);
  expect(kept().map(({ parentPath, name }) => statSync(join(parentPath, name)).nlink)).toEqual([2]);
  const whole = snapshots.whole(id);
  await snapshots.delete(id);
  const safety = await others.restore(id, {});
  expect(readFileSync(join(elsewhere, "data/a"), "utf8")).toBe("theirs");
  expect([existsSync(join(elsewhere, "own")), readlinkSync(join(elsewhere, "link"))]).toEqual([false, "data"]);
  await others.restore(safety.id, {});
  expect(readdirSync(elsewhere)).toEqual(["own"]);
  // Where it was deleted meanwhile, nothing is half there.
  await others.delete(...others.list().map((one) => one.id));
  await expect(others.adopt(whole, "too late")).rejects.toMatchObject({ code: "not-found" });
  expect(others.list().some(({ note }) => note === "too late")).toBe(false);
  await others.close();
});

test("what was written meanwhile in a folder that a restore takes away is kept in the nearest folder that is left", async () => {
  put("kept/then", "then");
  const { id } = await snapshots.take("");
  put("kept/since/deep/a.txt", "made since");
  await snapshots.restore(id, { meant: async () => put("kept/since/deep/a.txt", "written at the last moment") });
  expect(readdirSync(join(root, "kept")).sort()).toEqual(["a (changed during a restore).txt", "then"]);
  expect(content("kept/a (changed during a restore).txt")).toBe("written at the last moment");
});

test("what was written meanwhile to a file whose name is as long as names get is kept beside it", async () => {
  const long = `${"語".repeat(83)}.txt`;
  put(long, "then");
  put("other", "then");
  const { id } = await snapshots.take("");
  put(long, "now");
  put("other", "now");
  await snapshots.restore(id, { meant: async () => put(long, "written at the last moment") });
  const beside = `${"語".repeat(74)} (changed during a restore).txt`;
  expect(readdirSync(root).sort()).toEqual([beside, long, "other"].sort());
  expect([content(long), content("other"), content(beside)]).toEqual(["then", "then", "written at the last moment"]);
});

test("a file that is to be moved back, and is written to just then, is kept beside: what comes back is what was saved", async () => {
  put("a.txt", "then");
  const { mtimeMs } = statSync(join(root, "a.txt"));
  const { id } = await snapshots.take("");
  renameSync(join(root, "a.txt"), join(root, "b.txt"));
  await snapshots.restore(id, { meant: async () => put("b.txt", "written at the last moment") });
  expect(readdirSync(root).sort()).toEqual(["a.txt", "b (changed during a restore).txt"]);
  expect([content("a.txt"), content("b (changed during a restore).txt")]).toEqual([
    "then",
    "written at the last moment",
  ]);
  expect(statSync(join(root, "b (changed during a restore).txt")).mtimeMs).not.toBe(mtimeMs);
  const { added, changed, deleted } = await snapshots.compare(id);
  expect([paths(added), paths(changed), paths(deleted)]).toEqual([["b (changed during a restore).txt"], [], []]);
});

test("a link that a kill left where a file is put together leads a later restore nowhere", async () => {
  put("a.txt", "then");
  writeFileSync(join(world, "outside"), "not ours");
  const { id } = await snapshots.take("");
  rmSync(join(root, "a.txt"));
  const [one] = kept();
  const hash = `${one?.parentPath.slice(-2)}${one?.name}`;
  const back = { path: "a.txt", staged: "new-0", moved: false, kind: "file", hash, mode: 0o644, mtimeMs: 1000 };
  const plan = { takes: [], removedFolders: [], newFolders: [], puts: [back], modes: [] };
  mkdirSync(join(world, "saved/restore"));
  symlinkSync(join(world, "outside"), join(world, "saved/restore/making"));
  writeFileSync(join(world, "saved/restore/journal.json"), JSON.stringify({ plan, begun: { gone: [], word: null } }));
  await snapshots.finish();
  expect([content("a.txt"), readFileSync(join(world, "outside"), "utf8")]).toEqual(["then", "not ours"]);
  expect(snapshots.list().map((found) => found.id)).toEqual([id]);
});
