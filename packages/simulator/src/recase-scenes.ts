import { act, pause, settle } from "./scene-steps.ts";
import type { Stage } from "./scenes.ts";
import type { Step } from "./steps.ts";

/** A name changes its case only, which takes two steps in Dropbox, and the engine dies between them; then it may change back. */
export function chooseRecaseScene({ random, content }: Pick<Stage, "random" | "content">): readonly Step[] {
  const name = random.pick(["a", "b", "c"]);
  return [
    act("disk", { kind: "write", path: name, content: content() }),
    settle,
    { kind: "strike", call: "write", when: "after", engine: 0, event: "kill" },
    act("disk", { kind: "move", from: name, to: name.toUpperCase() }),
    pause,
    ...(random.chance(0.5) ? [act("disk", { kind: "move", from: name.toUpperCase(), to: name })] : []),
    settle,
  ];
}
