/** One small way to break the engine: plain data, so that a list of them says what the simulator is able to find. */
export interface Mutant {
  readonly id: string;
  /** Below the engine's `src`. */
  readonly file: string;
  /** Stands in that file exactly once; as short as that allows, so that it outlives changes around it. */
  readonly find: string;
  readonly replace: string;
  /** What goes wrong, in a line. */
  readonly breaks: string;
}

/** Where the file of a mutant lies. */
export function fileOf({ file }: Mutant): URL {
  return new URL(file, new URL("../../../engine/src/", import.meta.url));
}

/** @throws Error when the text to find is not there exactly once: the mutant was disarmed by a change of the engine */
export function mutate(source: string, { id, file, find, replace }: Mutant): string {
  const pieces = source.split(find);
  if (pieces.length !== 2) throw new Error(`${id}: ${file} has its text ${pieces.length - 1} times: ${find}`);
  return pieces.join(replace);
}
