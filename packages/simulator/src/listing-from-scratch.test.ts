import { beforeAll, expect, test } from "vitest";
import { ToldWorld } from "./told-world.ts";

/** More than are on one page of a listing. */
const MANY = 2_100;

let world: ToldWorld;
beforeAll(async () => {
  world = new ToldWorld();
  world.here.mkdir("many");
  for (let file = 0; file < MANY; file++) world.here.write(`many/${file}`, `${file}`);
});

/** Dropbox wants all listed anew, and somebody does something there between the two pages of that. */
async function betweenThePages(deed: () => void): Promise<void> {
  await world.rest();
  world.remoteCalls = [];
  // The old cursor is refused; then there are two pages.
  const atCall = (left: number) => () => {
    if (left === 1) deed();
    else world.amid = { call: "changes", deed: atCall(left - 1) };
  };
  world.amid = { call: "changes", deed: atCall(3) };
  world.host.resetCursors();
  world.there.upload("wakes it", "1");
  await world.time.advance(60_000);
  expect(world.amid).toBeNull();
}

test("a folder that moves in Dropbox from the second page to the first moves on disk, and nothing is fetched", async () => {
  const { here, there } = world;
  here.mkdir("z");
  for (const name of ["x", "y"]) here.write(`z/${name}`, name);
  await world.rest();
  const identities = ["x", "y"].map((name) => here.identity(`z/${name}`));
  await betweenThePages(() => there.move("z", "aa"));
  expect(["x", "y"].map((name) => here.identity(`aa/${name}`))).toEqual(identities);
  expect([here.exists("z"), here.text("aa/x")]).toEqual([false, "x"]);
  expect([...here.tree().keys()].sort()).toEqual([...there.tree().keys()].sort());
});

test("a file that was on the first page, and goes before its folder moves to the second, goes", async () => {
  const { here, there } = world;
  here.mkdir("b");
  for (const name of ["goes", "stays"]) here.write(`b/${name}`, name);
  await world.rest();
  await betweenThePages(() => {
    there.remove("b/goes");
    there.move("b", "z");
  });
  expect([here.exists("z/goes"), here.text("z/stays"), here.exists("b")]).toEqual([false, "stays", false]);
  expect([...here.tree().keys()].sort()).toEqual([...there.tree().keys()].sort());
});
