import type { RelativePath } from "@twinfold/engine";
import { expect, test } from "vitest";
import { pathsOf, ToldWorld } from "./told-world.ts";

/** New content is hashed before it is uploaded, and with the cycle after that it is looked what is mounted. */
test.each([
  ["the folder is made", 1],
  ["the first file is uploaded", 2],
  ["the second file is uploaded", 3],
])(
  "a disk that is mounted on a new folder amid the look that finds it, and goes as %s, has nothing deleted",
  async (_, nth) => {
    const world = new ToldWorld();
    const { time, disk, here, there } = world;
    const data = "data" as RelativePath;
    const content = (text: string) => new TextEncoder().encode(text);
    const volume = disk.newVolume({ first: content("1"), second: content("2") });
    await world.rest();
    here.mkdir("data");
    world.amid = { call: "list", deed: () => disk.mountVolume(data, volume) };
    const goes = (left: number) => () => {
      if (left === 1) disk.unmountVolume(data);
      else world.amid = { call: "write", deed: goes(left - 1) };
    };
    await time.advance(40);
    world.amid = { call: "write", deed: goes(nth) };
    await time.advance(60_000);
    const before = pathsOf(there);
    here.write("beside", "wakes it");
    await time.advance(60_000);
    expect(pathsOf(there)).toEqual(["beside", ...before]);
  },
);

test("while it can't be seen whether the folder of a disk that is gone is still there, that is no deletion, and the rest goes on", async () => {
  const world = new ToldWorld();
  const { time, disk, here, there } = world;
  const path = "disks/data" as RelativePath;
  here.mkdirs(path);
  await world.rest();
  disk.mountVolume(path, disk.newVolume({ file: new TextEncoder().encode("1") }));
  await world.rest();
  await time.advance(10_000);
  disk.unmountVolume(path);
  disk.unknowable.add(disk.folder(path));
  here.write("beside", "2");
  await time.advance(120_000);
  expect(pathsOf(there)).toEqual(["beside", "disks", path, `${path}/file`]);
  expect(world.host.engine?.status()).toMatchObject({ state: "needs attention", folderGone: false });
  disk.unknowable.clear();
  await time.advance(120_000);
  expect(pathsOf(there)).toEqual(["beside", "disks", path, `${path}/file`]);
  // Who deletes the folder means it.
  here.rmtree("disks");
  await world.rest();
  expect(pathsOf(there)).toEqual(["beside"]);
});
