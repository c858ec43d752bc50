import { MOST_OUTCOMES } from "@twinfold/api";

/** The first of many paths, and how many there are. */
export const firstOf = <T>(all: readonly T[]) => ({ count: all.length, paths: all.slice(0, MOST_OUTCOMES) });
