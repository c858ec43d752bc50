import type { Randomness } from "@twinfold/engine";

/**
 * Chance from a seed: sfc32 ("small fast counting", Chris Doty-Humphrey, PractRand), 128 bits of state of which 32 are a
 * counter, so that no seed leads into a short cycle. The same seed gives the same numbers on every machine.
 */
export class SeededRandomness implements Randomness {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed a whole number, at least 0 and below 2^53. */
  constructor(seed: number) {
    this.#a = 0x9e3779b9;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = seed | 0;
    // As its author says: after 12 rounds the state no longer shows the seed.
    for (let round = 0; round < 12; round++) this.#bits();
  }

  next(): number {
    return this.#bits() / 2 ** 32;
  }

  /** A whole number, at least 0 and below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of these; there must be one. */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError("there is nothing to pick from");
    return from[this.below(from.length)] as T;
  }

  /** The same things in a random order. */
  shuffled<T>(things: readonly T[]): T[] {
    const result = [...things];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [result[last], result[other]] = [result[other] as T, result[last] as T];
    }
    return result;
  }

  /** Another source that depends on this one's state, so that more use of one leaves the other as it is. */
  fork(): SeededRandomness {
    return new SeededRandomness(this.#bits() * 2 ** 21 + (this.#bits() >>> 11));
  }

  #bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }
}
