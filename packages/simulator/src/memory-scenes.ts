import type { FileAction } from "./actions.ts";
import { act, amid, pause, settle } from "./scene-steps.ts";
import type { Stage } from "./scenes.ts";
import type { Step } from "./steps.ts";

const FOLDER = "e";

/** What an engine remembers is not what there is: an old state, half a listing, a swap of names that is half done. */
export function chooseMemoryScene({ random, content }: Pick<Stage, "random" | "content">): readonly Step[] {
  const [one, other, third] = random.shuffled(["a", "b", "c", "d.txt"]) as [string, string, string];
  const write = (path: string): FileAction => ({ kind: "write", path, content: content() });
  const remove = (path: string): FileAction => ({ kind: "remove", path });

  /** A state that was copied while nothing ran comes back later: meanwhile a file was deleted, and is there again as it was. */
  function copiedState(): readonly Step[] {
    const same = write(one);
    return [
      act("disk", same),
      settle,
      { kind: "stop", engine: 0 },
      pause,
      { kind: "back up state", engine: 0 },
      { kind: "start", engine: 0 },
      act("disk", remove(one)),
      settle,
      { kind: "stop", engine: 0 },
      pause,
      act("disk", same),
      { kind: "roll back state", engine: 0 },
      settle,
    ];
  }

  /** Dropbox has forgotten its cursors, and what tells of all that is there breaks off; meanwhile something was deleted. */
  function halfListing(): readonly Step[] {
    const harmless = () => ["disk", write(`${random.pick(["a", "b"])}.new`)] as const;
    return [
      ...[one, other, third].map((path) => act("disk", write(path))),
      settle,
      { kind: "reset", engine: 0 },
      amid("changes", "before", 1, harmless()),
      amid("changes", "before", 1, harmless()),
      amid("changes", "refused", 1, harmless()),
      act("dropbox", remove(one)),
      pause,
      settle,
    ];
  }

  /** Two names are swapped on disk, and their folder is deleted there while one has stepped aside in Dropbox. */
  function deletedAside(): readonly Step[] {
    const [from, to] = [`${FOLDER}/${one}`, `${FOLDER}/${other}`];
    return [
      act("disk", { kind: "mkdir", path: FOLDER }),
      act("disk", write(from)),
      act("disk", write(to)),
      settle,
      amid("write", "after", 300, ["disk", remove(FOLDER)]),
      act("disk", { kind: "swap", from, to }),
      pause,
      settle,
    ];
  }

  return random.pick([copiedState, halfListing, deletedAside])();
}
