import type { FileAction } from "./actions.ts";
import type { AmbushMoment } from "./ambush.ts";
import { isIgnored, rulesOf } from "./ignored-items.ts";
import { act, settle } from "./scene-steps.ts";
import type { SeededRandomness } from "./seeded-randomness.ts";
import type { Step } from "./steps.ts";
import type { VisibleTree } from "./visible-tree.ts";

/** What the scenes of a world depend on. */
export interface Stage {
  readonly random: SeededRandomness;
  readonly faults: boolean;
  readonly ignores: boolean;
  /** It is known what two deeds on one thing come to. */
  readonly meets: boolean;
  /** What users write next. */
  readonly content: () => string;
}

const NAMES = ["a", "b", "c", "d.txt"];
/** A name that rules leave out, where there are none yet. */
const IGNORED_NAME = "d.txt";

/** Some steps that hurt in this order only, and that chance alone hardly ever puts in it. @param disk what is there now */
export function chooseScene({ random, faults, ignores, meets, content }: Stage, disk: VisibleTree): readonly Step[] {
  const folders = [...disk.keys()].filter((path) => disk.get(path) === null && !path.includes("/"));

  function write(path: string): FileAction {
    return { kind: "write", path, content: content() };
  }

  function inAnyOrder() {
    return random.shuffled(["disk", "dropbox"] as const) as ["disk", "dropbox"];
  }

  /** A name in a folder that the ignore file leaves out, and what is to be written into that first. */
  function ignoredIn(folder: string): { readonly path: string; readonly first: readonly Step[] } {
    const rules = rulesOf(disk);
    const isFree = folder === "" || !isIgnored(rules, folder, null);
    const paths = NAMES.map((name) => (folder === "" ? name : `${folder}/${name}`));
    const path = isFree ? paths.find((one) => isIgnored(rules, one, new Uint8Array())) : undefined;
    if (path !== undefined) return { path, first: [] };
    const first = act("disk", { kind: "ignore", text: `${IGNORED_NAME}\n` });
    return { path: paths.at(-1) as string, first: [first] };
  }

  /** A folder goes on one side, while the other has something ignored in it; and then that goes too. */
  function keptFolder(): readonly Step[] {
    const folder = random.pick([...folders.filter((one) => one !== IGNORED_NAME), "c"]);
    const { path, first } = ignoredIn(folder);
    const [holder, other] = inAnyOrder();
    return [
      ...first,
      act("disk", { kind: "mkdir", path: folder }),
      settle,
      act(holder, write(path)),
      act(other, { kind: "remove", path: folder }),
      settle,
      act(holder, { kind: "remove", path }),
      settle,
    ];
  }

  /** Moved to an ignored name on one side, and to another on the other. */
  function partedWays(): readonly Step[] {
    const { path, first } = ignoredIn("");
    const [leaver, other] = inAnyOrder();
    return [
      ...first,
      act("disk", { kind: "remove", path }),
      act("disk", write("A")),
      settle,
      act(leaver, { kind: "move", from: "A", to: path }),
      act(other, { kind: "move", from: "A", to: "B" }),
      settle,
    ];
  }

  /** While it can't be read what is ignored, the engine starts anew. */
  function unreadRules(): readonly Step[] {
    const { path, first } = ignoredIn("");
    return [
      ...first,
      settle,
      act("disk", write(path)),
      { kind: "rules unreadable", number: 0 },
      { kind: "kill", engine: 0 },
      { kind: "start", engine: 0 },
      { kind: "sleep", milliseconds: 2_000 },
      settle,
    ];
  }

  /** What is never synced has a name on disk that something in Dropbox has too; and then it is gone. */
  function takenName(): readonly Step[] {
    const path = random.pick(NAMES);
    return [
      settle,
      act("disk", { kind: "symbolic link", path }),
      act("dropbox", write(path)),
      settle,
      act("disk", { kind: "remove", path }),
      settle,
    ];
  }

  /** At rest, something is done on disk, and something else while an engine is about to do the same in Dropbox. */
  function amid(
    before: readonly FileAction[],
    deed: FileAction,
    { call, when }: { readonly call: "write" | "verify"; readonly when: AmbushMoment },
    [side, action]: readonly ["disk" | "dropbox", FileAction],
  ): readonly Step[] {
    return [
      ...before.map((one) => act("disk", one)),
      settle,
      { kind: "ambush", call, when, pause: 300, side, number: 0, action },
      act("disk", deed),
      { kind: "sleep", milliseconds: 1_500 },
      settle,
    ];
  }

  /** A new file is edited while the answer to its upload is lost. */
  function unansweredUpload(): readonly Step[] {
    const path = `${random.pick(NAMES)}.new`;
    return amid([], write(path), { call: "write", when: "unanswered" }, ["disk", write(path)]);
  }

  /** What is moved goes on before it is known that it has arrived. */
  function movedOn(): readonly Step[] {
    const [from, to, on] = random.shuffled(NAMES) as [string, string, string];
    const deed: FileAction = { kind: "move", from, to };
    return amid([write(from)], deed, { call: "write", when: "after" }, ["disk", { kind: "move", from: to, to: on }]);
  }

  /** A file is edited once more before it is known that the last edit has arrived. */
  function editedOn(): readonly Step[] {
    const path = random.pick(NAMES);
    return amid([write(path)], write(path), { call: "write", when: "after" }, ["disk", write(path)]);
  }

  /** Another file has the name, by the time at which what had it is moved. */
  function movedUnderHand(): readonly Step[] {
    const [from, other, to] = random.shuffled(NAMES) as [string, string, string];
    return [
      act("disk", write(from)),
      act("disk", write(other)),
      {
        kind: "meet",
        when: "writing",
        disk: { kind: "move", from, to },
        dropbox: { kind: "rename over", from: other, to: from },
      },
    ];
  }

  /** A folder is moved while a file in it is on its way. */
  function movedWithUpload(): readonly Step[] {
    const [from, to] = random.shuffled(NAMES) as [string, string];
    const move: FileAction = { kind: "move", from, to };
    const deed = write(`${from}/new`);
    return amid([{ kind: "mkdir", path: from }], deed, { call: "verify", when: "after" }, ["disk", move]);
  }

  /** Two files were moved in Dropbox, and while an engine moves the one on disk, a third takes the name of the other. */
  function movedOneByOne(): readonly Step[] {
    const [one, other, third] = random.shuffled(NAMES) as [string, string, string];
    const replace: FileAction = { kind: "rename over", from: third, to: other };
    return [
      ...[one, other, third].map((path) => act("disk", write(path))),
      settle,
      { kind: "ambush", call: "move", when: "before", pause: 20, side: "disk", number: 0, action: replace },
      ...[one, other].map((from) => act("dropbox", { kind: "move", from, to: `${from}.moved` })),
      { kind: "sleep", milliseconds: 1_000 },
      settle,
    ];
  }

  /** Written, written anew, and after a power cut back to what it was; or that, and deleted on the other side. */
  function changedBack(): readonly Step[] {
    const path = random.pick(["a", "b", "c", "A"]);
    const [writer, other] = inAnyOrder();
    const [first, second] = [act(writer, write(path)), act(writer, write(path))];
    return [
      settle,
      first,
      settle,
      second,
      settle,
      { kind: "cut power", engine: 0 },
      first,
      ...(random.chance(0.3) ? [act(other, { kind: "remove", path })] : []),
      { kind: "start", engine: 0 },
      settle,
    ];
  }

  /** Two files were deleted in Dropbox, and while an engine deletes the one on disk, the other is edited. */
  function deletedOneByOne(): readonly Step[] {
    const [one, other] = random.shuffled(NAMES) as [string, string];
    return [
      ...[one, other].map((path) => act("disk", write(path))),
      settle,
      { kind: "ambush", call: "removeFile", when: "before", pause: 20, side: "disk", number: 0, action: write(other) },
      ...[one, other].map((path) => act("dropbox", { kind: "remove", path })),
      { kind: "sleep", milliseconds: 1_000 },
      settle,
    ];
  }

  /** Something comes into a folder, and long before the engine hears of it, the folder is deleted on the other side. */
  function unheardOf(): readonly Step[] {
    const folder = random.pick([...folders, "c"]);
    const place = { side: "dropbox", number: 0, call: "wait" } as const;
    return [
      act("disk", { kind: "mkdir", path: folder }),
      settle,
      { kind: "ambush", ...place, when: "after", pause: 5_000, action: write(`${folder}/b`) },
      act("dropbox", write("b")),
      { kind: "sleep", milliseconds: 3_000 },
      act("disk", { kind: "remove", path: folder }),
      { kind: "sleep", milliseconds: 3_000 },
      settle,
    ];
  }

  /** A file is written again as it was, moved while it is read, and then edited, before it is known what was read. */
  function movedWhileRead(): readonly Step[] {
    const path = random.pick(NAMES);
    const to = `${path}.moved`;
    const same = write(path);
    const move: FileAction = { kind: "move", from: path, to };
    return [
      settle,
      act("disk", same),
      settle,
      { kind: "ambush", call: "hash", when: "after", pause: 300, side: "disk", number: 0, action: move },
      act("disk", same),
      { kind: "sleep", milliseconds: 200 },
      act("disk", write(to)),
      { kind: "idle" },
    ];
  }

  /** A file is deleted, and written once more as it was; and the engine has the state of an earlier run. */
  function oldState(): readonly Step[] {
    const path = random.pick(NAMES);
    const same = write(path);
    return [
      act("disk", same),
      settle,
      { kind: "back up state", engine: 0 },
      { kind: "kill", engine: 0 },
      settle,
      act("disk", { kind: "remove", path }),
      settle,
      { kind: "kill", engine: 0 },
      act("disk", same),
      { kind: "roll back state", engine: 0 },
      settle,
    ];
  }

  /** Two names are swapped, and the engine loses its memory when the one has stepped aside. */
  function swapCutShort(): readonly Step[] {
    const [side, call] = random.pick([
      ["disk", "write"],
      ["dropbox", "move"],
    ] as const);
    const [one, other] = random.shuffled(NAMES) as [string, string];
    return [
      act("disk", write(one)),
      act("disk", write(other)),
      settle,
      { kind: "strike", call, when: "after", engine: 0, event: "lose state" },
      act(side, { kind: "swap", from: one, to: other }),
      { kind: "sleep", milliseconds: 1_000 },
      settle,
    ];
  }

  /** A file arrives where a folder lay for a moment, while something is about to be made in that folder. */
  function lostPlace(): readonly Step[] {
    const [from, place, to] = random.shuffled(NAMES) as [string, string, string];
    const lies = { kind: "ambush", when: "before", number: 0 } as const;
    return [
      act("disk", { kind: "mkdir", path: from }),
      settle,
      { ...lies, call: "read", pause: 60, side: "disk", action: { kind: "move", from, to: place } },
      { ...lies, call: "place", pause: 300, side: "dropbox", action: { kind: "mkdir", path: `${from}/new` } },
      act("dropbox", write(place)),
      { kind: "sleep", milliseconds: 100 },
      { ...lies, call: "wait", pause: 1, side: "disk", action: { kind: "move", from: place, to } },
      { kind: "sleep", milliseconds: 1_000 },
      settle,
    ];
  }

  const scenes = [takenName, unheardOf, lostPlace, movedOn, editedOn, movedWithUpload, movedOneByOne, deletedOneByOne];
  if (meets) scenes.push(movedUnderHand);
  if (ignores) scenes.push(keptFolder, keptFolder, partedWays);
  if (!faults) scenes.push(movedWhileRead);
  if (faults) scenes.push(unansweredUpload, oldState, swapCutShort, changedBack);
  if (ignores && faults) scenes.push(unreadRules);
  return random.pick(scenes)();
}
