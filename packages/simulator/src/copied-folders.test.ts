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

/** Much is done by then, and Dropbox has not begun. */
const LATE = { delay: 500 };
const conflicts = () => pathsOf(world.here).filter((path) => path.includes("conflict"));

test("what is moved out of the copy meanwhile is moved after it, and does not come back", async () => {
  world.amid = { call: "write", deed: () => world.here.rename("copy/0", "moved"), fault: LATE };
  world.here.copy("model", "copy");
  await expectAlike();
  expect(pathsOf(world.here)).not.toContain("copy/0");
  expect(world.there.text("moved")).toBe("0");
  expect(writes()).toBe(2);
});

test("the model is moved into the copy meanwhile: there it is, moved and not copied", async () => {
  world.amid = { call: "write", deed: () => world.here.rename("model", "copy/model"), fault: LATE };
  world.here.copy("model", "copy");
  await expectAlike();
  expect(world.there.text("copy/model/0")).toBe("0");
  expect(conflicts()).toEqual([]);
  expect(world.calls).not.toContain("open");
});

test("what is moved into a new folder is moved, though another folder holds the same", async () => {
  world.here.copy("model", "twin");
  await world.rest();
  world.here.mkdir("new");
  world.here.mkdir("new/deep");
  for (const path of pathsOf(world.here))
    if (/^twin\/.*\d$/.test(path)) world.here.rename(path, path.replace("twin", "new"));
  const before = world.there.identity("twin/0");
  await expectAlike();
  expect(world.there.identity("new/0")).toBe(before);
  expect(conflicts()).toEqual([]);
});

test("copy and model exchange their names, and nobody has said that it was copied: moves, and no conflict", async () => {
  const fault = { delay: 20, after: new RemoteError("offline", "no answer came") };
  world.amid = { call: "write", deed: () => world.here.swap("model", "copy"), fault };
  world.here.copy("model", "copy");
  await expectAlike();
  expect(conflicts()).toEqual([]);
});

test("a file of its name in Dropbox, while it is read: it is read again at once, by its new name", async () => {
  world.amid = { call: "hash", deed: () => world.there.upload("copy", "other") };
  world.takes = { hash: 500 };
  world.here.copy("model", "copy");
  await expectAlike();
  expect(world.host.engine?.notSynced()).toEqual([]);
  expect(world.there.text("copy")).toBe("other");
});
