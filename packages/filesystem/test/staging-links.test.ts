import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { FileSystemError, type StagedFile } from "@twinfold/engine";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OpenedFileSystem } from "../src/index.ts";
import { at, fingerprintOf, openFolder, piecesOf, refusalOf } from "./opened.ts";
import { seenOf, swapForLink } from "./swap-for-link.ts";

/** A name as an engine that has ended gave it to its folder. */
const ENDED = `${hostname()}-999999999-1-1`;
const TODAY = new Date().toISOString().slice(0, 10);

let root: string;
let files: OpenedFileSystem;
/** Another's, which must never be touched: it looks as staging does, with names that an engine may give. */
let foreign: string;
let before: string[];

beforeEach(() => {
  ({ root, files } = openFolder());
  foreign = join(root, "../foreign");
  const names = [".gitignore", "lease-a.json", "1", "1.json", "2", "2.json", "folder/1", "folder/1.json", `${ENDED}/1`];
  for (const name of names) {
    mkdirSync(join(foreign, name, ".."), { recursive: true });
    writeFileSync(join(foreign, name), `${name} of another`, { mode: 0o640 });
  }
  writeFileSync(join(foreign, ENDED, "1.json"), JSON.stringify({ path: "taken", expected: "", staged: null }));
  before = seenOf(foreign);
});
afterEach(() => expect(seenOf(foreign)).toEqual(before));

const staging = () => join(root, ".twinfold");
/** The folder of this engine. */
const own = () => join(staging(), readdirSync(staging()).find((name) => /-\d+$/.test(name)) ?? "");
const text = (path: string) => readFileSync(join(root, path), "utf8");

async function staged(content: string): Promise<StagedFile> {
  const file = await files.stage(at("a"));
  await file.write(piecesOf(content));
  return file;
}

/** As the engine does it, over what is there. */
async function place(path: string, content: string): Promise<void> {
  const expected = (await files.stat(at(path)))?.fingerprint ?? null;
  const file = await staged(content);
  await files.place(file, at(path), expected, 1_000_000_000).finally(() => file.discard());
}

const remove = async (path: string) => files.removeFile(at(path), await fingerprintOf(files, path));

/** Puts a link to the foreign folder, or into it, in the place of what is there. @returns undoes it */
function linkAway(path: string, target: string): () => void {
  renameSync(path, `${path}.kept`);
  symlinkSync(target, path);
  return () => {
    unlinkSync(path);
    renameSync(`${path}.kept`, path);
  };
}

describe("a link that comes in the place of staging", () => {
  test("before anything was staged", async () => {
    symlinkSync(foreign, staging());
    writeFileSync(join(root, "a"), "mine");
    await files.clearStaging();
    expect(await refusalOf(staged("new"))).toBe("in-the-way");
    expect(await refusalOf(remove("a"))).toBe("in-the-way");
    await files.close();
    expect(text("a")).toBe("mine");
  });

  test.each(["the folder", "the engine's own in it"])("while the engine runs: %s", async (which) => {
    await place("a", "one");
    await place("b", "one");
    const begun = await staged("begun");
    const undo = which === "the folder" ? linkAway(staging(), foreign) : linkAway(own(), join(foreign, "folder"));
    const error: unknown = await place("a", "two").catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "in-the-way",
      message: expect.stringMatching(/^\.twinfold.* is a symbolic link/),
    });
    expect(await refusalOf(remove("a"))).toBe("in-the-way");
    await files.clearStaging();
    expect(text("a")).toBe("one");
    // What has begun in a folder that was held open ends there.
    await files.place(begun, at("c"), null, null);
    expect(text("c")).toBe("begun");
    undo();
    await place("a", "two");
    await remove("b");
    expect([text("a"), existsSync(join(root, "b"))]).toEqual(["two", false]);
    await files.close();
    expect(readdirSync(root).sort()).toEqual(["a", "c"]);
  });

  test("the folder is moved away for good: what was displaced into it is still looked after, and another is made", async () => {
    await place("a", "one");
    await place("a", "two");
    const kept = join(own(), readdirSync(own()).find((name) => !name.endsWith(".json")) ?? "");
    renameSync(staging(), join(root, "../moved"));
    appendFileSync(kept.replace(staging(), join(root, "../moved")), " and more");
    await place("b", "new");
    await files.close();
    expect(readdirSync(root).sort()).toEqual(["a", `a (recovered ${TODAY})`, "b"]);
    expect(text(`a (recovered ${TODAY})`)).toBe("one and more");
  });
});

describe("a link that comes in the place of what is staged", () => {
  test("neither the mode nor the time of what it leads to is set", async () => {
    writeFileSync(join(root, "a"), "mine", { mode: 0o600 });
    const file = await staged("new");
    rmSync(join(own(), "1"));
    symlinkSync(join(foreign, "1"), join(own(), "1"));
    const expected = await fingerprintOf(files, "a");
    await expect(files.place(file, at("a"), expected, 1_000_000_000)).rejects.toBeInstanceOf(FileSystemError);
    await expect(files.place(file, at("b"), null, 1_000_000_000)).rejects.toMatchObject({ code: "changed" });
    expect(text("a")).toBe("mine");
  });

  test("nothing is written through it", async () => {
    const file = await files.stage(at("a"));
    symlinkSync(join(foreign, "1"), join(own(), "1"));
    await file.write(piecesOf("new"));
    await files.place(file, at("a"), null, null);
    expect(text("a")).toBe("new");
  });

  test("nor through one in the place of a note, of git's file or of the lease's", async () => {
    await place("a", "one");
    for (let count = 1; count < 9; count++) symlinkSync(join(foreign, "1"), join(own(), `${count}.json`));
    rmSync(join(staging(), ".gitignore"));
    symlinkSync(join(foreign, "new"), join(staging(), ".gitignore"));
    await place("a", "two");
    await remove("a");
    await files.clearStaging();
    expect(existsSync(join(root, "a"))).toBe(false);
  });
});

describe("what lies in the folder of an engine that has ended", () => {
  const left = (name: string) => join(staging(), ENDED, name);
  beforeEach(() => mkdirSync(join(staging(), ENDED), { recursive: true }));

  test.each(["../foreign/new", "/etc/new", "x/../../foreign/new", "..", "./../foreign/new"])(
    "a note that says %s brings nothing there",
    async (path) => {
      writeFileSync(left("1"), "anything");
      writeFileSync(left("1.json"), JSON.stringify({ path, expected: "", staged: null }));
      await files.clearStaging();
      expect(readdirSync(join(root, "..")).sort()).toEqual(["foreign", "root"]);
      expect(existsSync("/etc/new")).toBe(false);
      expect(readdirSync(root)).toEqual([expect.stringContaining("(recovered")]);
    },
  );

  test("neither a link for a note, nor a pipe that nobody writes to, is read; what else is there is brought back", async () => {
    for (const name of ["1", "2", "3", "4"]) writeFileSync(left(name), name);
    symlinkSync(join(foreign, ENDED, "1.json"), left("1.json"));
    execFileSync("mkfifo", [left("2.json")]);
    mkdirSync(left("3.json"));
    writeFileSync(left("4.json"), JSON.stringify({ path: "d/four", expected: "", staged: null }));
    await files.clearStaging();
    expect(readdirSync(root).sort()).toEqual([".twinfold", `four (recovered ${TODAY})`]);
  });

  test("a link for the folder itself is not followed", async () => {
    rmSync(join(staging(), ENDED), { recursive: true });
    symlinkSync(join(foreign, ENDED), join(staging(), ENDED));
    await files.clearStaging();
    expect(readdirSync(root)).toEqual([".twinfold"]);
  });
});

test.each([".twinfold", "its folder", "its folder's files"])(
  "a link takes the place of %s every other moment, while files come and go: what it leads to is not touched",
  async (which) => {
    await place("steady", "0");
    const [path, target] =
      which === ".twinfold"
        ? [staging(), foreign]
        : which === "its folder"
          ? [own(), join(foreign, "folder")]
          : [join(own(), "2"), join(foreign, "1")];
    if (which === "its folder's files") writeFileSync(path, "");
    const end = await swapForLink(path, target, join(root, ".~swapped"));
    const outcomes = { done: 0, refused: 0 };
    const content = new Map<string, string>();
    const tries = async (work: () => Promise<unknown>) => {
      try {
        await work();
        outcomes.done++;
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        outcomes.refused++;
      }
    };
    const isLong = (began = performance.now()) => performance.now() - began > 2_000;
    for (let count = 0, began = performance.now(); !isLong(began); count++) {
      const name = `${count % 7}`;
      await tries(async () => {
        await place(name, `${count}`);
        content.set(name, `${count}`);
      });
      await tries(async () => {
        await place("steady", `${count}`);
        content.set("steady", `${count}`);
      });
      if (count % 3 === 0 && existsSync(join(root, name))) {
        await tries(async () => {
          await remove(name);
          content.delete(name);
        });
      }
      if (count % 5 === 0) await files.clearStaging();
    }
    await end();
    rmSync(join(root, ".~swapped"), { recursive: true, force: true });
    expect(seenOf(foreign)).toEqual(before);
    expect(outcomes.done).toBeGreaterThan(0);
    for (const [name, last] of content) expect([name, text(name)]).toEqual([name, last]);
    await place("after", "the race");
    await remove("steady");
    await files.close();
    expect([text("after"), existsSync(join(root, "steady"))]).toEqual(["the race", false]);
  },
);
