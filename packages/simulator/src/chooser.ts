import type { NastyUser } from "./nasty-user.ts";
import type { SeededRandomness } from "./seeded-randomness.ts";
import type { EngineStep, SideStep, Step } from "./steps.ts";
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
const SIDE_STEPS: readonly SideStep[] = ["disk full", "Dropbox full", "unmount", "mount", "unreadable"];

/** Chooses what happens next in a world, from its seed. */
export function createChooser(options: {
  readonly random: SeededRandomness;
  readonly user: NastyUser;
  readonly faults: boolean;
  /** Deletion guards are set low, and are to be met. */
  readonly cautious: boolean;
  /** Both sides do something to one thing while no engine runs. */
  readonly meets: boolean;
}) {
  const { random, user } = options;

  return function choose(view: ChooserView): Step {
    const roll = random.below(100);
    if (roll < 30) {
      const milliseconds = random.pick([1, 5, 20, 20, 100, 300, 1000, 5000]) * (1 + random.below(2));
      return { kind: "sleep", milliseconds };
    }
    if (roll < 34) {
      if (options.meets && random.chance(0.6)) return { kind: "meet", ...user.meeting(atRest(view.tree("disk", 0))) };
      if (options.cautious && random.chance(0.4))
        return random.chance(0.25)
          ? { kind: "delete folder" }
          : { kind: "empty", side: random.pick(["disk", "dropbox"]) };
      return { kind: "settle" };
    }
    if (options.faults && roll < 41) return misfortune(view);
    const number = random.below(2);
    const side = random.pick(["disk", "dropbox"] as const);
    const count = side === "disk" ? view.disks : view.dropboxes;
    return { kind: "act", side, number: number % count, action: user.next(view.tree(side, number % count)) };
  };

  function misfortune(view: ChooserView): Step {
    const roll = random.below(100);
    if (roll < 6) return { kind: "clock", milliseconds: random.pick([-86_400_000, -5000, 5000, 86_400_000]) };
    if (roll < 24) return { kind: random.pick(SIDE_STEPS), number: random.below(2) };
    const engine = random.below(view.engines);
    const kind = random.pick(ENGINE_STEPS);
    return { kind: view.runs(engine) ? kind : "start", engine };
  }
}

/** Without what is amid a swap of names: where both sides meet, that is over, and such a name is ignored. */
function atRest(tree: VisibleTree): VisibleTree {
  return new Map([...tree].filter(([path]) => !path.includes(".~twinfold")));
}
