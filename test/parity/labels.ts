/**
 * Names for values that say nothing by themselves but only by being equal or not (inodes, fingerprints, ids, revs): the
 * first that is met is 1, the next 2. Two parts that are asked the same in the same order give the same names, or differ.
 */
export class Labels {
  readonly #sign: string;
  readonly #numbers = new Map<string, number>();

  constructor(sign: string) {
    this.#sign = sign;
  }

  of(value: string): string {
    const number = this.#numbers.get(value) ?? this.#numbers.size + 1;
    this.#numbers.set(value, number);
    return `${this.#sign}${number}`;
  }
}
