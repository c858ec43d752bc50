import { AMBUSHED_CALLS } from "./ambush.ts";
import { chooseCopyScene } from "./copy-scenes.ts";
import { chooseDiskScene } from "./disk-scenes.ts";
import { NEVER_FAIL } from "./faults-by-chance.ts";
import { chooseMemoryScene } from "./memory-scenes.ts";
import type { NastyUser } from "./nasty-user.ts";
import { chooseRecaseScene } from "./recase-scenes.ts";
import { chooseRulesScene } from "./rules-scenes.ts";
import { chooseScene } from "./scenes.ts";
import type { SeededRandomness } from "./seeded-randomness.ts";
import type { Side } from "./side.ts";
import type { Blow, EngineStep, SideStep, Step } from "./steps.ts";
import { CLOSE } from "./trials.ts";
import type { VisibleTree } from "./visible-tree.ts";

/** What a chooser sees of its world. */
export interface ChooserView {
  readonly engines: number;
  readonly disks: number;
  readonly dropboxes: number;
  runs(engine: number): boolean;
  tree(side: "disk" | "dropbox", number: number): VisibleTree;
}

const ENGINE_STEPS: readonly EngineStep[] = [
  "kill",
  "kill",
  "cut power",
  "stop",
  "overflow",
  "reset",
  "back up state",
  "back up state",
  "roll back state",
  "lose state",
];
const BLOWS: readonly Blow[] = ["kill", "kill", "cut power", "roll back state", "lose state"];
const SIDE_STEPS: readonly SideStep[] = [
  "disk full",
  "Dropbox full",
  "unmount",
  "mount",
  "unreadable",
  "rules unreadable",
];

/** Chooses what happens next in a world, from its seed. */
export function createChooser(options: {
  readonly random: SeededRandomness;
  readonly user: NastyUser;
  readonly faults: boolean;
  /** There are ignore files. */
  readonly ignores: boolean;
  /** Deletion guards are set low, and are to be met. */
  readonly cautious: boolean;
  /** Both sides do something to one thing while no engine runs. */
  readonly meets: boolean;
  /** Files are restored now and then. */
  readonly restores: boolean;
  /** Rules come and go amid what engines do. */
  readonly rulesAmid: boolean;
  /** What engines remember is set back or cut short at the worst moments. */
  readonly misremembers: boolean;
  /** Folders are copied, and changed while that is done in Dropbox. */
  readonly copies: boolean;
  /** Names change their case only, and engines die amid that. */
  readonly recases: boolean;
  /** Other disks come and go inside the root, and files are written to unseen. */
  readonly disks: boolean;
}) {
  const { random, user, faults, ignores, meets, restores } = options;
  const content = () => user.content();
  const scene: Step[] = [];
  /** What is still to be done while engines are stopped for a restore. */
  let beforeRestore = 0;

  return function choose(view: ChooserView): Step {
    const next = scene.shift();
    if (next !== undefined) return next;
    if (beforeRestore > 0) return restoring(view);
    if (restores && random.chance(0.06)) {
      beforeRestore = 1 + random.below(5);
      for (let engine = 0; engine < view.engines; engine++) scene.push({ kind: random.pick(["kill", "stop"]), engine });
      return random.chance(0.7) ? { kind: "settle" } : { kind: "sleep", milliseconds: 20 };
    }
    if (options.misremembers && random.chance(0.1)) {
      scene.push(...chooseMemoryScene({ random, content }));
      return { kind: "settle" };
    }
    if (options.copies && random.chance(0.2)) {
      scene.push(...chooseCopyScene({ random, faults, content }));
      return { kind: "settle" };
    }
    if (options.recases && random.chance(0.1)) {
      scene.push(...chooseRecaseScene({ random, content }));
      return { kind: "settle" };
    }
    if (options.disks && random.chance(0.2)) {
      scene.push(...chooseDiskScene({ random, faults, content }));
      return { kind: "settle" };
    }
    const roll = random.below(100);
    if (roll < 30) {
      const milliseconds = random.pick([1, 5, 20, 20, 100, 300, 1000, 5000]) * (1 + random.below(2));
      return { kind: "sleep", milliseconds };
    }
    if (roll < 34) {
      if (meets && random.chance(0.1)) {
        const from = random.pick(["a", "b", "c", "d.txt"]);
        if (random.chance(0.5)) return { kind: "move half told", from, to: `${from}.moved`, content: content() };
        return { kind: "move on arrival", from, to: `${from}.moved`, contents: [content(), content()] };
      }
      if (meets && random.chance(0.6)) {
        const when = random.pick(["stopped", "before", faults ? "refused" : "before"] as const);
        return { kind: "meet", when, ...user.meeting(atRest(view.tree("disk", 0))) };
      }
      if (options.cautious && random.chance(0.5)) {
        if (random.chance(0.25)) return { kind: "delete folder" };
        const pause = random.pick([0, CLOSE, CLOSE, 400]);
        return {
          kind: "empty",
          side: random.pick(["disk", "dropbox"]),
          pause,
          anew: random.chance(0.3) ? content() : null,
        };
      }
      if (ignores && random.chance(0.15)) {
        const path = random.pick(["a", "b", "c", "d.txt", "e"]);
        if (random.chance(0.5)) return { kind: "leave out moved", path, to: `${path}.moved`, content: content() };
        const hidden = faults && random.chance(0.3);
        const side = hidden ? "disk" : random.pick(["disk", "dropbox"] as const);
        return { kind: "leave out", side, path, content: content(), hidden };
      }
      if (options.rulesAmid && random.chance(0.5)) scene.push(...chooseRulesScene({ random, faults, content }));
      else if (random.chance(0.4))
        scene.push(...chooseScene({ random, faults, ignores, meets, content }, view.tree("disk", 0)));
      return { kind: !faults && random.chance(0.5) ? "idle" : "settle" };
    }
    if (faults && roll < 41) return misfortune(view);
    const act = deed(view);
    if (random.chance(0.85)) return act;
    const call = random.pick(AMBUSHED_CALLS);
    const fails = faults && !NEVER_FAIL.has(call) && random.chance(0.4);
    const isEarly = random.chance(0.7);
    const when = fails ? (isEarly ? "refused" : "unanswered") : isEarly ? "before" : "after";
    return { call, when, pause: random.pick([2, 20, 60, 300]), ...act, kind: "ambush" };
  };

  function deed(view: ChooserView, onSide?: Side["kind"]): Extract<Step, { readonly kind: "act" }> {
    const number = random.below(2);
    const side = onSide ?? random.pick(["disk", "dropbox"] as const);
    const at = number % (side === "disk" ? view.disks : view.dropboxes);
    return { kind: "act", side, number: at, action: user.next(view.tree(side, at)) };
  }

  /** Users go on while no engine runs, mostly in Dropbox; then files are restored, and engines begin, and may be killed. */
  function restoring(view: ChooserView): Step {
    if (--beforeRestore > 0) return deed(view, random.chance(0.8) ? "dropbox" : "disk");
    for (let engine = 0; engine < view.engines; engine++) {
      if (random.chance(0.3)) continue;
      scene.push({ kind: "start", engine }, { kind: "sleep", milliseconds: random.pick([1, 20, 100, 300]) });
      if (random.chance(0.6)) scene.push({ kind: "kill", engine });
    }
    scene.push({ kind: "settle" });
    return { kind: "restore", back: random.below(3), unheard: random.chance(0.7) };
  }

  function misfortune(view: ChooserView): Step {
    const roll = random.below(100);
    if (roll < 6) return { kind: "clock", milliseconds: random.pick([-86_400_000, -5000, 5000, 86_400_000]) };
    if (roll < 24) return { kind: random.pick(SIDE_STEPS), number: random.below(2) };
    const engine = random.below(view.engines);
    if (random.chance(0.3)) {
      const when = random.pick(["before", "after"] as const);
      return { kind: "strike", call: random.pick(AMBUSHED_CALLS), when, engine, event: random.pick(BLOWS) };
    }
    const kind = random.pick(ENGINE_STEPS);
    return { kind: view.runs(engine) ? kind : "start", engine };
  }
}

/** Without what is amid a swap of names: where both sides meet, that is over, and such a name is ignored. */
function atRest(tree: VisibleTree): VisibleTree {
  return new Map([...tree].filter(([path]) => !path.includes(".~twinfold")));
}
