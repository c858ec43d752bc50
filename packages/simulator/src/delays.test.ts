import { type RelativePath, RemoteError } from "@twinfold/engine";
import { beforeEach, expect, test } from "vitest";
import { ToldWorld } from "./told-world.ts";

/** How long changes took to be on the other side, where each call takes as long as it is told to. */
let world: ToldWorld;
let { time, here, there } = new ToldWorld();
beforeEach(async () => {
  world = new ToldWorld();
  ({ time, here, there } = world);
  world.takes = { hash: 30, write: 200, changes: 50, read: 100, place: 7 };
  here.write("file", "0");
  await world.rest();
});

const status = () => world.host.engine?.status();
const delays = () => status()?.delays;
const once = (milliseconds: number) => ({ median: milliseconds, percentile95: milliseconds, count: 1 });
/** All is through, and told. */
const through = () => time.advance(5_000);
const writeOpen = (content: string) => world.disk.overwrite("file" as RelativePath, Buffer.from(content), false);

test("what was there when the engine began is no change that somebody waited for", () => {
  expect(delays()).toBeNull();
});

test("up: from the moment the watcher told of a saved file to the commit's answer", async () => {
  here.write("file", "1");
  await through();
  expect(delays()).toEqual({
    up: once(30 + 200),
    down: null,
    message: "A saved file is in Dropbox after 0.2 s, usually (one change so far).",
  });
});

test("down: from the moment the long poll told of a change to the file in its place", async () => {
  there.upload("file", "1");
  await through();
  expect(delays()).toEqual({
    up: null,
    down: once(50 + 100 + 7),
    message: "A change in Dropbox is here after 0.2 s, usually (one change so far).",
  });
});

test("a file that is renamed into its place, as careful editors do, counts from then", async () => {
  here.save("file", "1");
  await through();
  // Nobody closed it under this name: it waits until it is still for 100 ms.
  expect(delays()?.up).toEqual(once(100 + 30 + 200));
});

test("the time that its writer takes is not the file's, once it is closed", async () => {
  writeOpen("half");
  await time.advance(60);
  here.write("file", "whole");
  await through();
  expect([there.text("file"), delays()?.up]).toEqual(["whole", once(30 + 200)]);
});

test("a file that stays open counts from the first that was heard of it", async () => {
  writeOpen("1");
  await time.advance(60);
  writeOpen("2");
  await through();
  // Still for 100 ms since the second.
  expect(delays()?.up).toEqual(once(60 + 100 + 30 + 200));
});

test("of a file that nobody tells of, the look that finds it is the beginning", async () => {
  world.unheard = "";
  here.write("file", "1");
  await time.advance(3_000);
  expect(there.text("file")).toBe("0");
  world.unheard = null;
  world.host.overflow();
  await through();
  expect(delays()?.up).toEqual(once(30 + 200));
});

test("what is saved again while it is sent waits for its turn, and that counts", async () => {
  here.write("file", "1");
  await time.advance(130);
  here.write("file", "2");
  await through();
  // The first is answered 100 ms later, and its echo is read, twice, before the second goes.
  const second = 100 + 50 + 50 + 200;
  expect([there.text("file"), delays()?.up]).toEqual(["2", { median: 230, percentile95: second, count: 2 }]);
});

test("a try that fails counts with the next", async () => {
  world.amid = {
    call: "write",
    deed: () => undefined,
    fault: { before: new RemoteError("conflict", "another was quicker"), answerDelay: 0 },
  };
  here.write("file", "1");
  await through();
  const first = delays()?.up;
  expect([there.text("file"), first?.count]).toEqual(["1", 1]);
  expect(first?.median).toBeGreaterThan(30 + 200);
});

test.each([
  ["up", () => here],
  ["down", () => there],
] as const)(
  "%s: what comes with many others does not count, the last of them neither, and what comes later does",
  async (direction, user) => {
    const make = (name: string) => (user() === here ? here.write(name, name) : there.upload(name, name));
    for (let number = 0; number < 9; number++) make(`${number}`);
    // The last of the nine: seen alone, long after the others.
    await time.advance(20);
    make("late");
    await through();
    expect([here.tree().size, there.tree().size, delays()]).toEqual([11, 11, null]);
    for (let number = 10; number < 18; number++) make(`${number}`);
    await through();
    expect(delays()?.[direction]?.count).toBe(8);
  },
);

test("what waits while sync is paused or offline is not counted: the state says so", async () => {
  world.host.engine?.pause();
  here.write("file", "1");
  there.upload("other", "1");
  await through();
  world.host.engine?.resume();
  await through();
  expect([there.text("file"), here.text("other"), delays()]).toEqual(["1", "1", null]);
  world.amid = { call: "write", deed: () => undefined, fault: { before: new RemoteError("offline", "no answer") } };
  here.write("file", "2");
  await time.advance(1_000);
  expect(status()?.state).toBe("offline");
  await time.advance(60_000);
  expect([status()?.state, there.text("file"), delays()]).toEqual(["up to date", "2", null]);
  here.write("file", "3");
  await through();
  expect(delays()?.up).toEqual(once(230));
});

test("folders, moves and deletions are no saved files, and what is ignored goes nowhere", async () => {
  here.write(".mignore", "*.log\n");
  await through();
  const before = delays();
  here.mkdir("folder");
  here.write("much.log", "1");
  await through();
  here.rename("file", "folder/file");
  await through();
  there.remove("folder/file");
  await through();
  expect([before?.up?.count, delays()]).toEqual([1, before]);
});
