import type { RelativePath } from "@twinfold/engine";
import { expect, test } from "vitest";
import { DiskUser } from "./disk-user.ts";
import { EngineHost } from "./engine-host.ts";
import { SeededRandomness } from "./seeded-randomness.ts";
import { VirtualDisk } from "./virtual-disk.ts";
import { VirtualDropbox } from "./virtual-dropbox.ts";
import { VirtualTime } from "./virtual-time.ts";

test("an engine whose root is gone looks again from time to time, and goes on when it is back", async () => {
  const time = new VirtualTime();
  const disk = new VirtualDisk(time);
  const dropbox = new VirtualDropbox();
  let looks = 0;
  const host = new EngineHost({
    name: "engine",
    time,
    disk,
    dropbox,
    folder: "A",
    randomness: new SeededRandomness(1),
    nasty: false,
    faults: ({ port }) => {
      if (port === "file system") looks++;
      return undefined;
    },
  });
  host.start();
  await time.advance(5_000);
  new DiskUser(disk).write("a", "one");
  await time.advance(5_000);
  disk.setMounted(false);
  host.engine?.announce(["a" as RelativePath]);
  looks = 0;
  await time.advance(60_000);
  expect(host.defect).toBeUndefined();
  expect(host.engine?.status().state).toBe("needs attention");
  // A look takes several calls; an engine that never rests makes thousands.
  expect(looks).toBeGreaterThan(5);
  expect(looks).toBeLessThan(300);
  disk.setMounted(true);
  expect(await time.until(host.engine?.wait(60) ?? Promise.reject(host.defect), 120_000)).toBe(true);
  expect(dropbox.lookup("A/a")?.kind).toBe("file");
});
