import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EngineOnDisk } from "../../packages/session/test/engine-on-disk.ts";

const run = (...words: string[]) => spawnSync(words[0] ?? "", words.slice(1), { stdio: "ignore" }).status === 0;

/** Whether this process may mount: as root, where the system lets it. */
function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-mount-"));
  const may = run("mount", "--bind", folder, folder);
  if (may) run("umount", "-l", folder);
  rmSync(folder, { recursive: true });
  return may;
}

test.skipIf(!mayMount())(
  "a disk inside the root goes while a file comes down to it: that is not put in the folder beneath, and comes when it is back",
  async () => {
    let isSlow = false;
    const world = new EngineOnDisk();
    const disk = mkdtempSync(join(tmpdir(), "twinfold-disk-"));
    const point = join(world.root, "data");
    mkdirSync(point);
    try {
      run("mount", "--bind", disk, point);
      writeFileSync(join(point, "old"), "1");
      world.dropbox.createFolder("A");
      const engine = await world.begin({}, ({ name }) => (isSlow && name === "read" ? { delay: 1_500 } : undefined));
      isSlow = true;
      world.dropbox.upload("A/data/new", Buffer.from("only in Dropbox"));
      await expect.poll(() => engine.status().pending.down, { timeout: 10_000 }).toBe(1);
      run("umount", "-l", point);
      writeFileSync(join(world.root, "beside"), "1");
      await expect.poll(() => world.dropbox.lookup("A/beside"), { timeout: 10_000 }).toBeDefined();
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      expect(readdirSync(point)).toEqual([]);
      run("mount", "--bind", disk, point);
      isSlow = false;
      writeFileSync(join(world.root, "beside"), "2");
      await expect.poll(() => readdirSync(point).sort(), { timeout: 15_000 }).toEqual(["new", "old"]);
      expect(readFileSync(join(point, "new"), "utf8")).toBe("only in Dropbox");
      expect(world.dropbox.lookup("A/data/new")).toBeDefined();
    } finally {
      run("umount", "-l", point);
      await world.end();
      rmSync(disk, { recursive: true });
    }
  },
  60_000,
);
