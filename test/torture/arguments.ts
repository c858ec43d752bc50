import { parseArgs } from "node:util";

export const PHASES = ["kills", "faults", "tokens", "full"] as const;
export type Phase = (typeof PHASES)[number];

export interface Arguments {
  readonly kills: number;
  readonly seed: number;
  readonly minutes: number;
  readonly phases: readonly Phase[];
  readonly checkEvery: number;
  /** After a failure, a phase goes on in a new world. */
  readonly keepGoing: boolean;
  /** Set where this process is the one that has mounts of its own. */
  readonly ownMounts: boolean;
}

export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

export const USAGE = `npm run torture -- [--kills N] [--seed S] [--minutes M] [--phases LIST] [--check-every K] [--keep-going]
  --kills N        how many times something is killed, over all phases; 500
  --seed S         what the choices follow from; the moments stay the machine's own
  --minutes M      no more kills after so long
  --phases LIST    some of ${PHASES.join(",")}; all
  --check-every K  both sides are compared after so many kills; 25
  --keep-going     after a failure a phase goes on in a new world, to its last kill`;

/** @throws ArgumentError */
export function readArguments(words: readonly string[]): Arguments {
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...words],
      options: {
        kills: { type: "string" },
        seed: { type: "string" },
        minutes: { type: "string" },
        phases: { type: "string" },
        "check-every": { type: "string" },
        "keep-going": { type: "boolean" },
        "own-mounts": { type: "boolean" },
      },
    }));
  } catch (error) {
    throw new ArgumentError((error as Error).message, { cause: error });
  }
  const text = (name: string) => values[name] as string | undefined;
  return {
    kills: wholeNumber("--kills", text("kills") ?? "500", 1),
    seed: wholeNumber("--seed", text("seed") ?? String(Math.floor(Math.random() * 1_000_000)), 0),
    minutes: minutes(text("minutes")),
    phases: phases(text("phases")),
    checkEvery: wholeNumber("--check-every", text("check-every") ?? "25", 1),
    keepGoing: values["keep-going"] === true,
    ownMounts: values["own-mounts"] === true,
  };
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < least)
    throw new ArgumentError(`${name} takes a whole number, ${least} or more, and not "${text}"`);
  return value;
}

function minutes(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value > 0)) throw new ArgumentError(`--minutes takes a number above 0, and not "${text}"`);
  return value;
}

function phases(text: string | undefined): readonly Phase[] {
  const names = text?.split(",") ?? PHASES;
  const unknown = names.find((name) => !(PHASES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new ArgumentError(`"${unknown}" is no phase: ${PHASES.join(", ")}`);
  return PHASES.filter((phase) => names.includes(phase));
}
