import { RemoteError } from "@twinfold/engine";
import { beforeEach, expect, test } from "vitest";
import { pathsOf, ToldWorld } from "./told-world.ts";

const FILES = 60;

let world: ToldWorld;
beforeEach(async () => {
  world = new ToldWorld();
  world.here.mkdir("model");
  world.here.mkdir("model/deep");
  for (let count = 0; count < FILES; count++) world.here.write(`model/${count % 2 ? "deep/" : ""}${count}`, `${count}`);
  await world.rest();
  world.remoteCalls = [];
  world.calls = [];
});

const writes = () => world.remoteCalls.filter((name) => name === "write").length;

async function expectAlike(): Promise<void> {
  await world.rest();
  expect(pathsOf(world.there).sort()).toEqual(pathsOf(world.here).sort());
  for (const path of pathsOf(world.here))
    if (world.here.tree().get(path) !== null) expect(world.there.text(path)).toBe(world.here.text(path));
}

test("a folder that was copied on disk is copied in Dropbox, by one write, and nothing of it is read", async () => {
  world.here.copy("model", "copy");
  await expectAlike();
  expect(writes()).toBe(1);
  expect(world.calls).not.toContain("open");
});

test("one that is still being copied is waited for", async () => {
  world.here.mkdir("copy");
  world.here.mkdir("copy/deep");
  for (let count = 0; count < FILES; count++) {
    const path = `${count % 2 ? "deep/" : ""}${count}`;
    world.here.copy(`model/${path}`, `copy/${path}`);
    await world.time.advance(50);
  }
  await expectAlike();
  expect(writes()).toBe(1);
});

test("what becomes of the copy meanwhile goes after it: edits, deletions, moves", async () => {
  world.amid = {
    call: "write",
    deed: () => {
      world.here.write("copy/0", "edited");
      world.here.rmtree("copy/2");
      world.here.rename("copy/4", "copy/moved");
    },
  };
  world.here.copy("model", "copy");
  await expectAlike();
  expect(pathsOf(world.here)).not.toContain("copy/2");
  expect(world.there.text("copy/0")).toBe("edited");
  expect(world.there.text("copy/moved")).toBe("4");
  expect(writes()).toBeLessThanOrEqual(4);
});

test("where Dropbox refuses, the folder is made and filled", async () => {
  world.amid = { call: "write", deed: () => undefined, fault: { before: new RemoteError("refused", "too many") } };
  world.here.copy("model", "copy");
  await expectAlike();
  expect(writes()).toBeGreaterThan(2);
});

test("one that holds something else is not a copy, and is not waited for", async () => {
  world.here.copy("model", "copy");
  world.here.write("copy/other", "other");
  await expectAlike();
  expect(world.there.text("copy/other")).toBe("other");
});

test("what was edited in Dropbox just before, unheard, makes no conflict of the copy", async () => {
  world.takes = { wait: 60_000 };
  world.here.write("other", "other");
  await world.rest();
  world.there.edit("model/0", "edited");
  world.here.copy("model", "copy");
  await world.time.advance(10_000);
  await world.rest();
  expect(world.there.text("copy/0")).toBe("0");
  expect(pathsOf(world.there).filter((path) => path.includes("conflict"))).toEqual([]);
});
