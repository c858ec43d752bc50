import { parentPath, type RelativePath } from "@twinfold/engine";
import type { AmbushedCall } from "./ambush.ts";
import { at } from "./cast.ts";
import type { Step } from "./steps.ts";
import type { TrialParts } from "./trials.ts";
import type { DiskFolder } from "./virtual-disk.ts";
import { textOf } from "./visible-tree.ts";

/** By then an engine that takes what a disk lacks for deleted has done the same in Dropbox, in milliseconds. */
const GONE_WITHIN = 20_000;

/**
 * Another disk is mounted over a folder that is in sync; it goes; and it, or a third, is there again: nothing of what was
 * there is deleted in Dropbox, and what each disk has comes there. In the end the folder is deleted, and goes.
 */
export async function mountOver(
  { cast, time, ambushes, settle, act, byUser, disturb }: TrialParts,
  step: Extract<Step, { readonly kind: "mount over" }>,
): Promise<string[]> {
  const path = step.path as RelativePath;
  const [first, second, onDisk] = step.contents;
  const disk = at(cast.disks, 0);
  const encoder = new TextEncoder();
  /** One of its files has the name of one in the folder beneath. */
  const volume = (content: string) => ({ x: encoder.encode(content), z: encoder.encode(`${content} alone`) });
  const alone = `${onDisk} alone`;
  const calls = [...step.calls];

  /** The deed, when an engine makes the call, which it does as it looks at everything; at the latest a little later. */
  async function amid(call: AmbushedCall | null, deed: () => void): Promise<void> {
    disturb();
    if (call === null) for (const host of cast.hosts) await time.until(host.stop());
    let isDone = false;
    const once = () => {
      if (isDone) return;
      isDone = true;
      byUser("disk", 0, deed);
      if (step.kills) for (const host of cast.hosts) host.kill();
    };
    if (call === null) once();
    else {
      ambushes.lay({ calls: [call], when: "before", pause: 2, deed: once });
      for (const host of cast.hosts) host.overflow();
      act("disk", 0, { kind: "write", path: `${parentPath(path)}beside`, content: `${onDisk} beside` });
      await time.advance(GONE_WITHIN);
      once();
    }
    for (const host of cast.hosts) host.start();
    await time.advance(GONE_WITHIN);
  }

  const inDropbox = () => new Set([...cast.user("dropbox", 0).tree().values()].map((one) => one && textOf(one)));
  function lost(contents: readonly string[], when: string): string[] {
    const there = inDropbox();
    return contents.filter((one) => !there.has(one)).map((one) => `"${one}" left Dropbox, or did not come, ${when}`);
  }

  for (const folder of [parentPath(path), path]) if (folder !== "") act("disk", 0, { kind: "mkdir", path: folder });
  act("disk", 0, { kind: "write", path: `${path}/x`, content: first });
  act("disk", 0, { kind: "write", path: `${path}/y`, content: second });
  await settle();
  if (lost([first, second], "").length > 0 || cast.user("disk", 0).tree().get(path) !== null) return [];

  let mounted: DiskFolder | null = null;
  await amid(calls.shift() ?? null, () => {
    mounted = disk.mountVolume(path, volume(onDisk));
  });
  await settle();
  const found = lost([first, second, onDisk, alone], "when a disk was mounted over it");
  await amid(calls.shift() ?? null, () => disk.unmountVolume(path));
  found.push(...lost([first, second, onDisk, alone], "when that was gone"));
  const third = `${onDisk} anew`;
  await amid(calls.shift() ?? null, () => {
    disk.mountVolume(path, step.another || mounted === null ? volume(third) : mounted);
  });
  await settle();
  found.push(...lost([first, second, onDisk, alone, ...(step.another ? [third] : [])], "when a disk was there again"));

  for (const host of cast.hosts) await time.until(host.stop());
  byUser("disk", 0, () => disk.unmountVolume(path));
  disturb();
  act("disk", 0, { kind: "remove", path });
  await settle();
  return found;
}
