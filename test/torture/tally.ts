/** How often what happened, in groups. What was expected and did not happen shows as 0. */
export class Tally {
  readonly #groups = new Map<string, Map<string, number>>();

  expect(group: string, names: readonly string[]): void {
    for (const name of names) this.add(group, name, 0);
  }

  add(group: string, name: string, times = 1): void {
    const counts = this.#groups.get(group) ?? new Map<string, number>();
    this.#groups.set(group, counts);
    counts.set(name, (counts.get(name) ?? 0) + times);
  }

  addAll(other: Tally): void {
    for (const [group, counts] of other.#groups) for (const [name, times] of counts) this.add(group, name, times);
  }

  total(group: string): number {
    return [...(this.#groups.get(group)?.values() ?? [])].reduce((sum, times) => sum + times, 0);
  }

  /** Such as `the engine 3, Dropbox 0`. */
  words(group: string): string {
    return [...(this.#groups.get(group) ?? [])].map(([name, times]) => `${name} ${times}`).join(", ");
  }

  /** One for each group. */
  lines(): string[] {
    return [...this.#groups.keys()].map((group) => `${group}: ${this.words(group)}`);
  }

  /** What never happened. */
  missing(): string[] {
    return [...this.#groups].flatMap(([group, counts]) =>
      [...counts].filter(([, times]) => times === 0).map(([name]) => `${group}: ${name}`),
    );
  }
}
