import { joinPath, type Name, parentPath, type RelativePath } from "@twinfold/engine";
import type { AmbushedCall } from "./ambush.ts";
import { at } from "./cast.ts";
import { DiskUser } from "./disk-user.ts";
import type { Step } from "./steps.ts";
import { GONE_WITHIN, type TrialParts } from "./trial-parts.ts";
import { textOf } from "./visible-tree.ts";

type MountStep<Kind extends Step["kind"]> = Extract<Step, { readonly kind: Kind }>;

const encoder = new TextEncoder();
const inner = (folder: RelativePath, name: string) => joinPath(folder, name as Name);

/** What both trials with disks that are mounted inside the root are made of. */
function stage({ cast, time, ambushes, act, byUser, disturb }: TrialParts, kills: boolean) {
  const disk = at(cast.disks, 0);

  /** The deed, when an engine makes the call, which it does as it looks at everything; at the latest a little later. */
  async function amid(call: AmbushedCall | null, content: string, deed: () => void): Promise<void> {
    disturb();
    let isDone = false;
    const once = () => {
      if (isDone) return;
      isDone = true;
      byUser("disk", 0, deed);
      if (kills) for (const host of cast.hosts) host.kill();
    };
    if (call === null) {
      for (const host of cast.hosts) await time.until(host.stop());
      once();
    } else {
      ambushes.lay({ calls: [call], when: "before", pause: 2, deed: once });
      for (const host of cast.hosts) host.overflow();
      act("disk", 0, { kind: "write", path: "beside", content });
      await time.advance(GONE_WITHIN);
      once();
    }
    for (const host of cast.hosts) host.start();
    await time.advance(GONE_WITHIN);
  }

  function hasAll(contents: readonly string[]): string[] {
    const there = new Set([...cast.user("dropbox", 0).tree().values()].map((one) => one && textOf(one)));
    return contents.filter((one) => !there.has(one));
  }

  return {
    disk,
    amid,
    lost: (contents: readonly string[], when: string) =>
      hasAll(contents).map((one) => `"${one}" left Dropbox, or did not come, ${when}`),
    /** Folders down to a path. @returns whether it is one */
    makeFolder(path: RelativePath): boolean {
      for (const folder of [parentPath(path), path]) if (folder !== "") act("disk", 0, { kind: "mkdir", path: folder });
      return cast.user("disk", 0).tree().get(path) === null;
    },
    write: (path: RelativePath, content: string) => act("disk", 0, { kind: "write", path, content }),
    /** While no engine runs, what is mounted there goes, and the folder beneath is deleted: that is meant. */
    async removeMounted(path: RelativePath): Promise<void> {
      for (const host of cast.hosts) await time.until(host.stop());
      disturb();
      byUser("disk", 0, () => disk.unmountVolume(path));
      act("disk", 0, { kind: "remove", path });
    },
  };
}

/**
 * Another disk, with a third mounted in it, is mounted over a folder that is in sync; both go; and it, or another, is there
 * again: nothing of what was there is deleted in Dropbox, and what each disk has comes there. What is deleted in Dropbox
 * while it is gone stays so.
 */
export async function mountOver(parts: TrialParts, step: MountStep<"mount over">): Promise<string[]> {
  const { cast, time, settle, act, byUser, disturb } = parts;
  const { disk, amid, lost, makeFolder, write, removeMounted } = stage(parts, step.kills);
  const path = step.path as RelativePath;
  const within = inner(path, "k");
  const [first, second, onDisk] = step.contents;
  const [alone, deeper, anew] = [`${onDisk} alone`, `${onDisk} deeper`, `${onDisk} anew`];
  const [over, gone, back] = step.calls;
  /** One of its files has the name of one in the folder beneath. */
  const files = (content: string) => ({ x: encoder.encode(content), z: encoder.encode(`${content} alone`) });
  const [volume, third] = [disk.newVolume(files(onDisk), ["k"]), disk.newVolume({ w: encoder.encode(deeper) })];

  if (!makeFolder(path)) return [];
  write(inner(path, "x"), first);
  write(inner(path, "y"), second);
  await settle();
  if (cast.user("disk", 0).tree().get(path) !== null || lost([first, second], "").length > 0) return [];

  await amid(over ?? null, `${onDisk} before`, () => {
    disk.mountVolume(path, volume);
    disk.mountVolume(within, third);
  });
  await settle();
  const kept = [first, onDisk, alone, deeper];
  const found = lost([...kept, second], "when a disk was mounted over it");

  await amid(gone ?? null, `${onDisk} between`, () => {
    disk.unmountVolume(within);
    disk.unmountVolume(path);
  });
  found.push(...lost([...kept, second], "when that was gone"));
  act("dropbox", 0, { kind: "remove", path: `${path}/y` });
  await time.advance(GONE_WITHIN);
  await amid(back ?? null, `${onDisk} after`, () =>
    disk.mountVolume(path, step.another ? disk.newVolume(files(anew), ["k"]) : volume),
  );
  found.push(...lost(kept, "when a disk was there again"));
  disturb();
  byUser("disk", 0, () => disk.mountVolume(within, third));
  await settle();
  found.push(...lost(step.another ? [...kept, anew] : kept, "when all disks were there again"));
  const isBack = cast.user("dropbox", 0).exists(`${path}/y`);
  if (isBack && !step.another && !step.kills && !parts.faults)
    found.push(`${path}/y came back, though it was deleted in Dropbox while its disk was gone`);

  for (const host of cast.hosts) await time.until(host.stop());
  byUser("disk", 0, () => disk.unmountVolume(within));
  await removeMounted(path);
  await settle();
  return found;
}

/** A disk that is in sync at one place is mounted at another, over a folder that is in sync: nothing of that is deleted. */
export async function mountElsewhere(parts: TrialParts, step: MountStep<"mount elsewhere">): Promise<string[]> {
  const { cast, settle, byUser, disturb } = parts;
  const { disk, amid, lost, makeFolder, write, removeMounted } = stage(parts, step.kills);
  const [from, to] = [step.from, step.to] as RelativePath[] as [RelativePath, RelativePath];
  const [first, second, onDisk] = step.contents;
  const volume = disk.newVolume({ x: encoder.encode(onDisk) });

  if (!makeFolder(from) || !makeFolder(to)) return [];
  disturb();
  byUser("disk", 0, () => disk.mountVolume(from, volume));
  write(inner(to, "x"), first);
  write(inner(to, "y"), second);
  await settle();
  if (cast.user("disk", 0).tree().get(to) !== null || lost([first, second, onDisk], "").length > 0) {
    await removeMounted(from);
    return [];
  }
  await amid(step.call, `${onDisk} before`, () => {
    disk.unmountVolume(from);
    const user = cast.user("disk", 0);
    if (step.removes && user instanceof DiskUser) user.rmtree(from);
    disk.mountVolume(to, volume);
  });
  // What went from its former place comes to the other one: where calls fail, that takes its time.
  if (step.removes) await settle();
  const found = lost([first, second, onDisk], "when a disk of another place was mounted over it");
  // What was beneath it: that is a deletion, and no other is.
  if (!step.removes) parts.act("disk", 0, { kind: "remove", path: from });
  await settle();
  found.push(...lost([first, second, onDisk], "when its former place was deleted"));
  await removeMounted(to);
  await settle();
  return found;
}
