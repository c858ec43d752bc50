import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { treeInDropbox, treeOnDisk, writeTree } from "./disk.ts";
import { MAESTRAL_KEY, startMaestral } from "./maestral.ts";
import { makeWorld, type World } from "./world.ts";

interface Maestral {
  /** Resolves when both sides have what `expected` names, and are the same. */
  settled(expected: Readonly<Record<string, string | null>>): Promise<void>;
  /** Ends it as its daemon is ended. It must have had no errors. */
  stop(): Promise<void>;
}

async function watched(world: World, disk: string, refreshToken: string): Promise<Maestral> {
  const running = await startMaestral(world.start, disk, refreshToken);
  return {
    async settled(expected) {
      for (;;) {
        const both = await Promise.all([treeInDropbox(world.files, ""), treeOnDisk(disk)]).catch(goneMeanwhile);
        if (both !== null && JSON.stringify(both[0]) === JSON.stringify(both[1]))
          if (Object.entries(expected).every(([path, content]) => both[0][path] === content)) return;
        if (running.hasEnded()) throw new Error(`Maestral has ended:\n${running.output()}`);
        await sleep(200);
      }
    },
    async stop() {
      running.signal("SIGTERM");
      await running.ended;
      expect(running.output()).not.toContain("error:");
      expect(running.output()).toContain("stopped");
    },
  };
}

/** What is read while it changes may be gone before it is reached. */
function goneMeanwhile(error: { readonly code?: unknown }): null {
  if (error.code === "ENOENT" || error.code === "not-found") return null;
  throw error;
}

async function put(world: World, path: string, content: string): Promise<void> {
  await world.files.upload(path, Readable.from([Buffer.from(content)]), { ifExists: "overwrite" });
}

test("Maestral: link, first sync both ways, changes both ways, rename, conflict, restart", async () => {
  const world = await makeWorld();
  const { refreshToken } = await world.link({ name: "Maestral", key: MAESTRAL_KEY });
  const disk = join(world.folder, "disk");
  for (let index = 0; index < 100; index++) await put(world, `/from dropbox/${index % 5}/${index}.txt`, `${index}`);
  await world.files.createFolder("/empty");
  let maestral = await watched(world, disk, refreshToken);
  await maestral.settled({ "from dropbox/0/0.txt": "0", empty: null });

  await writeTree(
    disk,
    Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`from disk/${index % 5}/ü ${index}.txt`, `${index}`]),
    ),
  );
  await maestral.settled({ "from disk/4/ü 99.txt": "99" });

  await put(world, "/from disk/0/ü 0.txt", "changed in Dropbox");
  await writeTree(disk, { "from dropbox/1/1.txt": "changed on disk" });
  await maestral.settled({ "from disk/0/ü 0.txt": "changed in Dropbox", "from dropbox/1/1.txt": "changed on disk" });

  await rename(join(disk, "from dropbox"), join(disk, "renamed"));
  await maestral.settled({ "renamed/1/1.txt": "changed on disk" });
  await world.files.move("/from disk", "/moved");
  await maestral.settled({ "moved/0/ü 0.txt": "changed in Dropbox" });
  await world.files.delete("/moved/1");
  await rm(join(disk, "renamed/2"), { recursive: true });
  await maestral.settled({});
  expect(await treeOnDisk(disk)).not.toHaveProperty(["renamed/2"]);
  expect(await treeOnDisk(disk)).not.toHaveProperty(["moved/1"]);
  await maestral.stop();

  await writeTree(disk, { "renamed/1/1.txt": "edited here", "while away/disk.txt": "1" });
  await put(world, "/renamed/1/1.txt", "edited there");
  await put(world, "/while away/dropbox.txt", "2");
  maestral = await watched(world, disk, refreshToken);
  await maestral.settled({ "while away/disk.txt": "1", "while away/dropbox.txt": "2" });
  const both = Object.entries(await treeOnDisk(disk)).filter(([path]) => /^renamed\/1\/1[. ]/.test(path));
  expect(both.map(([, content]) => content).sort()).toEqual(["edited here", "edited there"]);
  await maestral.stop();
});
