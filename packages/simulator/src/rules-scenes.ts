import type { FileAction } from "./actions.ts";
import type { Stage } from "./scenes.ts";
import type { Step } from "./steps.ts";

/** What rules leave out in these scenes, and a folder that they do not. */
const LEFT_OUT = "b";
const FOLDER = "c";

const settle: Step = { kind: "settle" };
const pause: Step = { kind: "sleep", milliseconds: 1_500 };

function act(side: "disk" | "dropbox", action: FileAction): Step {
  return { kind: "act", side, number: 0, action };
}

/** At an engine's next call of this kind, before it takes effect or is refused, and so long before it goes on. */
function amid(
  call: "move" | "read" | "write",
  milliseconds: number,
  action: FileAction,
  when: "before" | "refused" = "before",
): Step {
  return { kind: "ambush", call, when, pause: milliseconds, side: "disk", number: 0, action };
}

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
      amid("move", random.pick([20, 300]), { kind: "ignore", text: `/${FOLDER}\n` }),
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
      amid("read", random.pick([60, 300]), move(FOLDER, LEFT_OUT)),
      amid("write", random.pick([300, 2_000]), move(LEFT_OUT, FOLDER), faults ? "refused" : "before"),
      act("dropbox", write(`${deep}/new`)),
      pause,
      settle,
    ];
  }

  return random.pick([swapInFolder, thereAndBack])();
}
