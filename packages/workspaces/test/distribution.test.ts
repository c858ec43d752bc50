import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isBegun, putOnStage } from "../src/index.ts";
import { openWorld, type World } from "./distribution-world.ts";

/** A user of the system who owns nothing. */
const NOBODY = 65_534;

let folder: string;
let world: World;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-distribution-"));
  world = openWorld(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inSource = (files: Readonly<Record<string, string>>) => world.put(world.source, files);
const inTarget = (files: Readonly<Record<string, string>>) => world.put(world.target, files);
const target = () => world.everything(world.target);
const safeties = () => world.saved(world.target, async (snapshots) => snapshots.list());

describe("what becomes of what is there", () => {
  beforeEach(() => {
    inSource({ "hw/task.md": "task", "hw/data/a.csv": "1", "hw/same.txt": "same", "not chosen": "x" });
    inTarget({ "hw/task.md": "notes of a student", "hw/own.md": "her own", "hw/same.txt": "same", "other/b": "b" });
  });
  const STAGE = { "hw/data": null, "hw/data/a.csv": "1" };

  test("overwrite: what is on the stage takes its place, all else stays", async () => {
    const before = target();
    const done = await world.distribute(["hw"], "overwrite");
    expect(target()).toEqual({ ...before, ...STAGE, "hw/task.md": "task" });
    expect(done).toMatchObject({ copied: ["hw/data/a.csv"], replaced: ["hw/task.md"], removed: [], same: 1, left: [] });
    expect(await safeties()).toMatchObject([{ id: done.safetyId, cause: "distribution", note: "here" }]);
  });

  test("extra: files that are there stay, and are told of", async () => {
    const before = target();
    const done = await world.distribute(["hw"], "extra");
    expect(target()).toEqual({ ...before, ...STAGE });
    expect(done).toMatchObject({ copied: ["hw/data/a.csv"], replaced: [], same: 1 });
    expect(done.left).toEqual([{ path: "hw/task.md", why: "There already." }]);
  });

  test("mirror: the target has what is on the stage, and nothing else; what goes is told first", async () => {
    const told: (readonly string[])[] = [];
    const { ino } = statSync(join(world.target, "hw/same.txt"));
    const done = await world.distribute(["hw"], "mirror", (gone) => told.push(gone));
    expect(target()).toEqual({ hw: null, ...STAGE, "hw/task.md": "task", "hw/same.txt": "same" });
    expect(told).toEqual([["hw/own.md", "other/b", "other"]]);
    expect(done.removed).toEqual(["hw/own.md", "other/b"]);
    expect(statSync(join(world.target, "hw/same.txt")).ino).toBe(ino);
  });

  test("skip: a target that has one of the paths is left alone whole, and no snapshot is taken for nothing", async () => {
    const before = target();
    const done = await world.distribute(["hw/data", "hw/task.md"], "skip");
    expect(target()).toEqual(before);
    expect(done).toMatchObject({ safetyId: null, copied: [], skipped: expect.stringContaining('"hw/task.md"') });
    expect(await safeties()).toEqual([]);
    expect(await world.distribute(["hw/data"], "skip")).toMatchObject({ copied: ["hw/data/a.csv"], skipped: null });
  });

  test("it is undone path by path; what somebody has changed since stays", async () => {
    const before = target();
    const { safetyId, touched } = await world.distribute(["hw"], "mirror");
    inTarget({ "hw/task.md": "solved", "hw/answer.txt": "new since", other: "a file by now" });
    const left: (readonly string[])[] = [];
    await world.saved(world.target, (snapshots) =>
      snapshots.restore(safetyId ?? "", { where: touched, meant: async (_gone, stays) => void left.push(stays) }),
    );
    expect(left.flat().sort()).toEqual(["hw/task.md", "other", "other/b"]);
    const { other: _, "other/b": __, "hw/task.md": ___, ...rest } = before;
    expect(target()).toEqual({ ...rest, "hw/task.md": "solved", "hw/answer.txt": "new since", other: "a file by now" });
  });
});

test("a path of a snapshot comes to the stage as it was then, and stays there when the snapshot is gone", async () => {
  inSource({ "paper.tex": "then", "other.tex": "then" });
  const { id } = await world.saved(world.source, (snapshots) => snapshots.take(""));
  inSource({ "paper.tex": "now" });
  const stage = await world.stage(["paper.tex"], id);
  await world.saved(world.source, (snapshots) => snapshots.delete(id));
  const [file] = stage.items;
  expect(stage.items.map(({ path }) => path)).toEqual(["paper.tex"]);
  expect(readFileSync(stage.content(file?.hash ?? ""), "utf8")).toBe("then");
  await expect(world.distribute(["paper.tex"], "overwrite", undefined, { snapshotId: id })).rejects.toMatchObject({
    code: "not-found",
  });
});

test("modes and times are kept, a folder that nobody may write into is filled first, and no file runs as another user", async () => {
  inSource({ "tools/run.sh": "#!/bin/sh" });
  const file = join(world.source, "tools/run.sh");
  chmodSync(file, 0o4750);
  utimesSync(file, 1_500_000_000, 1_500_000_000.25);
  chmodSync(join(world.source, "tools"), 0o555);
  await world.distribute(["tools"], "overwrite");
  const { mode, mtimeMs } = statSync(join(world.target, "tools/run.sh"));
  expect([mode & 0o7777, mtimeMs]).toEqual([0o750, 1_500_000_000_250]);
  expect(statSync(join(world.target, "tools")).mode & 0o777).toBe(0o555);
  for (const root of [world.source, world.target]) chmodSync(join(root, "tools"), 0o755);
});

describe("names that lead elsewhere", () => {
  test("a link of the source is left out; one that is chosen itself is refused, and so is a path through one", async () => {
    world.put(join(folder, "outside"), { secret: "not ours" });
    inSource({ "a/real": "real" });
    symlinkSync(join(folder, "outside"), join(world.source, "a/way-out"));
    await world.distribute(["a"], "overwrite");
    expect(target()).toEqual({ a: null, "a/real": "real" });
    await expect(world.distribute(["a/way-out"], "overwrite")).rejects.toMatchObject({ code: "not-a-file" });
    await expect(world.distribute(["a/way-out/secret"], "overwrite")).rejects.toMatchObject({ code: "not-found" });
    for (const path of ["../outside/secret", "/etc/passwd", "a/../a", ""])
      await expect(world.distribute([path], "overwrite")).rejects.toMatchObject({ code: "bad-path" });
    expect(existsSync(join(world.work, "stage"))).toBe(false);
  });

  test("a link in the target is replaced itself, or left; nothing is written through it", async () => {
    world.put(join(folder, "outside"), { file: "not ours" });
    inSource({ file: "new", "folder/inside": "new" });
    symlinkSync(join(folder, "outside/file"), join(world.target, "file"));
    symlinkSync(join(folder, "outside"), join(world.target, "folder"));
    const done = await world.distribute(["file", "folder"], "overwrite");
    expect(target()).toMatchObject({ file: "new", folder: `-> ${join(folder, "outside")}` });
    expect(done.left.map(({ path }) => path)).toEqual(["folder", "folder/inside"]);
    expect(world.everything(join(folder, "outside"))).toEqual({ file: "not ours" });
    // The same when the folder becomes a link in the last moment.
    rmSync(join(world.target, "folder"));
    inTarget({ "folder/other": "there" });
    await world.distribute(["folder"], "overwrite", () => {
      rmSync(join(world.target, "folder"), { recursive: true });
      symlinkSync(join(folder, "outside"), join(world.target, "folder"));
    });
    expect(world.everything(join(folder, "outside"))).toEqual({ file: "not ours" });
  });
});

describe("names that are not what they seem", () => {
  test("nothing comes beside what Dropbox takes for the same name: it is left and told", async () => {
    inSource({ "week1/hw.md": "new", "été.txt": "new" });
    const decomposed = "été.txt".normalize("NFD");
    inTarget({ "Week1/hw.md": "old", [decomposed]: "old" });
    const before = target();
    const done = await world.distribute(["week1/hw.md", "été.txt"], "overwrite");
    expect(target()).toEqual(before);
    expect(done.left.find(({ path }) => path === "week1/hw.md")?.why).toContain('"Week1" is there');
    expect(await world.distribute(["week1/hw.md"], "skip")).toMatchObject({ skipped: expect.any(String) });
    await world.distribute(["week1"], "mirror");
    expect(target()).toEqual({ week1: null, "week1/hw.md": "new" });
  });

  test("a folder does not give way to a file, nor a file to a folder; to a mirror they do", async () => {
    inSource({ a: "a file", "b/in": "in a folder", ünï: "b" });
    inTarget({ "a/work": "of a person", b: "a file", ünï: "older" });
    const before = target();
    const done = await world.distribute(["a", "b", "ünï"], "overwrite");
    expect(target()).toEqual({ ...before, ünï: "b" });
    expect(done.left.map(({ path }) => path)).toEqual(["a", "b", "b/in"]);
    const { safetyId, touched } = await world.distribute(["a", "b"], "mirror");
    expect(target()).toEqual({ a: "a file", b: null, "b/in": "in a folder" });
    await world.saved(world.target, (snapshots) => snapshots.restore(safetyId ?? "", { where: touched }));
    expect(target()).toEqual({ ...before, ünï: "b" });
  });
});

describe("who writes meanwhile loses nothing", () => {
  test("what was edited, made or deleted since the look stays so, or is copied anew", async () => {
    inSource({ edited: "new", made: "new", deleted: "new" });
    inTarget({ edited: "old", deleted: "old", "to go": "old" });
    const done = await world.distribute(["edited", "made", "deleted"], "mirror", () => {
      inTarget({ edited: "by hand", made: "by hand", "to go": "by hand" });
      rmSync(join(world.target, "deleted"));
    });
    expect(target()).toEqual({ edited: "by hand", made: "by hand", deleted: "new", "to go": "by hand" });
    expect(done.left.map(({ path }) => path)).toEqual(["to go", "edited", "made"]);
    expect(done.touched).toEqual(new Map([["deleted", expect.any(String)]]));
  });

  test("what a program still writes to a file that has given way is kept beside", async () => {
    inSource({ "log.txt": "new" });
    inTarget({ "log.txt": "old", "gone/deep/log.txt": "old" });
    const open = ["log.txt", "gone/deep/log.txt"].map((path) => openSync(join(world.target, path), "a"));
    const running = world.distribute(["log.txt"], "mirror", undefined, { grace: 300 });
    while (target()["log.txt"] !== "new") await new Promise(setImmediate);
    for (const file of open) {
      writeSync(file, " and more");
      closeSync(file);
    }
    expect((await running).left).toEqual([
      { path: "gone/deep/log.txt", why: expect.stringContaining("kept beside") },
      { path: "log.txt", why: expect.stringContaining("kept beside") },
    ]);
    expect(target()).toEqual({
      "log.txt": "new",
      "log (changed during a distribution).txt": "old and more",
      "log (changed during a distribution) 2.txt": "old and more",
    });
  });

  test("so it is with a file whose name is as long as names get", async () => {
    const long = `${"é".repeat(125)}.txt`;
    inSource({ [long]: "new", "z.txt": "new" });
    inTarget({ [long]: "old" });
    const open = openSync(join(world.target, long), "a");
    const running = world.distribute([long, "z.txt"], "overwrite", undefined, { grace: 300 });
    while (target()[long] !== "new") await new Promise(setImmediate);
    writeSync(open, " and more");
    closeSync(open);
    await running;
    const beside = `${"é".repeat(109)} (changed during a distribution).txt`;
    expect(target()).toEqual({ [long]: "new", "z.txt": "new", [beside]: "old and more" });
  });
});

test("while the source is restored, a stage waits: it has the files of one state, and all of them", async () => {
  const files = (what: string) => Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${n}`, `${what} ${n}`]));
  inSource(files("then"));
  const stages = await world.saved(world.source, async (snapshots) => {
    const { id } = await snapshots.take("");
    inSource(files("now"));
    const stage = (name: string) =>
      putOnStage({
        ...{ root: world.source, snapshots, snapshotId: null },
        ...{ paths: Object.keys(files("")), folder: join(world.work, name) },
      });
    const early = stage("early");
    let late = early;
    await snapshots.restore(id, {
      meant: async () => {
        late = stage("late");
      },
    });
    return Promise.all([early, late]);
  });
  const staged = stages.map(({ items, content }) =>
    Object.fromEntries(items.map(({ path, hash }) => [path, readFileSync(content(hash), "utf8")])),
  );
  expect(staged).toEqual([files("now"), files("then")]);
});

test("where the disk refuses one path, the others are done, and that one is told", async () => {
  // To the system's administrator nothing is refused.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  const own = mkdtempSync(join(tmpdir(), "twinfold-distribution-"));
  try {
    const { distribute, everything, put, ...theirs } = openWorld(own);
    put(theirs.source, { "closed/x": "new", b: "new" });
    put(theirs.target, { "closed/y": "there", b: "old" });
    const done = await distribute(["closed", "b"], "overwrite", () => chmodSync(join(theirs.target, "closed"), 0o555));
    expect(done.failed).toEqual([{ path: "closed/x", why: expect.stringContaining("can't be written to") }]);
    expect(everything(theirs.target)).toEqual({ closed: null, "closed/y": "there", b: "new" });
    chmodSync(join(theirs.target, "closed"), 0o755);
  } finally {
    if (isRoot) process.seteuid?.(0);
    rmSync(own, { recursive: true, force: true });
  }
});

test("what goes is told once it is sure that it will; where that can't be written down, the target stays as it is", async () => {
  inSource({ "a.txt": "new" });
  inTarget({ "a.txt": "old", "to go.txt": "old" });
  const before = target();
  const turn = join(world.work, "turn");
  const told: unknown[] = [];
  const refused = world.distribute(["a.txt"], "mirror", (gone) => {
    told.push([gone, isBegun(turn), target()]);
    throw new Error("the database is gone");
  });
  await expect(refused).rejects.toThrow("the database is gone");
  expect(told).toEqual([[["to go.txt"], true, before]]);
  expect([target(), isBegun(turn), await safeties()]).toEqual([before, false, []]);
  await world.distribute(["a.txt"], "mirror");
  expect(target()).toEqual({ "a.txt": "new" });
});
