import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openFolderFiles, openSnapshots } from "../src/index.ts";

/** Works on files and snapshots in a folder of a small disk, fills that, and says what came of each step. */
const [world = ""] = process.argv.slice(2);
const said: Record<string, unknown> = {};

function fill(): void {
  for (const size of [65_536, 512]) {
    try {
      for (;;) writeFileSync(join(world, "filler"), Buffer.alloc(size, 1), { flag: "a" });
    } catch {
      // Full.
    }
  }
}

async function say(step: string, work: () => Promise<unknown>): Promise<void> {
  try {
    said[step] = (await work()) ?? "done";
  } catch (error) {
    const { name, code, message } = error as { name: string; code?: string; message: string };
    said[step] = { name, code, message };
  }
}

const root = join(world, "root");
const open = () => openFolderFiles(root, join(world, "staging"), join(world, "deleted"));
const hasReserve = () => lstatSync(join(world, ".reserve"), { throwIfNoEntry: false }) !== undefined;
mkdirSync(root);
const snapshots = await openSnapshots(root, join(world, "saved"));
const taken: string[] = [];
for (const round of [1, 2]) {
  // Trees that take more than the reserve.
  for (let count = 0; count < 300; count++) {
    const folder = join(root, `folder ${count} ${"long".repeat(40)}`);
    mkdirSync(folder, { recursive: true });
    for (const name of ["a", "b", "c", "d"]) writeFileSync(join(folder, name.repeat(200)), `${round}`);
  }
  taken.push((await snapshots.take("")).id);
}
for (const name of ["a", "b", "c"]) writeFileSync(join(root, name), name);
const files = open();
const there = () => readdirSync(root).filter((name) => name.length === 1);

fill();
let id = "";
await say("deleted while full", async () => {
  id = await files.remove("a");
});
await say("can be brought back", async () => (await files.deleted()).map(({ path }) => path));
fill();
await say("deleted with no reserve left", () => files.remove("b"));
said["is there"] = there();
said["kept folders"] = readdirSync(join(world, "deleted")).length;
await say("snapshot deleted with no reserve left", () => snapshots.delete(taken[0] ?? ""));
await say("brought back", () => files.bringBack(id));
rmSync(join(world, "filler"));
open();
said["reserve with room"] = hasReserve();
fill();
await say("snapshot deleted while full", () => snapshots.delete(taken[0] ?? ""));
said.snapshots = snapshots.list().length;
rmSync(join(world, "filler"));
await say("snapshot deleted with room", () => snapshots.delete(taken[1] ?? ""));
said["reserve at the end"] = hasReserve();
await snapshots.close();
console.log(JSON.stringify(said));
