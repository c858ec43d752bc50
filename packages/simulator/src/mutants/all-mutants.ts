import { EXECUTING_MUTANTS } from "./executing.ts";
import { GUARDING_MUTANTS } from "./guarding.ts";
import type { Mutant } from "./mutant.ts";
import { OBSERVING_MUTANTS } from "./observing.ts";
import { PLANNING_MUTANTS } from "./planning.ts";

export const ALL_MUTANTS: readonly Mutant[] = [
  ...PLANNING_MUTANTS,
  ...EXECUTING_MUTANTS,
  ...OBSERVING_MUTANTS,
  ...GUARDING_MUTANTS,
];
