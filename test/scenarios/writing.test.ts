import {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createContentHasher } from "@twinfold/dropbox-rules";
import { describe, expect, test, vi } from "vitest";
import { World } from "../../apps/cli/test/harness.ts";
import { PATIENT } from "./answers.ts";
import { atRest, bothWays, expectBoth, inOneWorld, scenario, theWorld } from "./scenario.ts";
import { type Action, inRoot, write } from "./sides.ts";

/** Milliseconds; the old file is kept for two seconds. */
const AFTER_THE_EXCHANGE = 200;

/** While the engine watches, and while it finds what came of it. */
const ALWAYS = { while: ["running", "stopped"] } as const;

inOneWorld();

describe("a file that is being written", () => {
  test("appended to without a pause, it is sent all the same; no version is torn, and the last one is whole", async () => {
    const world = theWorld();
    await atRest(world, {});
    const path = join(world.root, "growing.log");
    const versions = async () =>
      (
        (await world.api("files/list_revisions", { path: "/A/B/C/growing.log" }).catch(() => ({ entries: [] }))) as {
          entries: { size: number; content_hash: string }[];
        }
      ).entries;
    let lines = 0;
    const writer = setInterval(() => appendFileSync(path, `line ${lines++}\n`), 15);
    try {
      await vi.waitFor(async () => expect((await versions()).length).toBeGreaterThan(1), PATIENT);
    } finally {
      clearInterval(writer);
    }
    const whole = readFileSync(path);
    await expectBoth(world, { "growing.log": whole.toString() });
    for (const { size, content_hash } of await versions()) {
      const hasher = createContentHasher();
      hasher.update(whole.subarray(0, size));
      expect(content_hash).toBe(hasher.digest());
    }
  });
  test("an edit that a program still writes to the old file, after the one from Dropbox has taken its place, is kept beside it", async () => {
    const world = theWorld();
    await atRest(world, { "a.txt": "1" });
    const there = join(world.root, "a.txt");
    const open = openSync(there, "r+");
    try {
      await world.upload("a.txt", "from Dropbox");
      await vi.waitFor(() => expect(readFileSync(there, "utf8")).toBe("from Dropbox"), PATIENT);
      // Written at the very moment of the exchange, it is an edit of the file that is there, and a conflict copy.
      await setTimeout(AFTER_THE_EXCHANGE);
      writeSync(open, "still written");
    } finally {
      closeSync(open);
    }
    await vi.waitFor(async () => {
      await world.settle();
      expect(Object.values(world.diskTree())).toEqual(["still written", "from Dropbox"]);
      expect(await world.dropboxTree()).toEqual(world.diskTree());
    }, PATIENT);
    expect(Object.keys(world.diskTree())).toEqual([expect.stringMatching(/^a \(recovered /), "a.txt"]);
  });
});

test("a folder is moved in Dropbox while a program goes on appending to a file in it: the file is at its new place, with every line", async () => {
  const world = theWorld();
  await atRest(world, { "d/e/log": "line 0\n", "d/other": "1" });
  // The program has it open, and does not know of any name.
  const file = openSync(join(world.root, "d/e/log"), "a");
  let lines = 1;
  const writer = setInterval(() => writeSync(file, `line ${lines++}\n`), 20);
  try {
    await vi.waitFor(async () => expect((await world.dropboxTree())["d/e/log"]).toMatch(/line [1-9]/), PATIENT);
    await world.move("d", "moved");
    await vi.waitFor(() => expect(world.diskTree()).toHaveProperty(["moved/e/log"]), PATIENT);
    const then = lines;
    await expect.poll(() => lines, PATIENT).toBeGreaterThan(then + 10);
  } finally {
    clearInterval(writer);
    closeSync(file);
  }
  const all = Array.from({ length: lines }, (_, i) => `line ${i}\n`).join("");
  await world.settle();
  const tree = world.diskTree();
  expect(tree).toMatchObject({ "moved/e/log": all, "moved/other": "1" });
  expect(await world.dropboxTree()).toEqual(tree);
  // What an upload to the old place may have made of it, when it crossed the move, holds a part of the same lines.
  for (const [path, content] of Object.entries(tree))
    if (content !== null && !path.startsWith("moved/")) expect(all.startsWith(content), path).toBe(true);
});

describe("times that say little", () => {
  const rewritten = (time: (before: number) => number): Action =>
    inRoot((at) => {
      const before = statSync(at("a.txt")).mtimeMs / 1000;
      writeFileSync(at("a.txt"), "2");
      utimesSync(at("a.txt"), time(before), time(before));
    });
  const edit = { given: { "a.txt": "1" }, outcome: { "a.txt": "2" }, ...ALWAYS };
  scenario("changed, and dated back to long before the last sync", { ...edit, disk: [rewritten(() => 1_000_000_000)] });
  scenario("changed, with the size and the time that it had", { ...edit, disk: [rewritten((before) => before)] });
  scenario("changed, and dated into the future", { ...edit, disk: [rewritten(() => 4_000_000_000)] });
  scenario("another date and no other content: nothing is sent", {
    ...ALWAYS,
    given: { "a.txt": "1" },
    disk: [inRoot((at) => utimesSync(at("a.txt"), 1_000_000_000, 1_000_000_000))],
    outcome: { "a.txt": "1" },
    noTransfer: true,
  });
  test("a file is dated on disk as it is in Dropbox, new or edited; moved there, it keeps its date", async () => {
    const world = theWorld();
    await atRest(world, { "old.txt": "1" });
    const upload = async (name: string, modified: string, content: string) => {
      const { url, accessToken } = world.grant();
      const argument = { path: `/A/B/C/${name}`, mode: "overwrite", client_modified: modified };
      const response = await fetch(`${url}/2/files/upload`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${accessToken}`,
          "content-type": "application/octet-stream",
          "dropbox-api-arg": JSON.stringify(argument),
        },
        body: content,
      });
      expect(response.status).toBe(200);
    };
    const dated = (path: string) => statSync(join(world.root, path)).mtime.toISOString();
    await upload("new.txt", "2001-09-09T01:46:40Z", "2");
    await upload("old.txt", "1999-12-31T23:59:59Z", "3");
    await expectBoth(world, { "new.txt": "2", "old.txt": "3" });
    expect([dated("new.txt"), dated("old.txt")]).toEqual(["2001-09-09T01:46:40.000Z", "1999-12-31T23:59:59.000Z"]);
    await world.move("old.txt", "d/moved.txt");
    await expectBoth(world, { "new.txt": "2", "d/moved.txt": "3" });
    expect(dated("d/moved.txt")).toBe("1999-12-31T23:59:59.000Z");
  });
  bothWays((here) => `from A to B and back to A ${here}: nothing is to be sent`, {
    while: "stopped",
    given: { "a.txt": "A", "d/b.txt": "A" },
    here: [write("a.txt", "B"), write("d/b.txt", "B"), write("d/b.txt", "A"), write("a.txt", "A")],
    outcome: { "a.txt": "A", "d/b.txt": "A" },
    noTransfer: true,
  });

  test("the machine's clock is set back a day, and forward two: sync goes on", async () => {
    const world = new World();
    const preloaded = fileURLToPath(new URL("jumping-clock.ts", import.meta.url));
    const off = join(world.folder, "clock-off");
    world.through = ["env", `CLOCK_OFF=${off}`, `NODE_OPTIONS=--import=${preloaded}`];
    const day = 86_400_000;
    try {
      await world.startDropbox();
      await world.link();
      await world.ok("start", "--root", world.root, "--remote", "/A/B/C");
      for (const jump of [0, -day, day]) {
        writeFileSync(off, String(jump));
        world.write("up", `${jump}`);
        await world.upload("down", `${jump}`);
        await expectBoth(world, { up: `${jump}`, down: `${jump}` });
        await world.upload("up", `${jump} again`);
        world.write("down", `${jump} again`);
        await expectBoth(world, { up: `${jump} again`, down: `${jump} again` });
      }
      const { lastSyncedAt } = JSON.parse(await world.ok("status", "--json")) as { lastSyncedAt: string };
      expect(Date.parse(lastSyncedAt)).toBeGreaterThan(Date.now() + day / 2);
    } finally {
      await world.end();
    }
  });
});
