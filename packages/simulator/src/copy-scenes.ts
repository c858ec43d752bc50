import type { FileAction } from "./actions.ts";
import { act, amid, settle } from "./scene-steps.ts";
import type { Stage } from "./scenes.ts";
import type { Step } from "./steps.ts";

const MODEL = "c";
const COPY = "c.copy";
/** Of which the copy is made by moving what is in it. */
const TWIN = "twin";
const IN_MODEL = ["a", "d.txt", "e"] as const;

/** A folder is copied on disk, at once or file by file, and while an engine does the same in Dropbox, somebody goes on. */
export function chooseCopyScene({
  random,
  faults,
  content,
}: Pick<Stage, "random" | "faults" | "content">): readonly Step[] {
  const write = (path: string): FileAction => ({ kind: "write", path, content: content() });
  const copy = (name = ""): Step => act("disk", { kind: "copy", from: `${MODEL}${name}`, to: `${COPY}${name}` });
  const sleep = (): Step => ({ kind: "sleep", milliseconds: random.pick([1, 20, 100, 300, 700]) });

  const deeds: readonly (readonly ["disk" | "dropbox", FileAction])[] = [
    ["dropbox", write(`${MODEL}/a`)],
    ["dropbox", write(`${MODEL}/new`)],
    ["dropbox", { kind: "remove", path: random.pick([MODEL, `${MODEL}/a`]) }],
    ["dropbox", { kind: "move", from: MODEL, to: "b" }],
    ["dropbox", write(`${COPY}/a`)],
    ["dropbox", write(COPY)],
    ["disk", write(`${COPY}/${random.pick(["a", "new"])}`)],
    ["disk", write(`${MODEL}/a`)],
    ["disk", { kind: "remove", path: random.pick([COPY, `${COPY}/a`, `${COPY}/d.txt`]) }],
    ["disk", { kind: "remove", path: MODEL }],
    ["disk", { kind: "move", from: COPY, to: random.pick(["a", `${MODEL}/b`]) }],
    ["disk", { kind: "move", from: `${COPY}/a`, to: random.pick([`${COPY}/b`, "b", `${COPY}/d.txt/b`]) }],
    ["disk", { kind: "move", from: MODEL, to: random.pick(["b", `${COPY}/c`]) }],
    ["disk", { kind: "swap", from: MODEL, to: COPY }],
  ];
  // What was copied there, or is to be, is no longer the same.
  const decisive: typeof deeds = [
    ["disk", { kind: "remove", path: random.pick([`${COPY}/a`, `${COPY}/e`]) }],
    ["disk", { kind: "move", from: `${COPY}/${random.pick(["a", "e"])}`, to: "b" }],
    ["disk", { kind: "move", from: MODEL, to: `${COPY}/c` }],
    ["disk", { kind: "swap", from: MODEL, to: COPY }],
    ["disk", write(`${MODEL}/${random.pick(["a", "e"])}`)],
    ["dropbox", write(`${MODEL}/${random.pick(["a", "e"])}`)],
  ];
  const somewhen = (): Step => {
    const deed = random.pick(random.chance(0.5) ? decisive : deeds);
    const call = random.pick(["write", "write", "write", "write", "write", "changes", "wait", "hash", "list"] as const);
    const fails = faults && call !== "wait" && random.chance(0.4);
    const when = random.chance(0.5) ? (fails ? "refused" : "before") : fails ? "unanswered" : "after";
    return amid(call, when, random.pick([2, 300, 300]), deed);
  };
  /** Between two pages that tell of it. */
  const editAmidTelling = (): Step =>
    amid("changes", "after", 2, ["dropbox", { kind: "append", path: `${COPY}/a`, content: content() }]);
  const kill = (): Step => {
    const when = random.pick(["before", "after"] as const);
    return { kind: "strike", call: "write", when, engine: 0, event: "kill" };
  };
  const isMoved = random.chance(0.15);
  const made = (): Step[] => {
    if (isMoved)
      return IN_MODEL.map((name) => act("disk", { kind: "move", from: `${TWIN}/${name}`, to: `${COPY}/${name}` }));
    return IN_MODEL.slice(0, random.chance(0.7) ? 3 : 2).flatMap((name) => [sleep(), copy(`/${name}`)]);
  };
  return [
    act("disk", { kind: "mkdir", path: MODEL }),
    act("disk", { kind: "mkdir", path: `${MODEL}/d.txt` }),
    ...["a", "d.txt/a", "e"].map((name) => act("disk", write(`${MODEL}/${name}`))),
    ...(isMoved ? [act("disk", { kind: "copy", from: MODEL, to: TWIN })] : []),
    settle,
    ...Array.from({ length: random.below(4) }, somewhen),
    ...(random.chance(0.2) ? Array.from({ length: 2 + random.below(3) }, editAmidTelling) : []),
    ...(faults && random.chance(0.3) ? [kill()] : []),
    ...(!isMoved && random.chance(0.6) ? [copy()] : [act("disk", { kind: "mkdir", path: COPY }), ...made()]),
    { kind: "sleep", milliseconds: random.pick([300, 1_500]) },
    settle,
  ];
}
