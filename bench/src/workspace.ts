import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFolderFiles, openSnapshots } from "@twinfold/workspaces";
import { median, row } from "./rows.ts";
import { FIND, secondsOf, timed } from "./timing.ts";
import { writeTree } from "./trees.ts";

const TREE = { files: 100_000, folders: 5_000, size: 64 };
/** All in one place. */
const WIDE = { files: 100_000, folders: 0, size: 1 };
const RUNS = 5;
/** Entries that the page asks for at a time. */
const PAGE = 200;

/** What a workspace does by itself, without Dropbox: snapshots beside `find -printf`, and pages of a folder beside `ls`. */
export async function workspace(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-bench-"));
  try {
    await snapshots(folder);
    await largeFolder(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function snapshots(folder: string): Promise<void> {
  const root = join(folder, "files");
  writeTree(root, TREE);
  const saved = await openSnapshots(root, join(folder, "snapshots"));
  const first = await timed(() => saved.take("first"));
  row(`first snapshot, ${TREE.files} files`, `${first.toFixed(2)} s`, "");
  const takes: number[] = [];
  const finds: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    finds.push(secondsOf(FIND, root));
    takes.push(await timed(() => saved.take(`${run}`)));
  }
  const [take, find] = [median(takes), median(finds)];
  const measured = `${take.toFixed(2)} s, ${(take / find).toFixed(2)} x find (${find.toFixed(2)} s)`;
  row(`snapshot, nothing changed, ${TREE.files} files`, measured, "3 x find");
  await saved.close();
}

async function largeFolder(folder: string): Promise<void> {
  const root = join(folder, "wide");
  for (const name of ["wide", "staging", "kept"]) mkdirSync(join(folder, name));
  writeTree(root, WIDE);
  const files = openFolderFiles(root, join(folder, "staging"), join(folder, "kept"));
  const list = (offset: number) => files.list("", { offset, limit: PAGE, hidden: false, find: "" });
  const first = await timed(() => list(0));
  const pages: number[] = [];
  for (let offset = PAGE; offset < WIDE.files; offset += WIDE.files / 20) pages.push(await timed(() => list(offset)));
  const found = await timed(() => files.list("", { offset: 0, limit: PAGE, hidden: false, find: "99" }));
  const ls = secondsOf("ls -U", root);
  const words = `first ${inMs(first)}, then ${inMs(median(pages))} each, found ${inMs(found)}; ls ${inMs(ls)}`;
  row(`pages of ${PAGE} of ${WIDE.files} entries`, words, "smooth");
}

const inMs = (seconds: number) => `${(seconds * 1000).toFixed(0)} ms`;
