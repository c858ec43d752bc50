import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openFileSystem, type StagingOwner } from "../src/index.ts";
import { shaHasher } from "./sha-hasher.ts";

const LIVES: StagingOwner = { host: "host-of-one", pid: 7, started: "70" };

/** What engines of two other hosts have in staging: each a download, a file that gave way, and one that was edited since. */
test("what engines of other hosts have staged is cleared when they show no life, what was edited brought back first", async () => {
  const root = mkdtempSync(join(tmpdir(), "twinfold-hosts-"));
  const of = (host: string, pid: number) => join(root, ".twinfold", `${host}-${pid}-${pid * 10}-1`);
  for (const folder of [of("host-of-one", 7), of("host-of-another", 8)]) {
    mkdirSync(folder, { recursive: true });
    for (const name of ["1", "2", "3"]) writeFileSync(join(folder, name), name);
    const { ino, size, mtimeNs } = lstatSync(join(folder, "2"), { bigint: true });
    // That host's number for the device is another one.
    const asItWas = `999999:${ino}:${size}:${mtimeNs}`;
    writeFileSync(join(folder, "2.json"), JSON.stringify({ path: "gave way", expected: asItWas, staged: null }));
    writeFileSync(join(folder, "3.json"), JSON.stringify({ path: "edited", expected: "1:2:3:4", staged: "1:5:6:7" }));
  }
  const asked: StagingOwner[] = [];
  const lives = (owner: StagingOwner) => {
    asked.push(owner);
    return owner.host === LIVES.host;
  };
  const files = openFileSystem({ root, hasher: shaHasher, session: "test", lives });
  onTestFinished(async () => {
    await files.close();
    rmSync(root, { recursive: true, force: true });
  });
  await files.clearStaging();
  expect(asked).toContainEqual(LIVES);
  expect(readdirSync(of("host-of-one", 7)).sort()).toEqual(["1", "2", "2.json", "3", "3.json"]);
  expect(existsSync(of("host-of-another", 8))).toBe(false);
  expect(readdirSync(root).sort()).toEqual([
    ".twinfold",
    expect.stringMatching(/^edited \(recovered \d{4}-\d\d-\d\d\)$/),
  ]);
});
