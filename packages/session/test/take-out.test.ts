import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
