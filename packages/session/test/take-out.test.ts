import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHasher } from "@twinfold/dropbox-rules";
import { type Activity, systemClock } from "@twinfold/engine";
import { openFileSystem } from "@twinfold/filesystem";
import { DropboxUser, VirtualDropbox, VirtualRemote } from "@twinfold/simulator";
import { afterAll, expect, test } from "vitest";
import { takeOut } from "../src/take-out.ts";

const root = mkdtempSync(join(tmpdir(), "twinfold-take-out-"));
const fileSystem = openFileSystem({ root, hasher: contentHasher, session: "test" });
afterAll(async () => {
  await fileSystem.close();
  rmSync(root, { recursive: true });
});

test("it ends where the rules by which files were chosen hold no longer: they may be in sync again", async () => {
  const dropbox = new VirtualDropbox();
  const user = new DropboxUser(dropbox, "A", systemClock);
  for (const name of ["a.log", "b.log", "c.log"]) {
    writeFileSync(join(root, name), name);
    user.upload(name, name);
  }
  let asked = 0;
  const told: Activity[] = [];
  const taking = takeOut(
    fileSystem,
    new VirtualRemote(dropbox, { clock: systemClock, folder: "A" }),
    {
      leftOutBy: (path) => (path.endsWith(".log") ? { source: ".mignore", line: 1, pattern: "*.log" } : null),
      agree: async ({ files, bytes }) => expect([files.length, bytes]).toEqual([3, 15]),
      isWanted: () => ++asked === 1,
    },
    (one) => told.push(one),
  );
  await expect(taking).rejects.toMatchObject({ code: "conflict" });
  expect(["a.log", "b.log", "c.log"].map((name) => user.exists(name))).toEqual([false, true, true]);
  // What went before that is told, so that it can be brought back.
  expect(told).toMatchObject([{ side: "remote", action: "delete", path: "a.log", bytes: 5, now: null }]);
  expect(told[0]?.was).toMatch(/^[0-9a-f]{64}$/);
  expect(existsSync(join(root, "a.log"))).toBe(true);
});

const RULE = { source: ".mignore", line: 1, pattern: "it" };

test("a folder is not empty because what is in it spells it in another case", async () => {
  const dropbox = new VirtualDropbox();
  const user = new DropboxUser(dropbox, "A", systemClock);
  mkdirSync(join(root, "Build"));
  user.upload("Build/only-in-dropbox.o", "all that there is of it");
  const spellParents = (parents: string) => parents.toLowerCase();
  const taken = await takeOut(
    fileSystem,
    new VirtualRemote(dropbox, { clock: systemClock, folder: "A", spellParents }),
    {
      leftOutBy: (path) => (path.toLowerCase().startsWith("build") ? RULE : null),
      agree: async () => undefined,
      isWanted: () => true,
    },
    () => undefined,
  );
  expect(taken).toEqual({ files: [], bytes: 0, staying: ["build/only-in-dropbox.o"] });
  expect(user.exists("Build/only-in-dropbox.o")).toBe(true);
});

test("what is another on disk by the time that it is agreed stays in Dropbox, where alone it is", async () => {
  const dropbox = new VirtualDropbox();
  const user = new DropboxUser(dropbox, "A", systemClock);
  for (const name of ["rewritten.tmp", "gone.tmp", "same.tmp"]) {
    writeFileSync(join(root, name), name);
    user.upload(name, name);
  }
  const taken = await takeOut(
    fileSystem,
    new VirtualRemote(dropbox, { clock: systemClock, folder: "A" }),
    {
      leftOutBy: (path) => (path.endsWith(".tmp") ? RULE : null),
      async agree({ files }) {
        expect(files).toHaveLength(3);
        writeFileSync(join(root, "rewritten.tmp"), "by a program");
        rmSync(join(root, "gone.tmp"));
      },
      isWanted: () => true,
    },
    () => undefined,
  );
  expect(taken).toEqual({ files: ["same.tmp"], bytes: 8, staying: ["gone.tmp", "rewritten.tmp"] });
  expect([...user.tree().keys()].sort()).toEqual(["gone.tmp", "rewritten.tmp"]);
});
