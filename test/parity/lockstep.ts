import { isDeepStrictEqual } from "node:util";
import { SeededRandomness, shrink } from "@twinfold/simulator";

/**
 * What a part answered, in lines for people. Two parts agree when their lines are the same and none begins with `!`: that
 * is wrong whoever says it.
 */
export type Answer = readonly string[];

/** A virtual part and the real one, from the same beginning, to be taken through the same steps. */
export interface Pair<Step> {
  /** The next step, in view of what there is. */
  choose(random: SeededRandomness): Step;
  play(step: Step): Promise<{ readonly virtual: Answer; readonly real: Answer }>;
  close(): Promise<void>;
}

/** A kind of parts that are held to each other. */
export interface Parity<Step> {
  readonly name: string;
  open(): Promise<Pair<Step>>;
  describe(step: Step): string;
}

/** Where two parts were seen to differ: after the last step of the script. */
export interface Difference<Step> {
  readonly script: readonly Step[];
  readonly virtual: Answer;
  readonly real: Answer;
}

/** Plays steps chosen by the seed. @returns the first difference; null when there was none */
export function playSeed<Step>(parity: Parity<Step>, seed: number, steps: number): Promise<Difference<Step> | null> {
  const random = new SeededRandomness(seed);
  let left = steps;
  return play(parity, (pair) => (left-- > 0 ? pair.choose(random) : undefined));
}

export function playScript<Step>(parity: Parity<Step>, script: readonly Step[]): Promise<Difference<Step> | null> {
  const steps = script.values();
  return play(parity, () => steps.next().value);
}

/** The shortest script found that shows a difference, not necessarily the same one. */
export async function shrunk<Step>(parity: Parity<Step>, found: Difference<Step>): Promise<Difference<Step>> {
  let best = found;
  await shrink(found.script, async (script) => {
    const difference = await playScript(parity, script);
    if (difference !== null) best = difference;
    return difference !== null;
  });
  return best;
}

/** As a script that can be read, with what each part said of its last step. */
export function tell<Step>({ describe }: Parity<Step>, { script, virtual, real }: Difference<Step>): string {
  const only = (one: Answer, other: Answer) => one.filter((line) => !other.includes(line) || line.startsWith("!"));
  return [
    ...script.map((step) => `    ${describe(step)}`),
    "  virtual:",
    ...only(virtual, real).map((line) => `    ${line}`),
    "  real:",
    ...only(real, virtual).map((line) => `    ${line}`),
  ].join("\n");
}

function agree(virtual: Answer, real: Answer): boolean {
  return isDeepStrictEqual(virtual, real) && !real.some((line) => line.startsWith("!"));
}

async function play<Step>(
  parity: Parity<Step>,
  next: (pair: Pair<Step>) => Step | undefined,
): Promise<Difference<Step> | null> {
  const pair = await parity.open();
  try {
    const script: Step[] = [];
    for (let step = next(pair); step !== undefined; step = next(pair)) {
      script.push(step);
      const { virtual, real } = await pair.play(step);
      if (!agree(virtual, real)) return { script, virtual, real };
    }
    return null;
  } finally {
    await pair.close();
  }
}
