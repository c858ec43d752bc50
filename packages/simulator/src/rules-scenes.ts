import type { FileAction } from "./actions.ts";
import { act, amid, pause, settle } from "./scene-steps.ts";
import type { Stage } from "./scenes.ts";
import type { Step } from "./steps.ts";

/** What rules leave out in these scenes, and a folder that they do not. */
const LEFT_OUT = "b";
const FOLDER = "c";

/** Folders become ignored, or cease to be, amid what an engine does with them: chance alone hardly ever hits that moment. */
export function chooseRulesScene({
  random,
  faults,
  content,
}: Pick<Stage, "random" | "faults" | "content">): readonly Step[] {
  const write = (path: string): FileAction => ({ kind: "write", path, content: content() });
  const move = (from: string, to: string): FileAction => ({ kind: "move", from, to });

  /** Two names are swapped in Dropbox, and when one has stepped aside on disk, its folder is ignored. */
  function swapInFolder(): readonly Step[] {
    const [inside, outside] = [`${FOLDER}/a`, "d.txt"];
    return [
      act("disk", { kind: "ignore", text: "" }),
      act("disk", { kind: "mkdir", path: FOLDER }),
      ...random.shuffled([inside, outside]).map((path) => act("disk", write(path))),
      settle,
      amid("move", "before", random.pick([20, 300]), ["disk", { kind: "ignore", text: `/${FOLDER}\n` }]),
      act("dropbox", { kind: "swap", from: inside, to: outside }),
      pause,
      settle,
    ];
  }

  /** While something new is read for it, a folder is moved to an ignored name; and back, before Dropbox has done the same. */
  function thereAndBack(): readonly Step[] {
    const deep = random.chance(0.5) ? `${FOLDER}/a` : FOLDER;
    return [
      act("disk", { kind: "ignore", text: `/${LEFT_OUT}\n` }),
      act("disk", { kind: "remove", path: LEFT_OUT }),
      act("disk", { kind: "mkdir", path: FOLDER }),
      act("disk", { kind: "mkdir", path: `${FOLDER}/a` }),
      settle,
      amid("read", "before", random.pick([60, 300]), ["disk", move(FOLDER, LEFT_OUT)]),
      amid("write", faults ? "refused" : "before", random.pick([300, 2_000]), ["disk", move(LEFT_OUT, FOLDER)]),
      act("dropbox", write(`${deep}/new`)),
      pause,
      settle,
    ];
  }

  return random.pick([swapInFolder, thereAndBack])();
}
