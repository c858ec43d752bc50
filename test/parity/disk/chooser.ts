import type { RelativePath } from "@twinfold/engine";
import type { SeededRandomness, VirtualDisk } from "@twinfold/simulator";
import type { CallStep, DiskStep, Expected } from "./steps.ts";

/** Few names, so that things meet; and such as are one name for Dropbox, but two on Linux. */
const PLAIN = ["a", "b", "c"];
const ODD = ["A", "caf\u00e9", "cafe\u0301", "n".repeat(256)];
const ACCESS = ["none", "own", "all"] as const;
/** A moment with half a second, one before 1970, and one long ago; milliseconds. */
const TIMES = [1_500_000_000_500, -1_500, 86_400_000];
/** In seconds. */
const MTIMES = [0, 1, -5, 1_500_000_000, 4_000_000_000];
const STAGING = ".twinfold";
const SLOTS = 2;

/** Chooses steps in view of a disk. */
export function createDiskChooser(disk: VirtualDisk): (random: SeededRandomness) => DiskStep {
  /** What comes next of things that take several steps; others may come between. */
  const begun: DiskStep[] = [];
  let contents = 0;

  return (random) => {
    if (!disk.mounted && random.chance(0.4)) return { kind: "root back" };
    if (begun.length > 0 && random.chance(0.6)) return begun.shift() as DiskStep;
    const [step, ...more] = choose(random);
    begun.push(...more);
    return step;
  };

  function choose(random: SeededRandomness): readonly [DiskStep, ...DiskStep[]] {
    const all = [...disk.walk("" as RelativePath)].filter(([path]) => !path.startsWith(STAGING));
    const pathsOf = (kind: string): string[] => all.filter(([, thing]) => thing.kind === kind).map(([path]) => path);
    const paths: string[] = all.map(([path]) => path);
    const files = pathsOf("file");
    const folders = ["", ...pathsOf("folder")];

    const content = () => (random.chance(0.1) ? "" : `content ${++contents}`);
    /** Mostly in a folder; sometimes below what is none, or where nothing is. */
    const somewhere = () => {
      let folder: string = random.chance(0.05) && paths.length > 0 ? random.pick(paths) : random.pick(folders);
      while (folder.split("/").length > 2) folder = folder.slice(0, folder.lastIndexOf("/"));
      if (random.chance(0.02)) folder = folder === "" ? "nowhere" : `${folder}/nowhere`;
      const name = random.pick(random.chance(0.8) ? PLAIN : ODD);
      return folder === "" ? name : `${folder}/${name}`;
    };
    const something = () => (paths.length > 0 && !random.chance(0.1) ? random.pick(paths) : somewhere());
    const someFile = () => (files.length > 0 && random.chance(0.8) ? random.pick(files) : something());
    const someFolder = () => (folders.length > 1 && random.chance(0.8) ? random.pick(folders.slice(1)) : something());
    const elsewhere = () => (random.chance(0.3) ? something() : somewhere());
    const expected = (): Expected => (random.chance(0.75) ? "current" : random.chance(0.8) ? "looked at" : "none");

    function call(): CallStep {
      const kind = "call";
      const roll = random.below(100);
      if (roll < 20) {
        // A file where the staging folder should be is met, too.
        const path = random.chance(0.01) ? STAGING : random.chance(0.4) ? someFile() : somewhere();
        return { kind, call: "write", path, content: content() };
      }
      if (roll < 26) return { kind, call: "append", path: someFile(), content: `+${++contents}` };
      if (roll < 30) return { kind, call: "truncate", path: someFile(), size: random.below(12) };
      if (roll < 45) return { kind, call: "mkdir", path: somewhere() };
      if (roll < 50) return { kind, call: "rmdir", path: someFolder() };
      if (roll < 58) return { kind, call: "unlink", path: someFile() };
      if (roll < 78) return { kind, call: "rename", from: something(), to: elsewhere() };
      if (roll < 84) return { kind, call: "link", from: someFile(), to: elsewhere() };
      if (roll < 87) return { kind, call: "symlink", path: elsewhere() };
      if (roll < 89) return { kind, call: "fifo", path: elsewhere() };
      if (roll < 94) return { kind, call: "chmod", path: something(), access: random.pick(ACCESS) };
      if (roll < 98) return { kind, call: "touch", path: something(), milliseconds: random.pick(TIMES) };
      return { kind, call: "removeStaging" };
    }

    /** A file is staged, and placed over one or where nothing is; or not. */
    function download(): readonly [DiskStep, ...DiskStep[]] {
      const slot = random.below(SLOTS);
      const free = random.chance(0.4);
      const path = free ? somewhere() : someFile();
      const mtime = random.chance(0.5) ? null : random.pick(MTIMES);
      const end: DiskStep = random.chance(0.1)
        ? { kind: "discard", slot }
        : { kind: "place", slot, path, expected: free ? null : expected(), mtime };
      const stage: DiskStep = { kind: "stage", slot };
      const fill: DiskStep[] = random.chance(0.05) ? [] : [{ kind: "fill", slot, content: content() }];
      return [stage, { kind: "look", path }, ...fill, ...(random.chance(0.1) ? fill : []), end];
    }

    /** A file is opened and read. */
    function upload(): readonly [DiskStep, ...DiskStep[]] {
      const slot = random.below(SLOTS);
      const path = someFile();
      const read: DiskStep = { kind: "read", slot, start: random.below(4), end: 4 + random.below(12) };
      return [
        { kind: "look", path },
        { kind: "open", slot, path, expected: expected() },
        read,
        { kind: "verify", slot },
      ];
    }

    function ask(): readonly [DiskStep, ...DiskStep[]] {
      const roll = random.below(100);
      if (roll < 22) return download();
      if (roll < 37) return upload();
      if (roll < 42) return [{ kind: "look", path: random.chance(0.1) ? "" : elsewhere() }];
      if (roll < 47) return [{ kind: "list", path: random.pick([...folders, something()]) }];
      if (roll < 53) return [{ kind: "hash", path: someFile() }];
      if (roll < 59) return [{ kind: "createFolder", path: elsewhere() }];
      if (roll < 64) {
        return [{ kind: "setModified", path: someFile(), expected: expected(), mtime: random.pick(MTIMES) }];
      }
      if (roll < 78) return [{ kind: "move", from: something(), to: elsewhere(), expected: expected() }];
      if (roll < 86) return [{ kind: "removeFile", path: someFile(), expected: expected() }];
      if (roll < 94) return [{ kind: "removeFolder", path: someFolder(), expected: expected() }];
      if (roll < 96) return [{ kind: "clearStaging" }];
      return [random.chance(0.5) ? { kind: "setMark", word: `${++contents}` } : { kind: "mark" }];
    }

    const roll = random.below(100);
    if (roll < 50) return [call()];
    if (roll < 84) return ask();
    if (roll < 99) return [{ kind: "follow" }];
    return [{ kind: "root away", replaced: random.chance(0.5) }];
  }
}
