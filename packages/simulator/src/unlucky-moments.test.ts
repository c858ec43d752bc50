import { type RelativePath, RemoteError } from "@twinfold/engine";
import { beforeEach, expect, test } from "vitest";
import { DiskUser } from "./disk-user.ts";
import type { HintHook } from "./disk-watch.ts";
import { DropboxUser } from "./dropbox-user.ts";
import { EngineHost } from "./engine-host.ts";
import type { Fault, PortCall } from "./faults.ts";
import { SeededRandomness } from "./seeded-randomness.ts";
import { VirtualDisk } from "./virtual-disk.ts";
import { VirtualDropbox } from "./virtual-dropbox.ts";
import { VirtualTime } from "./virtual-time.ts";

/** What users do at the very moment at which an engine acts: found by seeds, told as examples. */
let time: VirtualTime;
let disk: VirtualDisk;
let here: DiskUser;
let there: DropboxUser;
let host: EngineHost;
/** Done once, when the engine makes this call: as a rule shortly before it takes effect, and long before it is answered. */
let amid: { readonly call: PortCall["name"]; readonly deed: () => void; readonly fault?: Fault } | null;

let calls: string[];
/** In which order Dropbox tells the two halves of a move. */
let newFirst: boolean;
/** Folders of which the engine hears nothing. */
let unheard: string | null;

beforeEach(() => {
  time = new VirtualTime();
  amid = null;
  calls = [];
  newFirst = false;
  unheard = null;
  disk = new VirtualDisk(time);
  const dropbox = new VirtualDropbox({ randomness: { chance: () => newFirst } });
  [here, there] = [new DiskUser(disk), new DropboxUser(dropbox, "F", time)];
  const faults = ({ name }: PortCall) => {
    calls.push(name);
    if (name !== amid?.call) return undefined;
    const { deed, fault } = amid;
    time.after(10, deed);
    amid = null;
    return fault ?? { delay: 20, answerDelay: 300 };
  };
  const randomness = new SeededRandomness(1);
  const hints: HintHook = ({ path }) => (path === unheard ? [] : [0]);
  host = new EngineHost({ name: "engine", time, disk, dropbox, folder: "F", randomness, faults, hints, nasty: false });
});

async function rest(): Promise<void> {
  host.start();
  expect(host.engine === null ? false : await time.until(host.engine.wait(60))).toBe(true);
}

const paths = (user: DiskUser | DropboxUser) => [...user.tree().keys()];

test("a file that is deleted together with a folder lives when it is edited in Dropbox just before", async () => {
  here.mkdir("folder");
  here.write("file", "1");
  await rest();
  here.rmtree("folder");
  here.unlink("file");
  // The changes are read once more before a folder is deleted.
  amid = { call: "changes", deed: () => there.edit("file", "edited") };
  await rest();
  expect([there.text("file"), here.text("file")]).toEqual(["edited", "edited"]);
  expect(paths(there)).toEqual(["file"]);
});

test("a folder that is deleted on disk while it is made in Dropbox does not come back", async () => {
  await rest();
  here.mkdir("folder");
  amid = { call: "write", deed: () => here.rmtree("folder") };
  await rest();
  expect([paths(here), paths(there)]).toEqual([[], []]);
});

test("a folder that is deleted in Dropbox while it is made on disk does not come back", async () => {
  await rest();
  there.mkdir("folder");
  amid = { call: "createFolder", deed: () => there.remove("folder") };
  await rest();
  expect([paths(here), paths(there)]).toEqual([[], []]);
});

const LOST = { answerDelay: 300, after: new RemoteError("offline", "no answer came") };

test("edited again while the answer to its upload is lost, a new file has no conflict copy of its own", async () => {
  await rest();
  here.write("file", "1");
  amid = { call: "write", deed: () => here.write("file", "2"), fault: LOST };
  await rest();
  expect([paths(here), there.text("file")]).toEqual([["file"], "2"]);
});

test("edited again while the answer to its upload is lost, a file has no conflict copy of its own", async () => {
  here.write("file", "0");
  await rest();
  here.write("file", "1");
  amid = { call: "write", deed: () => here.write("file", "2"), fault: LOST };
  await rest();
  expect([paths(here), there.text("file")]).toEqual([["file"], "2"]);
});

test("put back as it was while the answer to its upload is lost, a file stays as it was put back", async () => {
  here.write("file", "0");
  await rest();
  here.write("file", "1");
  amid = { call: "write", deed: () => here.write("file", "0"), fault: LOST };
  await rest();
  expect([here.text("file"), there.text("file")]).toEqual(["0", "0"]);
});

test("deleted while the answer to its upload is lost, a file does not come back", async () => {
  here.write("file", "0");
  await rest();
  here.write("file", "1");
  amid = { call: "write", deed: () => here.unlink("file"), fault: LOST };
  await rest();
  expect([paths(here), paths(there)]).toEqual([[], []]);
});

test("edited in Dropbox too while the answer to its upload is lost, both edits live", async () => {
  here.write("file", "0");
  await rest();
  here.write("file", "1");
  const both = () => {
    here.write("file", "2");
    there.edit("file", "other");
  };
  amid = { call: "write", deed: both, fault: LOST };
  await rest();
  expect(
    paths(here)
      .map((path) => here.text(path))
      .sort(),
  ).toEqual(["2", "other"]);
});

test("a file that is moved in Dropbox while an edit of it is uploaded is on both sides, at its new place", async () => {
  here.write("a", "1");
  await rest();
  here.write("a", "edited");
  // The move is read of before the edit is committed: at the old place Dropbox makes a new file of it.
  amid = { call: "verify", deed: () => there.move("a", "b") };
  await rest();
  expect(paths(here)).toEqual(paths(there));
  expect([here.text("b"), there.text("b")]).toEqual(["edited", "edited"]);
});

test("while it can't be read what is ignored, nothing is synced, and that is said", async () => {
  here.write(".mignore", "secret\n");
  here.write("secret", "1");
  here.write("file", "2");
  for (const [path, thing] of disk.walk("" as RelativePath)) if (path === ".mignore") disk.unreadable.add(thing);
  host.start();
  await time.advance(10_000);
  expect(paths(there)).toEqual([]);
  expect(host.engine?.status()).toMatchObject({
    state: "needs attention",
    message: expect.stringContaining("Nothing is synced until it can be read."),
  });
  disk.unreadable.clear();
  await time.advance(10_000);
  expect(paths(there)).toEqual([".mignore", "file"]);
  expect(host.engine?.status().state).toBe("up to date");
});

test("a conflict copy finds a name of its own where something ignored has the first one", async () => {
  here.write(".mignore", "*copy*\n");
  for (const content of ["1", "2", "3"]) {
    await rest();
    await time.until(host.stop());
    here.write("file", content);
    there.upload("file", `other ${content}`);
  }
  await rest();
  const texts = paths(here).map((path) => here.text(path));
  expect(texts).toEqual(expect.arrayContaining(["1", "2", "3", "other 3"]));
});

test("what a swap has left behind is kept beside what is ignored and has taken its name", async () => {
  here.write(".~twinfold-move-2~a", "1");
  here.write(".mignore", "/a\n");
  here.write("a", "2");
  host.start();
  // So long it may still be some other engine's, which is amid a swap.
  await time.advance(60_000);
  await rest();
  const copy = paths(there).find((path) => path.startsWith("a ("));
  expect(copy).toMatch(/^a \(.+'s conflicted copy 2026-\d\d-\d\d\)$/);
  expect([there.text(copy ?? ""), here.text("a")]).toEqual(["1", "2"]);
});

test("when a name is free again, what waited for it comes before all is said to be up to date", async () => {
  here.symlink("name");
  there.upload("name", "1");
  await rest();
  here.unlink("name");
  await rest();
  expect(here.text("name")).toBe("1");
});

test("a disk that is unmounted while a file arrives gets it when it is there again", async () => {
  await rest();
  there.upload("file", "1");
  amid = { call: "place", deed: () => disk.setMounted(false) };
  await time.advance(10_000);
  disk.setMounted(true);
  await rest();
  expect(here.text("file")).toBe("1");
});

test("a disk that is not there is looked at now and then", async () => {
  await rest();
  disk.setMounted(false);
  host.engine?.announce(["name" as RelativePath]);
  calls = [];
  await time.advance(20_000);
  expect(calls.length).toBeGreaterThan(5);
  expect(calls.length).toBeLessThan(40);
});

test("an engine rests where the root goes while a deletion waits for what is still looked at", async () => {
  here.write("file", "1");
  here.write("other", "1");
  await rest();
  here.unlink("other");
  there.remove("file");
  amid = { call: "changes", deed: () => disk.setMounted(false), fault: { answerDelay: 20 } };
  await time.advance(10_000);
  expect(host.engine?.status().state).toBe("needs attention");
  calls = [];
  await time.advance(60_000);
  expect(calls.length).toBeLessThan(300);
  disk.setMounted(true);
  await rest();
  expect([paths(here), paths(there)]).toEqual([[], []]);
});

test.each([2, 4, 6, 8])(
  "changed back in Dropbox when a power cut took the last %i things that were known, a file is on both sides as there",
  async (lost) => {
    there.upload("file", "1");
    await rest();
    there.upload("file", "2");
    await rest();
    expect(here.text("file")).toBe("2");
    host.cutPower(lost);
    there.upload("file", "1");
    await rest();
    expect([here.text("file"), there.text("file")]).toEqual(["1", "1"]);
  },
);

test("deleted by what a kill cut short, and back by then, a file stays", async () => {
  here.mkdir("folder");
  here.write("folder/file", "1");
  await rest();
  // As far as an engine sees, that is outside of its root.
  here.mkdir(".twinfold");
  here.rename("folder/file", ".twinfold/aside");
  amid = { call: "write", deed: () => host.kill(), fault: { answerDelay: 300 } };
  await time.advance(5_000);
  expect([host.engine, paths(there)]).toEqual([null, ["folder"]]);
  here.rename(".twinfold/aside", "folder/file");
  await rest();
  expect([here.text("folder/file"), there.text("folder/file")]).toEqual(["1", "1"]);
});

test.each([
  ["what went", false],
  ["what came", true],
])("a folder moved in Dropbox from an ignored name comes with all it holds, told %s first", async (_, isNewFirst) => {
  newFirst = isNewFirst;
  here.write(".mignore", "build\n");
  there.mkdir("build");
  there.mkdir("build/folder");
  there.upload("build/file", "1");
  await rest();
  there.move("build", "kept");
  await rest();
  expect(paths(here)).toEqual([".mignore", "kept", "kept/file", "kept/folder"]);
});

test("moved unheard into a folder that is deleted in Dropbox, a file stays, and is on both sides", async () => {
  here.mkdir("folder");
  here.write("file", "1");
  await rest();
  unheard = "folder";
  here.rename("file", "folder/file");
  there.remove("folder");
  await time.advance(5_000);
  expect([paths(here), paths(there)]).toEqual([
    ["folder", "folder/file"],
    ["folder", "folder/file"],
  ]);
});
