import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "@twinfold/engine";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EngineOnDisk } from "../../packages/session/test/engine-on-disk.ts";

/** Writes to a file through memory, as numpy.memmap and LMDB do, and again when it is told to. */
const PROGRAM = `
import mmap, signal, sys
with open(sys.argv[1], "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
    def write(*_): memory[0:6] = b"second"
    signal.signal(signal.SIGUSR1, write)
    memory[0:5] = b"first"
    print("first", flush=True)
    signal.pause()
    signal.pause()
`;
const hasPython = spawnSync("python3", ["--version"], { stdio: "ignore" }).status === 0;

/** On which what is waited for comes 40 times as soon. */
const quick: Clock = {
  now: systemClock.now,
  monotonic: () => systemClock.monotonic() * 40,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / 40, signal),
};

let world: EngineOnDisk;
beforeEach(() => {
  world = new EngineOnDisk(undefined, quick);
});
afterEach(() => world.end());

test.skipIf(!hasPython)(
  "what is written through memory and shows in no time and no size of the file comes to Dropbox all the same",
  async () => {
    const file = join(world.root, "x.npy");
    writeFileSync(file, "0".repeat(16));
    world.dropbox.createFolder("A");
    const engine = await world.begin();
    const program = spawn("python3", ["-c", PROGRAM, file], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(program.stdout, "data");
      // Nobody tells of it: it is found when something else in its folder changes.
      writeFileSync(join(world.root, "beside"), "1");
      await vi.waitFor(() => expect(world.inDropbox("A/x.npy")).toMatch(/^first/), { timeout: 10_000 });
      expect(await engine.wait(20)).toBe(true);
      const before = lstatSync(file);
      program.kill("SIGUSR1");
      await vi.waitFor(() => expect(readFileSync(file, "utf8")).toMatch(/^second/), { timeout: 10_000 });
      const { size, mtimeMs, ctimeMs } = lstatSync(file);
      expect({ size, mtimeMs, ctimeMs }).toEqual({ size: 16, mtimeMs: before.mtimeMs, ctimeMs: before.ctimeMs });
      await vi.waitFor(() => expect(world.inDropbox("A/x.npy")).toMatch(/^second/), { timeout: 20_000 });
    } finally {
      program.kill("SIGKILL");
    }
  },
);
