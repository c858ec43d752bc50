/** Restores on a disk that has no room for it, then on one that has: `FOLDER`, a small disk of its own. Throws where it is not as meant. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSnapshots } from "../src/index.ts";

const [disk = ""] = process.argv.slice(2);
const root = join(disk, "root");
const free = () => {
  const { bavail, bsize } = statfsSync(disk);
  return bavail * bsize;
};
mkdirSync(root);
for (const name of ["a", "b"]) writeFileSync(join(root, name), randomBytes(3_000_000));
const snapshots = await openSnapshots(root, join(disk, "saved"));
const { id } = await snapshots.take("");
for (const name of ["a", "b"]) rmSync(join(root, name));
writeFileSync(join(root, "c"), "mine");
writeFileSync(join(disk, "filler"), randomBytes(free() - 4_000_000));
const before = free();
await assert.rejects(snapshots.restore(id, {}), { name: "SnapshotError", code: "full" });
assert.deepEqual(readdirSync(root), ["c"]);
assert.equal(existsSync(join(disk, "saved/restore")), false);
// But for the safety snapshot.
assert.ok(free() > before - 1_000_000);
rmSync(join(disk, "filler"));
assert.deepEqual((await snapshots.restore(id, {})).refused, []);
assert.deepEqual(readdirSync(root).sort(), ["a", "b"]);
await snapshots.close();
