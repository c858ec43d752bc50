import type { SeededRandomness } from "@twinfold/simulator";
import type { Content, Contents } from "./contents.ts";
import { baseName, parentPath, type Tree } from "./tree.ts";

/** One thing that someone does to the files of one side. */
export type Action =
  | { readonly kind: "write" | "save" | "append" | "become file"; readonly path: string; readonly content: Content }
  | { readonly kind: "write slowly"; readonly path: string; readonly content: Content; readonly milliseconds: number }
  | { readonly kind: "mkdir" | "become folder" | "remove"; readonly path: string }
  | {
      readonly kind: "move" | "rename over" | "swap" | "copy" | "hard link";
      readonly from: string;
      readonly to: string;
    };

/** Few names, so that things meet; and such as are one name for Dropbox, but two on Linux. */
const NAMES = ["a", "b", "c", "A", "B", "d.txt", "D.txt", "caf\u00e9", "cafe\u0301"];
/** Most of the time only these, so that depth and order matter more than casing. */
const PLAIN_NAMES = ["a", "b", "c", "d.txt"];
/** From so many on, more is removed than made: a run is to be long, not large. */
const MOST_PATHS = 60;

/** Chooses actions that hurt, in view of what is there; the simulator's user on real sides, with large files as well. */
export class NastyUser {
  readonly #randomness: SeededRandomness;
  readonly #contents: Contents;

  constructor(randomness: SeededRandomness, contents: Contents) {
    this.#randomness = randomness;
    this.#contents = contents;
  }

  /** @param tree the side where it is to happen @param large whether a large file may come to it */
  next(tree: Tree, large: boolean): Action {
    const random = this.#randomness;
    // Nobody has a hand on what is there for a moment only.
    const all = [...tree.keys()].filter((path) => !path.includes(".~"));
    const folders = ["", ...all.filter((path) => tree.get(path) === null)];
    const files = all.filter((path) => tree.get(path) !== null);
    const somewhere = () => this.#newPath(folders);
    const something = () => (all.length > 0 && !random.chance(0.03) ? random.pick(all) : somewhere());
    const someFile = () => (files.length > 0 && !random.chance(0.03) ? random.pick(files) : somewhere());
    const content = () => (large && random.chance(0.15) ? this.#contents.large() : this.#contents.small());
    const kind = random.below(100);
    if (all.length > MOST_PATHS && kind < 60) return { kind: "remove", path: something() };
    if (all.length === 0 || kind < 19) return { kind: "write", path: somewhere(), content: content() };
    if (kind < 31) return { kind: "write", path: someFile(), content: content() };
    if (kind < 34) return { kind: "save", path: someFile(), content: content() };
    if (kind < 38) {
      const milliseconds = 1 + random.below(400);
      return { kind: "write slowly", path: someFile(), content: content(), milliseconds };
    }
    if (kind < 41) return { kind: "append", path: someFile(), content: this.#contents.small() };
    if (kind < 48) return { kind: "mkdir", path: somewhere() };
    if (kind < 67) return { kind: "move", from: something(), to: somewhere() };
    if (kind < 71) {
      return { kind: "rename over", from: something(), to: random.chance(0.3) ? something() : somewhere() };
    }
    if (kind < 76) return { kind: "swap", from: something(), to: something() };
    if (kind < 79) return { kind: "copy", from: something(), to: somewhere() };
    if (kind < 92) return { kind: "remove", path: something() };
    if (kind < 95) return { kind: "become file", path: something(), content: content() };
    if (kind < 98) return { kind: "become folder", path: someFile() };
    if (kind < 99) return { kind: "hard link", from: someFile(), to: somewhere() };
    return { kind: "move", from: something(), to: otherCase(something()) };
  }

  #newPath(folders: readonly string[]): string {
    const random = this.#randomness;
    let folder = random.pick(folders);
    // Deep enough for crossing moves, shallow enough to meet.
    while (folder.split("/").length > 3) folder = parentPath(folder);
    const name = random.pick(random.chance(0.75) ? PLAIN_NAMES : NAMES);
    return folder === "" ? name : `${folder}/${name}`;
  }
}

function otherCase(path: string): string {
  const name = baseName(path);
  const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
  return path.slice(0, path.length - name.length) + other;
}

/** The paths that an action may change, and with them all below. */
export function touchedPaths(action: Action): string[] {
  return "path" in action ? [action.path] : [action.from, action.to];
}

/** In words, for whoever follows what led to a failure. */
export function describeAction(action: Action): string {
  const words = "path" in action ? [action.path] : [action.from, action.to];
  const content = "content" in action ? ` <- ${action.content.label}` : "";
  const slowly = action.kind === "write slowly" ? ` within ${action.milliseconds} ms` : "";
  return `${action.kind} ${words.map((word) => JSON.stringify(word)).join(" ")}${content}${slowly}`;
}
