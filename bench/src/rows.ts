export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** The value that so large a share of the numbers does not exceed. */
export function percentile(numbers: readonly number[], share: number): number {
  return [...numbers].sort((a, b) => a - b)[Math.max(0, Math.ceil(numbers.length * share) - 1)] ?? Number.NaN;
}

/** Of some runs, in seconds. */
export function secondsInWords(all: readonly number[]): string {
  return `${median(all).toFixed(2)} s, at most ${percentile(all, 1).toFixed(2)} s of ${all.length}`;
}

/** One line of what was measured, and what was asked. */
export function row(what: string, measured: string, asked: string): void {
  console.log(`${what.padEnd(48)} ${measured.padEnd(40)} ${asked}`);
}
