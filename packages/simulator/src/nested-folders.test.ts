import { RemoteError } from "@twinfold/engine";
import { beforeEach, expect, test } from "vitest";
import { pathsOf, ToldWorld } from "./told-world.ts";

/** New folders in new folders are made in Dropbox by one write: what happens to one of them meanwhile is met by all. */
let world: ToldWorld;
let { here, there, host } = new ToldWorld();
beforeEach(async () => {
  world = new ToldWorld();
  ({ here, there, host } = world);
  await world.rest();
  world.remoteCalls = [];
});

const TREE = ["a", "a/b", "a/b/c", "a/b/c/d"];
const FILE = "a/b/c/d/file";
const LATE = { delay: 20, answerDelay: 300 };
const LOST = { delay: 20, after: new RemoteError("offline", "no answer came") };
const writes = () => world.remoteCalls.filter((name) => name === "write").length;

function makeTree(): void {
  for (const folder of TREE) here.mkdir(folder);
  here.write(FILE, "text");
}

async function expectAlike(): Promise<void> {
  await world.rest();
  expect(host.defect).toBeUndefined();
  expect(pathsOf(there).sort()).toEqual(pathsOf(here).sort());
}

test("four levels are one write, and what lies in them another", async () => {
  makeTree();
  await expectAlike();
  expect(there.text(FILE)).toBe("text");
  expect(writes()).toBe(2);
});

test("a file has the outermost name in Dropbox by then: both are kept", async () => {
  world.amid = { call: "write", deed: () => there.upload("a", "theirs"), fault: { delay: 60, answerDelay: 300 } };
  makeTree();
  await expectAlike();
  const texts = pathsOf(here)
    .filter((path) => here.tree().get(path) !== null)
    .map((path) => here.text(path));
  expect(texts.sort()).toEqual(["text", "theirs"]);
});

test("a folder of the outermost name is in Dropbox by then: what both hold is in one", async () => {
  const deed = () => {
    there.mkdir("a");
    there.upload("a/theirs", "theirs");
  };
  world.amid = { call: "write", deed, fault: { delay: 60, answerDelay: 300 } };
  makeTree();
  await expectAlike();
  const files = pathsOf(here).filter((path) => here.tree().get(path) !== null);
  expect(files.sort()).toEqual([FILE, "a/theirs"]);
});

test.each([["is answered", LATE] as const, ["is not answered", LOST] as const])(
  "the tree is moved on disk while the write %s: it is moved in Dropbox, and is there once",
  async (_, fault) => {
    world.amid = { call: "write", deed: () => here.rename("a", "z"), fault };
    makeTree();
    await expectAlike();
    expect(pathsOf(there)).toEqual(["z", "z/b", "z/b/c", "z/b/c/d", "z/b/c/d/file"]);
  },
);

test.each([["is answered", LATE] as const, ["is not answered", LOST] as const])(
  "an inner folder is moved in Dropbox while the write %s: nothing is there twice",
  async (_, fault) => {
    world.amid = { call: "write", deed: () => there.move("a/b", "b"), fault: { ...fault, delay: 5 } };
    makeTree();
    await expectAlike();
    expect(pathsOf(there).filter((path) => path.endsWith("file"))).toHaveLength(1);
  },
);

test("a copy in a new folder is copied once that is there, and nothing of it is sent", async () => {
  here.mkdir("model");
  for (let count = 0; count < 60; count++) here.write(`model/${count}`, `${count}`);
  await world.rest();
  world.calls = [];
  world.remoteCalls = [];
  here.mkdir("new");
  here.mkdir("new/deep");
  here.copy("model", "new/deep/copy");
  await expectAlike();
  expect(world.calls).not.toContain("open");
  expect(writes()).toBe(2);
});
