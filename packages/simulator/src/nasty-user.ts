import type { FileAction } from "./actions.ts";
import type { SeededRandomness } from "./seeded-randomness.ts";
import type { Meeting } from "./steps.ts";

/** Few names, so that things meet; and such as are one name for Dropbox, but two on Linux. */
const names = ["a", "b", "c", "A", "B", "d.txt", "D.txt", "caf\u00e9", "cafe\u0301"];
/** Most of the time only these, so that depth and order matter more than casing. */
const plainNames = ["a", "b", "c", "d.txt"];

/** Such as meet these names: whole folders, files of one name anywhere, exceptions. */
const patterns = ["a", "b/", "/c", "d.txt", "!d.txt", "a/**", "*.txt", "!b/d.txt", "b/c", "!a", "**/a/c", "B"];

/** Names that the patterns often meet. */
const IGNORED_NAMES = ["a", "d.txt"];

/** Chooses actions that hurt, in view of what is there. */
export class NastyUser {
  readonly #randomness: SeededRandomness;
  readonly #ignores: boolean;
  #contents = 0;
  /** Where what she did something to last is now. */
  #last: string | null = null;

  /** @param ignores whether she writes ignore files too */
  constructor(randomness: SeededRandomness, ignores = false) {
    this.#randomness = randomness;
    this.#ignores = ignores;
  }

  /** @param paths what there is on the side where it is to happen, with null for folders */
  next(paths: ReadonlyMap<string, unknown>): FileAction {
    const action = this.#choose(paths);
    if ("to" in action) this.#last = action.to;
    else if ("path" in action) this.#last = action.path;
    return action;
  }

  #choose(paths: ReadonlyMap<string, unknown>): FileAction {
    const random = this.#randomness;
    // Nobody has a hand on what is ignored and there for a moment only.
    const all = [...paths.keys()].filter((path) => !path.includes(".~"));
    const folders = ["", ...all.filter((path) => paths.get(path) === null)];
    const files = all.filter((path) => paths.get(path) !== null);
    const somewhere = () => this.#newPath(folders);
    // Where she has just been she goes on, while engines are still busy with it.
    const one = (of: readonly string[]) =>
      this.#last !== null && random.chance(0.3) && of.includes(this.#last) ? this.#last : random.pick(of);
    const something = () => (all.length > 0 && !random.chance(0.03) ? one(all) : somewhere());
    const someFile = () => (files.length > 0 && !random.chance(0.03) ? one(files) : somewhere());
    const somethingOrElsewhere = () => (random.chance(0.3) ? something() : somewhere());
    if (this.#ignores && random.chance(paths.has(".mignore") ? 0.05 : 0.25))
      return { kind: "ignore", text: this.#patterns() };
    // Folders with something ignored in them come and go on one side, while the other has the rest of them.
    if (this.#ignores && folders.length > 1 && random.chance(0.08)) {
      const folder = random.pick(folders.slice(1));
      const path = `${folder}/${random.pick(IGNORED_NAMES)}`;
      return random.chance(0.6) ? { kind: "write", path, content: this.content() } : { kind: "remove", path: folder };
    }
    const kind = random.below(100);
    if (all.length === 0 || kind < 17) return { kind: "write", path: somewhere(), content: this.content() };
    if (kind < 29) return { kind: "write", path: someFile(), content: this.content() };
    if (kind < 32) return { kind: "save", path: someFile(), content: this.content() };
    if (kind < 35) {
      const milliseconds = 1 + random.below(400);
      return { kind: "write slowly", path: someFile(), content: this.content(), milliseconds };
    }
    if (kind < 37) return { kind: "append", path: someFile(), content: this.content() };
    if (kind < 45) return { kind: "mkdir", path: somewhere() };
    if (kind < 65) return { kind: "move", from: something(), to: somewhere() };
    if (kind < 69) return { kind: "rename over", from: something(), to: somethingOrElsewhere() };
    if (kind < 74) return { kind: "swap", from: something(), to: something() };
    if (kind < 77) return { kind: "copy", from: something(), to: somewhere() };
    if (kind < 79 && folders.length > 1) return { kind: "unpack", path: random.pick(folders.slice(1)) };
    if (kind < 82) return { kind: "remove", path: random.pick([...folders.slice(1), something()]) };
    if (kind < 92) return { kind: "remove", path: something() };
    if (kind < 95) return { kind: "become file", path: something(), content: this.content() };
    if (kind < 98) return { kind: "become folder", path: someFile() };
    if (kind < 99) return { kind: "hard link", from: someFile(), to: somewhere() };
    return { kind: "move", from: something(), to: this.#otherCase(something()) };
  }

  /** What both sides do to one thing, or to two of which one goes into the other. */
  meeting(paths: ReadonlyMap<string, unknown>): Meeting {
    const random = this.#randomness;
    const folders = [...paths.keys()].filter((path) => paths.get(path) === null);
    if (folders.length > 1 && random.chance(0.2)) {
      const [one, other] = random.shuffled(folders) as [string, string];
      const into = (from: string, to: string): FileAction => ({ kind: "move", from, to: `${to}/into` });
      return { disk: into(one, other), dropbox: into(other, one) };
    }
    const full = folders.filter((folder) => [...paths.keys()].some((path) => path.startsWith(`${folder}/`)));
    if (full.length > 0 && random.chance(0.3)) {
      const from = random.pick(full);
      const [mover, remover]: readonly FileAction[] = [
        { kind: "move", from, to: `${from}.moved` },
        { kind: "remove", path: from },
      ];
      const deeds = random.chance(0.3) ? [mover, remover] : [remover, mover];
      return { disk: deeds[0] as FileAction, dropbox: deeds[1] as FileAction };
    }
    const path =
      paths.size > 0 && random.chance(0.8) ? random.pick([...paths.keys()]) : this.#newPath(["", ...folders]);
    const deeds = [this.#deed(path, folders), this.#deed(path, folders)] as const;
    const above = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    const [disk, dropbox]: readonly FileAction[] =
      above !== "" && random.chance(0.3) ? random.shuffled([{ kind: "remove", path: above }, deeds[0]]) : deeds;
    return { disk: disk as FileAction, dropbox: dropbox as FileAction };
  }

  #deed(path: string, folders: readonly string[]): FileAction {
    const random = this.#randomness;
    const kind = random.below(10);
    if (kind < 4) return { kind: "write", path, content: this.content() };
    if (kind < 7) return { kind: "move", from: path, to: this.#newPath(["", ...folders]) };
    if (kind < 8) return { kind: "remove", path };
    return random.chance(0.5)
      ? { kind: "become folder", path }
      : { kind: "become file", path, content: this.content() };
  }

  #newPath(folders: readonly string[]): string {
    const random = this.#randomness;
    let folder = random.pick(folders);
    // Deep enough for crossing moves, shallow enough to meet.
    while (folder.split("/").length > 3) folder = folder.slice(0, folder.lastIndexOf("/"));
    const name = random.pick(random.chance(0.75) ? plainNames : names);
    return folder === "" ? name : `${folder}/${name}`;
  }

  #patterns(): string {
    const random = this.#randomness;
    return Array.from({ length: random.below(4) }, () => `${random.pick(patterns)}\n`).join("");
  }

  #otherCase(path: string): string {
    if (path === ".mignore") return path;
    const slash = path.lastIndexOf("/") + 1;
    const name = path.slice(slash);
    const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
    return path.slice(0, slash) + other;
  }

  /** Mostly such as nobody has written yet; sometimes one that is there already, or nothing. */
  content(): string {
    const random = this.#randomness;
    const roll = random.below(20);
    if (roll === 0) return "";
    if (roll === 1 && this.#contents > 0) return `content ${1 + random.below(this.#contents)}`;
    return `content ${++this.#contents}`;
  }
}
