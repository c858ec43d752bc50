import { pathKey } from "@twinfold/dropbox-rules";
import type { RemoteEntry } from "@twinfold/engine";
import { FOLDER, type Item, type RemoteSide } from "./sides.ts";
import type { Expected } from "./steps.ts";

/** What a caller of the port may name: what it has seen at each path of the session's folder, or what is there. */
export class Knowledge {
  readonly #side: RemoteSide;
  readonly #seen = new Map<string, RemoteEntry>();

  constructor(side: RemoteSide) {
    this.#side = side;
  }

  saw(path: string, entry: RemoteEntry | null): void {
    if (entry === null) this.#seen.delete(pathKey(path));
    else this.#seen.set(pathKey(path), entry);
  }

  async of(path: string, expected: Expected): Promise<Item | RemoteEntry | undefined> {
    if (expected === "known") return this.#seen.get(pathKey(path));
    const key = pathKey(`${FOLDER}/${path}`);
    return (await this.#side.items()).find((item) => pathKey(item.path) === key);
  }
}
