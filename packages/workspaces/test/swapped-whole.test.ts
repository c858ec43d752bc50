import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { unzipSync } from "fflate";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openFolderFiles, openSnapshots, type Snapshots } from "../src/index.ts";
import { openWorld } from "./distribution-world.ts";
import { whileSwapping } from "./while-swapping.ts";

/**
 * What walks all of an instance's files, while an application puts a link to a folder outside in the place of one of them and back,
 * without a pause. What is outside has the same names as what is inside, so that whoever is led astray finds all that it looks for.
 */
const ROUNDS = 60;
/** Of a distribution, which takes longer. */
const DISTRIBUTIONS = 20;
const NAMES = ["a.txt", "b.txt", "inner/c.txt"];
const THEIRS = "theirs alone";

let world: string;
let outside: string;
let root: string;
let snapshots: Snapshots;
beforeEach(async () => {
  world = mkdtempSync(join(tmpdir(), "twinfold-swapped-whole-"));
  outside = join(world, "outside");
  root = join(world, "root");
  for (const name of NAMES) {
    put(outside, name, THEIRS);
    put(root, `folder/${name}`, "mine");
  }
  put(root, "kept.txt", "mine");
  symlinkSync(outside, join(root, "link"));
  snapshots = await openSnapshots(root, join(world, "saved"));
});
afterEach(async () => {
  await snapshots.close();
  rmSync(world, { recursive: true, force: true });
});

function put(below: string, path: string, content: string): void {
  mkdirSync(join(below, path, ".."), { recursive: true });
  writeFileSync(join(below, path), content);
}
/** All of a folder: names with contents, folders with null; no link is followed. */
function everything(below: string): Record<string, string | null> {
  const found: Record<string, string | null> = {};
  for (const name of readdirSync(below).sort()) {
    const stats = lstatSync(join(below, name));
    if (stats.isFile()) found[name] = readFileSync(join(below, name), "utf8");
    else if (stats.isDirectory()) {
      found[name] = null;
      for (const [path, content] of Object.entries(everything(join(below, name)))) found[`${name}/${path}`] = content;
    }
  }
  return found;
}
const OUTSIDE = { "a.txt": THEIRS, "b.txt": THEIRS, inner: null, "inner/c.txt": THEIRS };
/** By names that change places, so each is one of the two. */
const swapping = (body: () => Promise<void>) => whileSwapping(root, { one: "folder", other: "link" }, body);
/** Contents that are kept of snapshots, or on a stage. */
const kept = (folder: string) => Object.values(everything(folder)).filter((content) => content !== null);

test("a snapshot takes in nothing from outside, and a comparison looks at nothing there", async () => {
  const { id } = await snapshots.take("before");
  const seen = { folder: 0, link: 0 };
  await swapping(async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id: taken } = await snapshots.take("");
      for (const { kind } of snapshots.entries(taken, "").filter(({ name }) => name !== "kept.txt"))
        if (kind === "folder" || kind === "link") seen[kind]++;
      const found = await snapshots.compare(id);
      expect(found.added.map(({ path }) => path).filter((path) => path.split("/").length > 3)).toEqual([]);
    }
  });
  for (const { id: taken } of snapshots.list()) {
    for (const top of ["folder", "link"])
      if (snapshots.entries(taken, "").some(({ name, kind }) => name === top && kind === "folder"))
        for (const { name, kind, size } of snapshots.entries(taken, top))
          if (kind === "file") expect([name, size]).toEqual([name, "mine".length]);
  }
  expect(kept(join(world, "saved/contents"))).not.toContain(THEIRS);
  expect([seen.folder > ROUNDS / 4, seen.link > ROUNDS / 4]).toEqual([true, true]);
}, 120_000);

test("a restore writes, moves and deletes nothing outside, and gives nothing from there back", async () => {
  const states = [(await snapshots.take("one")).id];
  put(root, "folder/a.txt", "other");
  put(root, "folder/made.txt", "made");
  put(root, "folder/deep/made.txt", "made");
  rmSync(join(root, "folder/b.txt"));
  states.push((await snapshots.take("two")).id);
  let done = 0;
  await swapping(async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await snapshots.restore(states[round % 2] ?? "", {}).then(
        () => done++,
        (error: unknown) => expect(error).toMatchObject({ code: expect.any(String) }),
      );
      expect(everything(outside)).toEqual(OUTSIDE);
      // What the application swaps away is made anew, as it does itself.
      if (!existsSync(join(root, "link"))) symlinkSync(outside, join(root, "link"));
      if (!existsSync(join(root, "folder"))) put(root, "folder/a.txt", "mine");
    }
  });
  expect(done).toBeGreaterThan(ROUNDS / 4);
  expect(everything(outside)).toEqual(OUTSIDE);
  expect(Object.values(everything(root))).not.toContain(THEIRS);
  expect(kept(join(world, "saved/contents"))).not.toContain(THEIRS);
}, 120_000);

test("a zip file of all holds nothing from outside", async () => {
  const files = openFolderFiles(root, join(world, "staging"), join(world, "deleted"));
  const found = { folder: 0, leftOut: 0 };
  await swapping(async () => {
    for (let round = 0; round < ROUNDS * 3; round++) {
      const zip = unzipSync(await buffer(await files.zip("", "all")));
      for (const content of Object.values(zip)) expect(Buffer.from(content).toString()).not.toContain(THEIRS);
      if (Object.keys(zip).some((name) => /^all\/(folder|link)\/a\.txt$/.test(name))) found.folder++;
      if (Object.keys(zip).some((name) => name.includes("left out"))) found.leftOut++;
      await files.zip("folder", "folder").then(
        async (content) => {
          for (const one of Object.values(unzipSync(await buffer(content))))
            expect(Buffer.from(one).toString()).not.toContain(THEIRS);
        },
        (error: unknown) => expect(error).toMatchObject({ code: expect.any(String) }),
      );
    }
  });
  expect([found.folder > ROUNDS / 4, found.leftOut > ROUNDS / 4]).toEqual([true, true]);
}, 120_000);

test("a distribution takes nothing from outside its source, and puts and removes nothing outside its target", async () => {
  const { distribute, source, target, put: putIn } = openWorld(join(world, "distributing"));
  for (const place of [source, target]) symlinkSync(outside, join(place, "link"));
  const again = () => {
    putIn(source, Object.fromEntries(NAMES.map((name) => [`folder/${name}`, "to all"])));
    putIn(target, { "folder/a.txt": "students", "folder/own.txt": "students", "folder/inner/c.txt": "students" });
  };
  again();
  let done = 0;
  const names = { one: "folder", other: "link" };
  for (let round = 0; round < DISTRIBUTIONS; round++) {
    const strategy = round % 2 === 0 ? "overwrite" : "mirror";
    const distributing = async () => {
      await distribute(["folder"], strategy).then(
        () => done++,
        (error: unknown) => expect(error).toMatchObject({ code: expect.any(String) }),
      );
    };
    await whileSwapping(source, names, () => whileSwapping(target, names, distributing));
    expect(everything(outside)).toEqual(OUTSIDE);
    expect(Object.values(everything(target))).not.toContain(THEIRS);
    // What a mirror took away, and what a swap left under the other name.
    for (const place of [source, target])
      for (const name of ["folder", "link"]) rmSync(join(place, name), { recursive: true, force: true });
    for (const place of [source, target]) symlinkSync(outside, join(place, "link"));
    again();
  }
  expect(done).toBeGreaterThan(DISTRIBUTIONS / 4);
  for (const place of [`${target}.saved`, `${source}.saved`])
    expect(kept(join(place, "contents"))).not.toContain(THEIRS);
}, 120_000);
