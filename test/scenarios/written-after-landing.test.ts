import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EngineOnDisk } from "../../packages/session/test/engine-on-disk.ts";

/** What happens right after a name was given to another file, before anybody has looked at it. */
const moment: { act: ((name: string) => void) | null } = vi.hoisted(() => ({ act: null }));

vi.mock("../../packages/filesystem/src/native.ts", async (original) => {
  const native = await original<typeof import("../../packages/filesystem/src/native.ts")>();
  const told =
    (rename: (from: string, to: string) => void) =>
    (from: string, to: string): void => {
      rename(from, to);
      const { act } = moment;
      moment.act = null;
      act?.(to);
    };
  return {
    ...native,
    renameNoReplace: told(native.renameNoReplace),
    renameExchange: told(native.renameExchange),
  };
});

let world: EngineOnDisk;
beforeEach(() => {
  world = new EngineOnDisk();
});
afterEach(() => world.end());

/** Whoever has waited for the file by its name writes to it as soon as it is there. */
test.each([
  ["over an older one", true],
  ["where none was", false],
])("a file that has just come from Dropbox, %s, is written to at once: that is in Dropbox, too", async (_, isOlder) => {
  const file = join(world.root, "log");
  if (isOlder) writeFileSync(file, "0\n");
  world.dropbox.createFolder("A");
  const engine = await world.begin();
  let written = 0;
  moment.act = (name) => {
    appendFileSync(name, "appended\n");
    written++;
  };
  world.dropbox.upload("A/log", Buffer.from("1\n"));
  await vi.waitFor(() => expect(world.inDropbox("A/log")).toBe("1\nappended\n"), { timeout: 20_000 });
  expect(await engine.wait(20)).toBe(true);
  expect([written, readFileSync(file, "utf8")]).toEqual([1, "1\nappended\n"]);
});
