import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FolderFiles, KEPT_HOURS } from "../src/index.ts";
import { freshRoot } from "./fresh-root.ts";

let world: string;
let root: string;
let files: FolderFiles;
beforeEach(() => {
  ({ world, root, files } = freshRoot());
});
afterEach(() => rmSync(world, { recursive: true, force: true }));

const put = (name: string, content: string) => writeFileSync(join(root, name), content);
const content = (name: string) => readFileSync(join(root, name), "utf8");
const code = (error: string) => expect.objectContaining({ code: error });

test("a file is written over the version that was read, and not over any other", async () => {
  put("a.txt", "first");
  const { version, content: read } = await files.read("a.txt");
  expect(await text(read)).toBe("first");
  const second = await files.write("a.txt", Readable.from(["second"]), version);
  await expect(files.write("a.txt", Readable.from(["third"]), version)).rejects.toEqual(code("changed"));
  expect(content("a.txt")).toBe("second");
  await files.write("a.txt", Readable.from(["fourth"]), second);
  expect(content("a.txt")).toBe("fourth");
});

test("what was deleted meanwhile is not written anew by one who had it open", async () => {
  put("a.txt", "first");
  const { version, content: read } = await files.read("a.txt");
  await text(read);
  await files.remove("a.txt");
  await expect(files.write("a.txt", Readable.from(["second"]), version)).rejects.toEqual(code("changed"));
});

test("a new file is not written over one of its name, not even one that came while it was sent", async () => {
  put("a.txt", "there");
  await expect(files.write("a.txt", Readable.from(["mine"]), null)).rejects.toEqual(code("changed"));
  async function* slowly() {
    yield "mine";
    put("b.txt", "came meanwhile");
  }
  await expect(files.write("b.txt", Readable.from(slowly()), null)).rejects.toEqual(code("changed"));
  expect(content("a.txt")).toBe("there");
  expect(content("b.txt")).toBe("came meanwhile");
});

test("what changes while its next version is sent is kept", async () => {
  put("a.txt", "first");
  const { version, content: read } = await files.read("a.txt");
  await text(read);
  async function* slowly() {
    yield "mine";
    put("a.txt", "theirs, written meanwhile");
  }
  await expect(files.write("a.txt", Readable.from(slowly()), version)).rejects.toEqual(code("changed"));
  expect(content("a.txt")).toBe("theirs, written meanwhile");
});

test("a file keeps its mode when it is written over", async () => {
  writeFileSync(join(root, "run.sh"), "one", { mode: 0o755 });
  await files.write("run.sh", Readable.from(["two"]));
  expect(statSync(join(root, "run.sh")).mode & 0o777).toBe(0o755);
});

test("an upload that breaks off leaves nothing behind, wherever one looks", async () => {
  async function* broken() {
    yield "half";
    throw new Error("the line broke");
  }
  await expect(files.write("a.txt", Readable.from(broken()))).rejects.toThrow("the line broke");
  const failsAtOnce = new Readable({
    read() {
      this.destroy(new Error("the line broke"));
    },
  });
  await expect(files.write("a.txt", failsAtOnce)).rejects.toThrow("the line broke");
  expect(readdirSync(root)).toEqual([]);
  expect(readdirSync(join(world, "staging"))).toEqual([]);
});

test("what can't be moved is told by its own name", async () => {
  put("a.txt", "a");
  put("b.txt", "b");
  mkdirSync(join(root, "folder"));
  const moving = (from: string, to: string) => files.move(from, to).then(String, (error: Error) => error.message);
  expect(await moving("nope", "zz")).toMatch(/^"nope" is not there/);
  expect(await moving("a.txt", "nowhere/a.txt")).toMatch(/^"nowhere" is not there/);
  expect(await moving("folder", "folder/inner")).toMatch(/^"folder" can't be moved into itself/);
  expect(await moving("a.txt", "b.txt")).toMatch(/^"b.txt" is there already/);
  // An empty folder too: rename alone would take its place.
  mkdirSync(join(root, "other"));
  expect(await moving("folder", "other")).toMatch(/^"other" is there already/);
  expect(content("b.txt")).toBe("b");
  await files.move("a.txt", "folder/a.txt");
  expect(content("folder/a.txt")).toBe("a");
});

test("a symbolic link is neither read nor written through", async () => {
  writeFileSync(join(world, "outside"), "outside");
  symlinkSync(join(world, "outside"), join(root, "link"));
  await expect(files.read("link")).rejects.toEqual(code("not-a-file"));
  await expect(files.write("link", Readable.from(["x"]))).rejects.toEqual(code("exists"));
  expect(readFileSync(join(world, "outside"), "utf8")).toBe("outside");
});

test("what was deleted comes back to where it was; never over what is there by now, nor through a link, and once", async () => {
  mkdirSync(join(root, "deep/er"), { recursive: true });
  put("deep/er/a.txt", "first");
  const first = await files.remove("deep/er/a.txt");
  put("deep/er/a.txt", "second");
  const second = await files.remove("deep/er/a.txt");
  put("deep/er/a.txt", "there by now");
  expect((await files.deleted()).map(({ path, kind }) => [path, kind])).toEqual(
    Array(2).fill(["deep/er/a.txt", "file"]),
  );
  expect(await files.bringBack(first)).toBe("deep/er/a (2).txt");
  await expect(files.bringBack(first)).rejects.toEqual(code("not-found"));
  const folder = await files.remove("deep");
  // Its own folder went after it.
  expect(await files.bringBack(second)).toBe("deep/er/a.txt");
  expect(content("deep/er/a.txt")).toBe("second");
  expect(await files.bringBack(folder)).toBe("deep (2)");
  expect([content("deep (2)/er/a.txt"), content("deep (2)/er/a (2).txt")]).toEqual(["there by now", "first"]);

  const inside = await files.remove("deep/er/a.txt");
  await files.remove("deep");
  symlinkSync(world, join(root, "deep"));
  await expect(files.bringBack(inside)).rejects.toEqual(code("bad-path"));
  await expect(files.bringBack("../../root")).rejects.toEqual(code("not-found"));
  await files.forget(inside);
  await expect(files.bringBack(inside)).rejects.toEqual(code("not-found"));
});

test("what was deleted is kept for a day, and then gone", async () => {
  put("a.txt", "1");
  const id = await files.remove("a.txt");
  const about = join(world, "deleted", id, "about.json");
  const age = (hours: number) => {
    const at = Math.floor(Date.now() / 1000 - hours * 3600);
    writeFileSync(about, JSON.stringify({ ...JSON.parse(readFileSync(about, "utf8")), at }));
  };
  age(KEPT_HOURS - 0.1);
  expect(await files.deleted()).toHaveLength(1);
  age(KEPT_HOURS + 0.1);
  expect(await files.deleted()).toEqual([]);
  expect(readdirSync(join(world, "deleted"))).toEqual([]);
});

test("what is replaced is kept, comes back in the place of what took it, and that can be had again", async () => {
  put("a.txt", "first");
  const { version, keptAs } = await files.replace("a.txt", Readable.from(["second"]));
  expect((await files.deleted()).map(({ path, replaced }) => [path, replaced])).toEqual([["a.txt", true]]);
  const now = await files.read("a.txt");
  now.content.destroy();
  expect(now.version).toBe(version);
  expect(await files.bringBack(keptAs ?? "")).toBe("a.txt");
  expect([content("a.txt"), readdirSync(root)]).toEqual(["first", ["a.txt"]]);
  // Whoever still knows it by its former id neither exchanges it once more nor deletes the newer one.
  await expect(files.bringBack(keptAs ?? "")).rejects.toEqual(code("not-found"));
  await expect(files.forget(keptAs ?? "")).rejects.toEqual(code("not-found"));
  const [newer] = await files.deleted();
  expect(await files.bringBack(newer?.id ?? "")).toBe("a.txt");
  expect(content("a.txt")).toBe("second");
  const [older] = await files.deleted();
  await files.forget(older?.id ?? "");
  expect([await files.deleted(), content("a.txt")]).toEqual([[], "second"]);
});

test("of two who bring the same back at once, one does, and the other is told", async () => {
  for (let round = 0; round < 20; round++) {
    put("a.txt", "first");
    const { keptAs } = await files.replace("a.txt", Readable.from(["second"]));
    const both = await Promise.allSettled([files.bringBack(keptAs ?? ""), files.bringBack(keptAs ?? "")]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((one) => one.status === "rejected")?.reason).toEqual(code("not-found"));
    expect(content("a.txt")).toBe("first");
    for (const { id } of await files.deleted()) await files.forget(id);
  }
});

test("what was replaced comes back beside anything newer, or to where nothing is any more", async () => {
  put("a.txt", "first");
  const second = await files.replace("a.txt", Readable.from(["second"]));
  const third = await files.replace("a.txt", Readable.from(["third"]));
  expect(await files.bringBack(second.keptAs ?? "")).toBe("a (2).txt");
  expect([content("a.txt"), content("a (2).txt")]).toEqual(["third", "first"]);
  rmSync(join(root, "a.txt"));
  expect(await files.bringBack(third.keptAs ?? "")).toBe("a.txt");
  expect(content("a.txt")).toBe("second");
});

test("a new file replaces nothing, and nothing is kept of it, nor of one that is refused", async () => {
  expect(await files.replace("a.txt", Readable.from(["first"]))).toMatchObject({ keptAs: null });
  await expect(files.replace("a.txt", Readable.from(["second"]), null)).rejects.toEqual(code("changed"));
  await expect(files.replace("a.txt", Readable.from(["second"]), "0-0-0-0")).rejects.toEqual(code("changed"));
  expect([await files.deleted(), readdirSync(join(world, "deleted")), readdirSync(join(world, "staging"))]).toEqual([
    [],
    [],
    [],
  ]);
  expect(content("a.txt")).toBe("first");
});

test("a program that writes all the time loses nothing to uploads over it: each of its lines is in the file or in what is kept", async () => {
  const path = join(root, "log");
  put("log", "");
  const stops = new AbortController();
  let lines = 0;
  const writing = (async () => {
    while (!stops.signal.aborted) {
      appendFileSync(path, `line ${lines++}\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  for (let round = 0; round < 50; round++) await files.replace("log", Readable.from([`upload ${round}\n`]));
  stops.abort();
  await writing;
  const kept = await files.deleted();
  const all = [content("log"), ...kept.map(({ id }) => readFileSync(join(world, "deleted", id, "item"), "utf8"))].join(
    "",
  );
  expect(kept).toHaveLength(50);
  for (let line = 0; line < lines; line++) expect(all).toContain(`line ${line}\n`);
});
