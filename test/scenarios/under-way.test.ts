import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { PATIENT } from "./answers.ts";
import { atRest, expectNow, inOneWorld, theWorld } from "./scenario.ts";
import { type Action, diskOf, dropboxOf, move, remove, type Tree, write } from "./sides.ts";

/** What people do while a file is on its way, so slow that there is a middle. */
const MIB = 1024 * 1024;
/** Large enough that Dropbox gets it in pieces. */
const SENT = "sent".repeat(3 * MIB);
/** Bytes in a second; null: as fast as it goes. */
const line = (bytes: number | null) =>
  theWorld().control("conditions", { uploadBytesPerSecond: bytes, downloadBytesPerSecond: bytes });

interface Meanwhile {
  readonly disk?: readonly Action[];
  readonly dropbox?: readonly Action[];
  readonly outcome: Tree;
  /** Where the sent content may be besides: a commit that crosses a move in Dropbox makes a new file at the old place. */
  readonly perhaps?: string;
}

inOneWorld();
afterEach(() => line(null));

async function play(begin: Action, side: "disk" | "dropbox", isUnderWay: () => Promise<void>, told: Meanwhile) {
  const world = theWorld();
  await atRest(world, { "d/a.txt": "1", "d/other": "0" });
  await line(6 * MIB);
  await world.control("stats", {}, "DELETE");
  await begin(side === "disk" ? diskOf(world) : dropboxOf(world), world);
  await isUnderWay();
  for (const act of told.disk ?? []) await act(diskOf(world), world);
  for (const act of told.dropbox ?? []) await act(dropboxOf(world), world);
  await line(null);
  await world.settle();
  const { outcome, perhaps } = told;
  const isTwice = perhaps !== undefined && world.diskTree()[perhaps] === SENT;
  await expectNow(world, isTwice ? { ...outcome, [perhaps]: SENT } : outcome);
}

/** Some of it lies in staging, and not all. */
async function isArriving(): Promise<void> {
  const staging = join(theWorld().root, ".twinfold");
  const sizes = () =>
    existsSync(staging)
      ? readdirSync(staging, { recursive: true, withFileTypes: true })
          .filter((one) => one.isFile() && /^\d+$/.test(one.name))
          .map((one) => statSync(join(one.parentPath, one.name), { throwIfNoEntry: false })?.size ?? 0)
      : [];
  await expect.poll(() => sizes().some((size) => size > 0 && size < SENT.length), PATIENT).toBe(true);
}

/** Dropbox has been told that it comes in pieces, which take their time. */
async function isLeaving(): Promise<void> {
  await expect.poll(() => theWorld().requests(), PATIENT).toHaveProperty(["files/upload_session/start"]);
}

describe("a file is on its way from Dropbox, and meanwhile", () => {
  const downloads: Readonly<Record<string, Meanwhile>> = {
    "the one on disk is edited: it is kept beside the one that comes": {
      disk: [write("d/a.txt", "edited")],
      outcome: { "d/a.txt": SENT, "d/a (conflicted copy).txt": "edited", "d/other": "0" },
    },
    "the one on disk is moved: what comes follows it": {
      disk: [move("d/a.txt", "b.txt")],
      outcome: { "b.txt": SENT, "d/other": "0" },
    },
    "the one on disk is moved and edited: both live": {
      disk: [move("d/a.txt", "b.txt"), write("b.txt", "edited")],
      outcome: { "b.txt": SENT, "b (conflicted copy).txt": "edited", "d/other": "0" },
    },
    "the one on disk is deleted: the edit from Dropbox lives": {
      disk: [remove("d/a.txt")],
      outcome: { "d/a.txt": SENT, "d/other": "0" },
    },
    "its folder on disk is moved: what comes follows it": {
      disk: [move("d", "e")],
      outcome: { "e/a.txt": SENT, "e/other": "0" },
    },
    "its folder on disk is deleted: it lives on with what comes only": {
      disk: [remove("d")],
      outcome: { "d/a.txt": SENT },
    },
    "a folder takes its place on disk: it keeps the name, what comes is kept beside it": {
      disk: [remove("d/a.txt"), write("d/a.txt/in", "2")],
      outcome: { "d/a.txt/in": "2", "d/a (conflicted copy).txt": SENT, "d/other": "0" },
    },
    "it is edited in Dropbox once more: the last version comes": {
      dropbox: [write("d/a.txt", "last")],
      outcome: { "d/a.txt": "last", "d/other": "0" },
    },
    "it is moved in Dropbox: it comes at its new place": {
      dropbox: [move("d/a.txt", "b.txt")],
      outcome: { "b.txt": SENT, "d/other": "0" },
    },
    "it is deleted in Dropbox: it is gone": {
      dropbox: [remove("d/a.txt")],
      outcome: { "d/other": "0" },
    },
    "its folder is moved in Dropbox, and the one on disk edited: both live at the new place": {
      disk: [write("d/a.txt", "edited")],
      dropbox: [move("d", "e")],
      outcome: { "e/a.txt": SENT, "e/a (conflicted copy).txt": "edited", "e/other": "0" },
    },
  };
  for (const [title, told] of Object.entries(downloads))
    test(title, () => play(write("d/a.txt", SENT), "dropbox", isArriving, told));
});

describe("a file is on its way to Dropbox, and meanwhile", () => {
  const uploads: Readonly<Record<string, Meanwhile>> = {
    "the one in Dropbox is edited: it keeps the name, what was on its way is kept beside it": {
      dropbox: [write("d/a.txt", "edited")],
      outcome: { "d/a.txt": "edited", "d/a (conflicted copy).txt": SENT, "d/other": "0" },
    },
    "the one in Dropbox is moved: the edit follows it": {
      dropbox: [move("d/a.txt", "b.txt")],
      outcome: { "b.txt": SENT, "d/other": "0" },
      perhaps: "d/a.txt",
    },
    "the one in Dropbox is deleted: the edit lives": {
      dropbox: [remove("d/a.txt")],
      outcome: { "d/a.txt": SENT, "d/other": "0" },
    },
    "its folder in Dropbox is moved: the edit follows it": {
      dropbox: [move("d", "e")],
      outcome: { "e/a.txt": SENT, "e/other": "0" },
      perhaps: "d/a.txt",
    },
    "its folder in Dropbox is deleted: it lives on with the edit only": {
      dropbox: [remove("d")],
      outcome: { "d/a.txt": SENT },
    },
    "a folder takes its place in Dropbox: it keeps the name, the edit is kept beside it": {
      dropbox: [remove("d/a.txt"), write("d/a.txt/in", "2")],
      outcome: { "d/a.txt/in": "2", "d/a (conflicted copy).txt": SENT, "d/other": "0" },
    },
    "it is edited on disk once more: the last version is there, with no copy": {
      disk: [write("d/a.txt", "last")],
      outcome: { "d/a.txt": "last", "d/other": "0" },
    },
    "it is moved on disk: it is there at its new place": {
      disk: [move("d/a.txt", "b.txt")],
      outcome: { "b.txt": SENT, "d/other": "0" },
    },
    "it is deleted on disk: it is gone": {
      disk: [remove("d/a.txt")],
      outcome: { "d/other": "0" },
    },
    "its folder is moved on disk: it is there at its new place": {
      disk: [move("d", "e")],
      outcome: { "e/a.txt": SENT, "e/other": "0" },
    },
    "it is deleted on disk, and edited in Dropbox: that edit lives": {
      disk: [remove("d/a.txt")],
      dropbox: [write("d/a.txt", "edited")],
      outcome: { "d/a.txt": "edited", "d/other": "0" },
    },
  };
  for (const [title, told] of Object.entries(uploads))
    test(title, () => play(write("d/a.txt", SENT), "disk", isLeaving, told));
});
