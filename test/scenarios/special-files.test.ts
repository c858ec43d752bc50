import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { status, why } from "./answers.ts";
import { atRest, expectBoth, expectNow, inOneWorld, scenario, theWorld } from "./scenario.ts";
import { type Action, inRoot, remove, write } from "./sides.ts";

inOneWorld();

/** Another place on the disk, that is none of the engine's business. */
const outside = (path: string) => join(theWorld().folder, "outside", path);
afterEach(() => rmSync(outside(""), { recursive: true, force: true }));

const link = (path: string, target: string): Action => inRoot((at) => symlinkSync(target, at(path)));

describe("symbolic links", () => {
  scenario("are listed, and neither followed nor sent: to files, folders, nothing, themselves, and out of the root", {
    while: ["running", "stopped"],
    given: { "a.txt": "1", "d/b.txt": "2" },
    disk: [
      inRoot(() => {
        mkdirSync(outside(""), { recursive: true });
        writeFileSync(outside("secret"), "3");
      }),
      link("to-file", "a.txt"),
      link("to-folder", "d"),
      link("to-nothing", "nowhere"),
      link("to-itself", "to-itself"),
      link("d/up", ".."),
      link("out", "../outside"),
    ],
    outcome: {
      onDisk: {
        "a.txt": "1",
        "d/b.txt": "2",
        "d/up": "-> ..",
        out: "-> ../outside",
        "to-file": "-> a.txt",
        "to-folder": "-> d",
        "to-itself": "-> to-itself",
        "to-nothing": "-> nowhere",
      },
      inDropbox: { "a.txt": "1", "d/b.txt": "2" },
    },
    and: async (world) => {
      expect(await status(world)).toMatchObject({ state: "needs attention", notSynced: 6 });
      expect(await why(world, "out")).toMatchObject({
        state: "not synced",
        reason: "symbolic link",
        fix: { cause: "symbolic link" },
      });
      expect(await why(world, "out/secret")).toMatchObject({ state: "unknown" });
    },
  });
  scenario("what comes from Dropbox under the name of one waits, and is never written through it", {
    given: {},
    disk: [
      inRoot(() => mkdirSync(outside(""), { recursive: true })),
      link("a", "../outside/a"),
      link("d", "../outside"),
    ],
    dropbox: [write("a", "1"), write("d/b", "2"), write("c", "3")],
    outcome: {
      onDisk: { a: "-> ../outside/a", d: "-> ../outside", c: "3" },
      inDropbox: { a: "1", "d/b": "2", c: "3" },
    },
    and: async (world) => {
      expect(execFileSync("ls", [outside("")], { encoding: "utf8" })).toBe("");
      expect(await why(world, "a")).toMatchObject({ state: "not synced", fix: { cause: "symbolic link" } });
      rmSync(join(world.root, "a"));
      rmSync(join(world.root, "d"));
      await expectBoth(world, { a: "1", "d/b": "2", c: "3" });
    },
  });
  scenario("a file or a folder that is replaced by one is gone from the root: so it is from Dropbox", {
    while: ["running", "stopped"],
    given: { a: "1", "d/b": "2", "d/c": "3", e: "4" },
    disk: [
      inRoot((at) => {
        mkdirSync(outside(""), { recursive: true });
        renameSync(at("d"), outside("d"));
        renameSync(at("a"), outside("a"));
      }),
      link("d", "../outside/d"),
      link("a", "../outside/a"),
    ],
    outcome: {
      onDisk: { a: "-> ../outside/a", d: "-> ../outside/d", e: "4" },
      inDropbox: { e: "4" },
    },
    and: async (world) => {
      expect(execFileSync("ls", [outside("d")], { encoding: "utf8" })).toBe("b\nc\n");
      expect(await status(world)).toMatchObject({ state: "needs attention", notSynced: 2 });
    },
  });
});

describe("what is no file", () => {
  test("a named pipe and a socket are listed, nobody waits for them, and the rest goes on", async () => {
    const world = theWorld();
    await atRest(world, { "a.txt": "1" });
    execFileSync("mkfifo", [join(world.root, "pipe")]);
    const server = createServer().listen(join(world.root, "socket"));
    try {
      world.write("b.txt", "2");
      await expectBoth(world, {
        onDisk: { "a.txt": "1", "b.txt": "2", pipe: "special", socket: "special" },
        inDropbox: { "a.txt": "1", "b.txt": "2" },
      });
      expect(await why(world, "pipe")).toMatchObject({
        state: "not synced",
        reason: "named pipe",
        fix: { cause: "special file" },
      });
      expect(await why(world, "socket")).toMatchObject({
        state: "not synced",
        reason: "socket",
        fix: { cause: "special file" },
      });
    } finally {
      server.close();
    }
  });
  scenario("a file that becomes a named pipe", {
    given: { "a.txt": "1", b: "2" },
    disk: [remove("a.txt"), inRoot((at) => execFileSync("mkfifo", [at("a.txt")]))],
    outcome: { onDisk: { b: "2", "a.txt": "special" }, inDropbox: { b: "2" } },
  });
});

describe("hard links", () => {
  scenario("are files of their own in Dropbox; what is written through one name is in all", {
    while: ["running", "stopped"],
    given: { a: "1", "d/": "" },
    disk: [inRoot((at) => linkSync(at("a"), at("d/b")))],
    outcome: { a: "1", "d/b": "1" },
    and: async (world) => {
      world.write("a", "2");
      await expectBoth(world, { a: "2", "d/b": "2" });
    },
  });
  scenario("an edit from Dropbox is an edit of that name alone", {
    while: "running",
    given: { a: "1" },
    disk: [inRoot((at) => linkSync(at("a"), at("b"))), async (_, world) => world.settle()],
    dropbox: [write("a", "2")],
    outcome: { a: "2", b: "1" },
  });
  scenario("one name is moved, another deleted, while nothing runs", {
    while: "stopped",
    given: { a: "1" },
    disk: [
      inRoot((at) => {
        linkSync(at("a"), at("b"));
        linkSync(at("a"), at("c"));
        renameSync(at("a"), at("moved"));
        rmSync(at("b"));
      }),
    ],
    outcome: { moved: "1", c: "1" },
  });
});

test("a sparse file comes as what it reads as", async () => {
  const world = theWorld();
  await atRest(world, {});
  const size = 20 * 1024 * 1024;
  world.write("sparse", "");
  truncateSync(join(world.root, "sparse"), size);
  await world.settle();
  expect(await world.api("files/get_metadata", { path: "/A/B/C/sparse" })).toMatchObject({ size });
  await expectNow(world, { sparse: "\0".repeat(size) });
});
