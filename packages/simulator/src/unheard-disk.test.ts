import { beforeEach, expect, test } from "vitest";
import { ToldWorld } from "./told-world.ts";

/** A disk that other machines write on, as of a network file system: the engine hears of nothing. */
let world: ToldWorld;

beforeEach(async () => {
  world = await atRest(new ToldWorld("nfs4"));
});

async function atRest(made: ToldWorld): Promise<ToldWorld> {
  for (let folder = 0; folder < 20; folder++) {
    made.here.mkdirs(`f${folder}/inner`);
    for (let file = 0; file < 5; file++) made.here.write(`f${folder}/inner/${file}`, `${folder} ${file}`);
  }
  await made.rest();
  return made;
}

const listings = () => world.calls.filter((call) => call === "list").length;

test("what is made, edited in place, moved and deleted is in Dropbox within a minute, though nobody asks", async () => {
  const { time, here, there } = world;
  here.write("f3/inner/new", "new");
  here.write("f4/inner/1", "4 X");
  here.unlink("f5/inner/1");
  here.rename("f6/inner/1", "f7/moved");
  here.mkdirs("other/deep");
  here.write("other/deep/file", "deep");
  await time.advance(60_000);
  expect([...there.tree().keys()].sort()).toEqual([...here.tree().keys()].sort());
  expect([there.text("f4/inner/1"), there.text("f7/moved"), there.text("other/deep/file")]).toEqual([
    "4 X",
    "6 1",
    "deep",
  ]);
  expect(world.host.engine?.status()).toMatchObject({
    state: "up to date",
    unheard: {
      places: [{ path: "", kind: "nfs4" }],
      withinMinutes: 1,
      message: "This folder lies on a network file system (nfs4): changes by other machines are found within a minute.",
    },
  });
});

test("where more comes, it is found within seconds", async () => {
  const { time, here, there } = world;
  here.write("f3/inner/1", "one");
  await time.advance(60_000);
  for (const text of ["two", "three", "four"]) {
    here.write("f3/inner/1", text);
    await time.advance(10_000);
    expect(there.text("f3/inner/1")).toBe(text);
  }
});

test("while nothing changes, nothing is hashed and nothing asked of Dropbox, and each folder is listed once in 45 seconds", async () => {
  const other = await atRest(new ToldWorld());
  // By then what was just written has been read once more.
  for (const one of [world, other]) await one.time.advance(60_000);
  for (const one of [world, other]) {
    one.calls = [];
    one.remoteCalls = [];
    await one.time.advance(8 * 60_000);
  }
  // 41 folders, 10 or 11 times.
  expect(listings() % 41).toBe(0);
  expect([10, 11]).toContain(listings() / 41);
  // With each round it is looked whether the ignore file is as it was.
  expect(new Set(world.calls)).toEqual(new Set([...other.calls, "list", "stat"]));
  expect(world.calls.filter((call) => call === "stat").length).toBe(listings() / 41);
  expect(world.calls).not.toContain("hash");
  // It goes on listening for what happens in Dropbox, as it does where it hears of everything on disk.
  expect(world.remoteCalls).toEqual(other.remoteCalls);
});

test("what another machine writes while an edit from Dropbox comes is kept", async () => {
  const { time, here, there } = world;
  here.write("f3/inner/1", "theirs");
  there.upload("f3/inner/1", "from Dropbox");
  await time.advance(60_000);
  const contents = [...here.tree()].filter(([path]) => path.startsWith("f3/inner/1"));
  expect(contents.map(([, bytes]) => Buffer.from(bytes ?? []).toString()).sort()).toEqual(["from Dropbox", "theirs"]);
});
