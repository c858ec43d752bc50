import type { FolderExtent, RelativePath } from "@twinfold/engine";
import { describe, expect, test } from "vitest";
import { planZips } from "../src/zip-plan.ts";
import { at, readOf } from "./speaking.ts";

const SMALL = new Uint8Array(100);

/** What is wanted: files of these paths, all of one size. */
const wanted = (paths: readonly string[], size = SMALL.length) =>
  paths.map((path) => ({ ...readOf(`id:${path}`, SMALL), path: at(path), size }));

const files = (folder: string, count: number, prefix = "f") =>
  Array.from({ length: count }, (_, index) => `${folder === "" ? "" : `${folder}/`}${prefix}${index}`);

/** Folders that hold these files and no more, each of one size, and the folders that these lie in. */
function holding(paths: readonly string[], size = SMALL.length) {
  return (folder: RelativePath, most: number): FolderExtent | null => {
    const prefix = folder === "" ? "" : `${folder}/`;
    const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length).split("/"));
    const folders = new Set(
      below.flatMap((names) => names.slice(1).map((_, depth) => names.slice(0, depth + 1).join("/"))),
    );
    const entries = below.length + folders.size;
    return entries > most ? null : { entries, bytes: below.length * size };
  };
}

function planned(paths: readonly string[], there = paths, size = SMALL.length) {
  const { folders, single } = planZips(wanted(paths, size), holding(there, size));
  return { folders: folders.map(({ path, reads }) => [path, reads.length]), single: single.length };
}

describe("which folders are fetched whole", () => {
  test("a few files are not, many are, from the folder down that holds them all", () => {
    expect(planned(files("a", 7))).toEqual({ folders: [], single: 7 });
    expect(planned(files("a/b", 40))).toEqual({ folders: [["", 40]], single: 0 });
  });

  test("a folder with much that is not wanted is not, but what is full of wanted things in it", () => {
    const here = files("a/b", 40);
    const there = [...here, ...files("a", 2_000, "other"), ...files("c", 100)];
    expect(planned(here, there)).toEqual({ folders: [["a/b", 40]], single: 0 });
    expect(planned(files("a", 40), [...files("a", 40), ...files("a", 200, "other")])).toEqual({
      folders: [],
      single: 40,
    });
  });

  test("few things that are not wanted come along, if they are small", () => {
    const there = [...files("a", 40), ...files("a", 20, "other")];
    expect(planned(files("a", 40), there).folders).toHaveLength(1);
    expect(planned(files("a", 40), there, 1024 * 1024)).toEqual({ folders: [], single: 40 });
  });

  test("ten thousand files in a hundred folders come in ten zip files, side by side", () => {
    const tree = files("", 10, "d").flatMap((top) => files(top, 10, "e").flatMap((folder) => files(folder, 100)));
    const { folders, single } = planned(tree);
    expect(folders).toEqual(files("", 10, "d").map((top) => [top, 1_000]));
    expect(single).toBe(0);
  });

  test("many small folders come in one, rather than one by one; more than Dropbox puts into one, in parts", () => {
    const small = files("", 3_000, "d").flatMap((folder) => files(folder, 2));
    expect(planned(small)).toEqual({ folders: [["", 6_000]], single: 0 });
    const many = files("", 4, "t").flatMap((top) => files(top, 2_000, "d").flatMap((folder) => files(folder, 2)));
    expect(planned(many)).toEqual({ folders: files("", 4, "t").map((top) => [top, 4_000]), single: 0 });
  });

  test("a folder with ten thousand files of its own is none that Dropbox zips", () => {
    expect(planned(files("a", 9_990)).folders).toEqual([["a", 9_990]]);
    expect(planned(files("a", 10_000))).toEqual({ folders: [], single: 10_000 });
  });

  test("large files come by themselves, and so does a folder that would be too much at once", () => {
    const tree = files("a", 40);
    const large = wanted(["a/large"], 100 * 1024 * 1024);
    const plan = planZips([...wanted(tree), ...large], holding(tree));
    expect([plan.folders.map(({ path }) => path), plan.single]).toEqual([[""], large]);
    expect(planned(tree, tree, 10 * 1024 * 1024)).toEqual({ folders: [], single: 40 });
  });
});
