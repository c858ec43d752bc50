import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { World } from "../../apps/cli/test/harness.ts";
import { status } from "./answers.ts";
import { OwnMounts } from "./own-mounts.ts";
import { diskOf, fill } from "./sides.ts";

const mounts = await OwnMounts.open();
afterAll(() => mounts?.close());

/** A person's home that fills, on a disk of its own; skipped where the system lets nobody have mounts. */
test.skipIf(mounts === null)(
  "the disk is full on which is remembered what is in sync: that is said, and all goes on by itself when there is room",
  { timeout: 90_000 },
  async () => {
    const own = mounts as OwnMounts;
    const world = new World();
    const states = { timeout: 40_000, interval: 500 };
    try {
      mkdirSync(world.home);
      own.run("mount", "-t", "tmpfs", "-o", "size=2m", "none", world.home);
      world.through = own.through;
      await world.begin();
      const fillers: string[] = [];
      const fillUp = () => {
        try {
          for (;;) {
            const filler = own.at(join(world.home, `filler-${fillers.length}`));
            fillers.push(filler);
            writeFileSync(filler, Buffer.alloc(4096, 1));
          }
        } catch {
          // Full.
        }
      };
      fillUp();
      const files = Object.fromEntries(Array.from({ length: 60 }, (_, count) => [`new-${count}`, `${count}`]));
      await fill(diskOf(world), files);
      await expect
        .poll(() => status(world), states)
        .toMatchObject({
          state: "disk full",
          message: expect.stringContaining(`The disk of ${join(world.home, "state")}`),
        });
      await world.upload("meanwhile", "there");
      expect((await world.run(["wait", "--timeout", "1"])).code).toBe(1);
      for (const filler of fillers) rmSync(filler, { force: true });
      await expect.poll(() => status(world), states).toMatchObject({ state: "up to date" });
      expect(world.diskTree()).toEqual({ ...files, meanwhile: "there" });
      expect(await world.dropboxTree()).toEqual(world.diskTree());
    } finally {
      await world.end();
    }
  },
);
