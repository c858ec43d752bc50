import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { unzipSync } from "fflate";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FolderFiles, openFolderFiles } from "../src/index.ts";

let world: string;
let root: string;
let files: FolderFiles;
beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "twinfold-zip-"));
  root = join(world, "root");
  mkdirSync(join(root, "data/empty"), { recursive: true });
  files = openFolderFiles(root, join(world, "staging"), join(world, "deleted"));
});
afterEach(() => rmSync(world, { recursive: true, force: true }));

/** @returns names with contents; folders end with a slash */
async function unpacked(path: string, name: string): Promise<Record<string, string>> {
  const found = unzipSync(await buffer(await files.zip(path, name)));
  return Object.fromEntries(Object.entries(found).map(([at, content]) => [at, new TextDecoder().decode(content)]));
}

test("all that is in a folder is in its zip file; no link is followed, no name leads out, and what is left out is told", async () => {
  writeFileSync(join(world, "secret"), "secret");
  symlinkSync(join(world, "secret"), join(root, "data/link"));
  symlinkSync(world, join(root, "data/out"));
  execFileSync("mkfifo", [join(root, "data/pipe")]);
  writeFileSync(join(root, "data/größe.txt"), "x".repeat(300_000));
  writeFileSync(join(root, "data/none"), "");
  writeFileSync(join(root, "data/..\\..\\evil"), "stays");
  expect(await unpacked("data", "data")).toEqual({
    "data/": "",
    "data/empty/": "",
    "data/größe.txt": "x".repeat(300_000),
    "data/none": "",
    "data/.._.._evil": "stays",
    "data (left out).txt":
      "Not in this zip file:\ndata/link: a symbolic link\ndata/out: a symbolic link\ndata/pipe: neither a file nor a folder\n",
  });
  await expect(files.zip("data/out", "out")).rejects.toMatchObject({ code: "bad-path" });
  await expect(files.zip("../root", "x")).rejects.toMatchObject({ code: "bad-path" });
  await expect(files.zip("data/none", "x")).rejects.toMatchObject({ code: "not-a-folder" });
});

test("whoever breaks it off leaves nothing open", async () => {
  const opened = () =>
    readdirSync("/proc/self/fd")
      .map((fd) => link(fd))
      .filter((to) => to.startsWith(root));
  for (let n = 0; n < 20; n++) writeFileSync(join(root, `${n}`), Buffer.alloc(1024 * 1024, n));
  const zip = await files.zip("", "all");
  for await (const _ of zip) break;
  await expect.poll(opened).toEqual([]);
});

function link(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // Closed since they were listed.
    return "";
  }
}
