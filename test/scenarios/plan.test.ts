import { expect, test, vi } from "vitest";
import { PATIENT, plan } from "./answers.ts";
import { atRest, expectBoth, inOneWorld, theWorld } from "./scenario.ts";
import { type Action, diskOf, dropboxOf, mkdir, move, remove, swap, write } from "./sides.ts";

inOneWorld();

/** One change on each side for each row of what can happen. */
const GIVEN = {
  "both edited.txt": "0",
  "deleted here": "1",
  "deleted there": "1",
  "edited here": "1",
  "edited there": "1",
  "folder moved here/in": "1",
  "folder deleted there/in": "1",
  "folder deleted there/edited here": "1",
  "lives here": "1",
  "lives there": "1",
  "moved here": "1",
  "moved here, edited there": "1",
  "moved there": "1",
  "swapped a": "1",
  "swapped b": "2",
  "two places": "1",
  "became a folder": "1",
};
const DISK: readonly Action[] = [
  write("new here", "12"),
  mkdir("new folder here"),
  write("edited here", "123"),
  remove("deleted here"),
  move("moved here", "to/moved here"),
  move("moved here, edited there", "both"),
  move("folder moved here", "folder"),
  write("both edited.txt", "disk"),
  write("lives here", "2"),
  remove("lives there"),
  move("two places", "here"),
  write("folder deleted there/edited here", "2"),
  swap("swapped a", "swapped b"),
  remove("became a folder"),
  write("became a folder/in", "2"),
  write("README", "1"),
  write("ReadMe", "2"),
];
const DROPBOX: readonly Action[] = [
  write("new there", "1234"),
  mkdir("new folder there"),
  write("edited there", "12345"),
  write("moved here, edited there", "2"),
  remove("deleted there"),
  move("moved there", "from/moved there"),
  write("both edited.txt", "dropbox"),
  remove("lives here"),
  write("lives there", "2"),
  move("two places", "there"),
  remove("folder deleted there"),
  write("became a folder", "edited"),
];

/** Each line that the command prints; the order is the engine's own business. */
const PLAN = `
in Dropbox: create folder became a folder   new on disk
in Dropbox: create folder folder deleted there   deleted on one side, but something in it was created or edited on the other
in Dropbox: create folder new folder here   new on disk
in Dropbox: create folder to   new on disk
in Dropbox: delete deleted here   deleted on disk
in Dropbox: keep as conflict copy became a folder -> became a folder (conflicted copy)   became a folder on disk, which keeps the name: what Dropbox has is kept beside it
in Dropbox: move folder moved here -> folder   moved on disk
in Dropbox: move moved here, edited there -> both   moved on disk
in Dropbox: move moved here -> to/moved here   moved on disk
in Dropbox: move swapped a -> (a name for a moment)   names were exchanged: it steps aside for a moment
in Dropbox: move swapped a -> swapped b   moved on disk
in Dropbox: move swapped b -> swapped a   moved on disk
in Dropbox: upload README (1 B)   new on disk
in Dropbox: upload became a folder/in (1 B)   new on disk
in Dropbox: upload edited here (3 B)   edited on disk
in Dropbox: upload folder deleted there/edited here (1 B)   edited on disk, deleted in Dropbox: the edit lives
in Dropbox: upload lives here (1 B)   edited on disk, deleted in Dropbox: the edit lives
in Dropbox: upload new here (2 B)   new on disk
on disk: create folder from   new in Dropbox
on disk: create folder new folder there   new in Dropbox
on disk: delete deleted there   deleted in Dropbox
on disk: delete folder deleted there/in   deleted in Dropbox
on disk: download both edited.txt (7 B)   changed on both sides: Dropbox's keeps the name
on disk: download edited there (5 B)   edited in Dropbox
on disk: download lives there (1 B)   edited in Dropbox, deleted on disk: the edit lives
on disk: download new there (4 B)   new in Dropbox
on disk: keep as conflict copy both edited.txt -> both edited (conflicted copy).txt   both sides have one of this name: Dropbox's keeps it, the one on disk is kept beside it
on disk: move here -> there   moved on both sides: Dropbox's place wins
on disk: move moved there -> from/moved there   moved in Dropbox
on disk: rename ReadMe -> ReadMe (case conflict)   Dropbox takes the two names for one: the second is renamed
`;
const OUTCOME = {
  README: "1",
  "ReadMe (case conflict)": "2",
  "became a folder/in": "2",
  "became a folder (conflicted copy)": "edited",
  both: "2",
  "both edited.txt": "dropbox",
  "both edited (conflicted copy).txt": "disk",
  "edited here": "123",
  "edited there": "12345",
  "folder/in": "1",
  "folder deleted there/edited here": "2",
  "from/moved there": "1",
  "lives here": "2",
  "lives there": "2",
  "new folder here/": "",
  "new folder there/": "",
  "new here": "12",
  "new there": "1234",
  "swapped a": "2",
  "swapped b": "1",
  there: "1",
  "to/moved here": "1",
};

function linesOf(text: string): string[] {
  return text
    .replaceAll(/ \(You's conflicted copy \d{4}-\d\d-\d\d\)/g, " (conflicted copy)")
    .replaceAll(/\.~twinfold-move-\S+ \w+/g, "(a name for a moment)")
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}

/** With a daemon that is paused, and with none, as before a start. */
for (const mode of ["paused", "stopped"] as const) {
  test(`\`twinfold plan\` names each operation that is to come, with its reason, and does none (engine ${mode})`, async () => {
    const world = theWorld();
    await atRest(world, GIVEN);
    await world.ok(mode === "paused" ? "pause" : "stop");
    for (const act of DISK) await act(diskOf(world), world);
    for (const act of DROPBOX) await act(dropboxOf(world), world);
    const before = { onDisk: world.diskTree(), inDropbox: await world.dropboxTree() };
    // A paused engine looks on, in its own time.
    await vi.waitFor(async () => expect(linesOf(await world.ok("plan"))).toEqual(linesOf(PLAN)), PATIENT);
    expect((await plan(world)).operations).toEqual(
      expect.arrayContaining([
        { direction: "up", action: "upload", path: "became a folder/in", bytes: 1, reason: "new on disk" },
        { direction: "up", action: "move", path: "to/moved here", from: "moved here", reason: "moved on disk" },
        {
          direction: "down",
          action: "move",
          path: "from/moved there",
          from: "moved there",
          reason: "moved in Dropbox",
        },
      ]),
    );
    expect({ onDisk: world.diskTree(), inDropbox: await world.dropboxTree() }).toEqual(before);
    await world.ok(mode === "paused" ? "resume" : "start");
    await expectBoth(world, OUTCOME);
    expect(await world.ok("plan")).toBe("nothing to do: both sides are the same\n");
  });
}
