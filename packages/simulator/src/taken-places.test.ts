import { beforeEach, expect, test } from "vitest";
import { DiskUser } from "./disk-user.ts";
import { EngineHost } from "./engine-host.ts";
import type { Fault, PortCall } from "./faults.ts";
import { SeededRandomness } from "./seeded-randomness.ts";
import { VirtualDisk } from "./virtual-disk.ts";
import { VirtualDropbox } from "./virtual-dropbox.ts";
import { VirtualTime } from "./virtual-time.ts";

/**
 * What was at a place on disk when a transfer began is gone, and something of another kind has the name, while the
 * engine still waits whether the old thing turns up elsewhere: it has no path then, and the disk must not be asked for one.
 */
let time: VirtualTime;
let user: DiskUser;
let dropbox: VirtualDropbox;
let host: EngineHost;
let onCall: (call: PortCall) => Fault | undefined;

/** Seen on disk at once, and over before the old thing's absence is believed. */
const MOMENT = 60;

beforeEach(async () => {
  time = new VirtualTime();
  const disk = new VirtualDisk(time);
  user = new DiskUser(disk);
  dropbox = new VirtualDropbox();
  onCall = () => undefined;
  const randomness = new SeededRandomness(1);
  const faults = (call: PortCall) => onCall(call);
  host = new EngineHost({ name: "engine", time, disk, dropbox, folder: "A", randomness, faults, nasty: false });
  host.start();
  await rest();
});

async function rest(): Promise<void> {
  expect(await time.until(host.engine?.wait(60) ?? Promise.reject(host.defect), 120_000)).toBe(true);
}

test("a folder became a file while one in it was on its way to Dropbox", async () => {
  user.mkdir("d");
  await rest();
  onCall = (call) => {
    if (call.name !== "verify") return undefined;
    onCall = () => undefined;
    user.rmtree("d");
    user.write("d", "a file now");
    return { delay: MOMENT };
  };
  user.write("d/a", "on its way");
  await rest();
  expect(host.defect).toBeUndefined();
  expect(dropbox.lookup("A/d")?.kind).toBe("file");
});

test("a file became a folder while its new content was on its way from Dropbox", async () => {
  user.write("a", "one");
  await rest();
  onCall = (call) => {
    if (call.name !== "read") return undefined;
    onCall = () => undefined;
    user.unlink("a");
    user.mkdir("a");
    return { delay: MOMENT };
  };
  dropbox.upload("A/a", Buffer.from("two"));
  await rest();
  expect(host.defect).toBeUndefined();
  expect(
    [...user.tree()].map(([path, content]) => [path, content === null ? null : String(Buffer.from(content))]),
  ).toEqual([
    ["a", null],
    ["a (Ada Lovelace's conflicted copy 2026-01-05)", "two"],
  ]);
});
