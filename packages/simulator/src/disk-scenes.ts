import type { FileAction } from "./actions.ts";
import { AMBUSHED_CALLS } from "./ambush.ts";
import { act, amid, pause, settle } from "./scene-steps.ts";
import type { Stage } from "./scenes.ts";
import type { Step } from "./steps.ts";

/** Where disks are mounted: no other name may be taken for one of these. */
const PLACES = ["mnt/m", "m", "n"] as const;

/** What disks and programs do that shows in no event: other disks come and go inside the root, and files change unseen. */
export function chooseDiskScene({
  random,
  faults,
  content,
}: Pick<Stage, "random" | "faults" | "content">): readonly Step[] {
  const path = random.pick(["a", "b", "c", "d.txt"]);
  const write = (): FileAction => ({ kind: "write", path, content: content() });

  /** Written to in the moment in which it comes from Dropbox. */
  function writtenOnArrival(): readonly Step[] {
    const first = random.chance(0.5) ? [act("disk", write())] : [];
    const deed: FileAction = random.chance(0.5) ? write() : { kind: "append", path, content: content() };
    return [...first, settle, amid("place", "amid", 1, ["disk", deed]), act("dropbox", write()), pause, settle];
  }

  /** Written, and once more through memory, as it is read or after it. */
  function writtenThroughMemory(): readonly Step[] {
    const later = random.pick([1, 20, 300, 5_000]);
    const pause = random.chance(0.5) ? null : later;
    return [{ kind: "write unseen", path, contents: [content(), content()], pause }];
  }

  /** Another disk is mounted over a folder, goes, and is there again, or a third is. */
  function mounted(): readonly Step[] {
    return [
      {
        kind: "mount over",
        path: random.pick(PLACES),
        contents: [content(), content(), content()],
        calls: [0, 1, 2].map(() => (random.chance(0.2) ? null : random.pick(AMBUSHED_CALLS))),
        another: random.chance(0.4),
        kills: faults && random.chance(0.3),
      },
    ];
  }

  /** A disk is mounted over another folder than before. */
  function mountedElsewhere(): readonly Step[] {
    const [from, to] = random.shuffled(PLACES) as [string, string];
    const call = random.chance(0.3) ? null : random.pick(AMBUSHED_CALLS);
    const contents = [content(), content(), content()] as const;
    const removes = random.chance(0.4);
    return [{ kind: "mount elsewhere", from, to, removes, contents, call, kills: faults && random.chance(0.3) }];
  }

  const scenes = [mounted, mounted, mountedElsewhere, mountedElsewhere, writtenOnArrival];
  return random.pick(faults ? scenes : [...scenes, writtenThroughMemory])();
}
