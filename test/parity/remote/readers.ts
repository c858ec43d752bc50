import { pathKey } from "@twinfold/dropbox-rules";
import type { RelativePath, RemoteDeletion, RemoteEntry } from "@twinfold/engine";
import type { Answer } from "../lockstep.ts";
import type { Knowledge } from "./knowledge.ts";
import { Reader } from "./reader.ts";
import { FOLDER, type RemoteSide } from "./sides.ts";
import type { PortStep } from "./steps.ts";
import { byPath, type ItemWords } from "./words.ts";

/** Readers of one side's changes, each at its own place, and what they say. */
export class Readers {
  readonly #side: RemoteSide;
  readonly #knowledge: Knowledge;
  readonly #words: ItemWords;
  readonly #readers = new Map<number, Reader>();

  constructor(side: RemoteSide, knowledge: Knowledge, words: ItemWords) {
    this.#side = side;
    this.#knowledge = knowledge;
    this.#words = words;
  }

  /** Where a reader is who has read all there was; null where none has. */
  cursor(slot: number): string | null {
    const reader = this.#readers.get(slot);
    return reader === undefined || reader.amid ? null : reader.tree.cursor;
  }

  /** What is told of, and where who knows no more than that is wrong. */
  async follow(
    { slot, anew, pages }: Extract<PortStep, { kind: "follow" }>,
    meanwhile: (() => Promise<void>) | null,
  ): Promise<Answer> {
    const reader = (anew ? undefined : this.#readers.get(slot)) ?? new Reader(this.#side.remote);
    const wasAmid = reader.amid;
    this.#readers.set(slot, reader);
    try {
      if (pages === "one") {
        await reader.readPage();
        await meanwhile?.();
        return ["read a page"];
      }
      const changes = await reader.readAll(meanwhile);
      for (const entry of reader.tree.entries.values()) this.#knowledge.saw(entry.path, entry);
      return [...this.#told(changes ?? []), ...this.#known(reader), ...(await this.#lost(reader))];
    } catch (error) {
      // Pages may have been read, but were not taken in.
      if (wasAmid || meanwhile !== null) this.#readers.delete(slot);
      throw error;
    }
  }

  #told(changes: readonly (RemoteEntry | RemoteDeletion)[]): string[] {
    const puts = changes.flatMap((change) => (change.kind === "deleted" ? [] : `told: ${this.#words.told(change)}`));
    return [...new Set(puts)].sort();
  }

  #known({ tree, hadCompany }: Reader): string[] {
    return byPath(tree.entries.values()).map((entry) => {
      const path = hadCompany ? (pathKey(entry.path) as RelativePath) : entry.path;
      return `knows: ${this.#words.told({ ...entry, path })}`;
    });
  }

  async #lost({ tree }: Reader): Promise<string[]> {
    const root = `${pathKey(FOLDER)}/`;
    const there = new Map<string, string>();
    for (const item of await this.#side.items()) {
      const key = pathKey(item.path);
      // Of a new case of the same name nobody is told.
      if (key.startsWith(root)) there.set(key.slice(root.length), stateOf(item));
    }
    const known = new Map([...tree.entries].map(([key, entry]) => [key, stateOf(entry)]));
    const paths = [...new Set([...there.keys(), ...known.keys()])].sort();
    return paths.filter((path) => there.get(path) !== known.get(path)).map((path) => `! lost: ${path}`);
  }
}

function stateOf(item: { readonly kind: string; readonly id: string; readonly rev?: string }): string {
  return `${item.kind} ${item.id} ${item.rev ?? ""}`;
}
