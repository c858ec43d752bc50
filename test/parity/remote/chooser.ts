import { pathKey } from "@twinfold/dropbox-rules";
import { isWithin, parentPath, type RelativePath } from "@twinfold/engine";
import type { SeededRandomness, VirtualDropbox } from "@twinfold/simulator";
import { FOLDER } from "./sides.ts";
import type { Expected, OthersStep, PortStep, RemoteStep, WriteStep } from "./steps.ts";

/** Few names, so that things meet; and such as are one for Dropbox, or none that it takes. */
const PLAIN = ["a", "b", "c", "d"];
const ODD = ["A", "B", "i", "\u0130", "caf\u00e9", "cafe\u0301", "CAF\u00c9", "desktop.ini", "a\\b"];
const MTIMES = [0, 1, 1_500_000_000, 4_000_000_000];
const SLOTS = 2;
/** Enough for as many small files as are worth a batch, and more. */
const MOST_TRIES = 20;

/** Chooses steps in view of an account. */
export function createRemoteChooser(dropbox: VirtualDropbox): (random: SeededRandomness) => RemoteStep {
  let contents = 0;
  let begun = false;
  /** Who has read all there is may wait for more. */
  let next: RemoteStep | null = null;
  const folderKey = pathKey(FOLDER) as RelativePath;

  return (random) => {
    // Without the session's folder little can happen.
    if (!begun || (dropbox.lookup(FOLDER) === undefined && random.chance(0.3))) {
      begun = true;
      return { kind: "create root" };
    }
    const chosen = next;
    next = null;
    return chosen ?? choose(random);
  };

  function choose(random: SeededRandomness): RemoteStep {
    const all = [...dropbox.walk(dropbox.root)].map((item) => ({
      kind: item.kind,
      path: dropbox.pathOf(item) as string,
    }));
    const inside = all
      .filter(({ path }) => pathKey(path) !== folderKey && isWithin(pathKey(path) as RelativePath, folderKey))
      .map(({ kind, path }) => ({ kind, path: path.slice(FOLDER.length + 1) }));

    const content = () => {
      const roll = random.below(100);
      if (roll < 10) return "";
      if (roll < 20) return `content ${1 + random.below(contents + 1)}`;
      return roll < 30 ? `large ${++contents} ${"+".repeat(60)}` : `content ${++contents}`;
    };

    /** Places in a tree: mostly in its folders, at times below what is none, or where nothing is. */
    function placesIn(items: readonly { readonly kind: string; readonly path: string }[]) {
      const paths = items.map(({ path }) => path);
      const files = items.filter(({ kind }) => kind === "file").map(({ path }) => path);
      const folders = ["", ...items.filter(({ kind }) => kind === "folder").map(({ path }) => path)];
      const somewhere = (): string => {
        let folder = random.chance(0.05) && paths.length > 0 ? random.pick(paths) : random.pick(folders);
        if (random.chance(0.02)) folder = folder === "" ? "nowhere" : `${folder}/nowhere`;
        if (random.chance(0.05)) folder = folder.toUpperCase();
        const name = random.pick(random.chance(0.8) ? PLAIN : ODD);
        return folder === "" ? name : `${folder}/${name}`;
      };
      const something = () => (paths.length > 0 && !random.chance(0.1) ? random.pick(paths) : somewhere());
      const someFile = () => (files.length > 0 && random.chance(0.85) ? random.pick(files) : something());
      const someFolder = () =>
        folders.length > 1 && random.chance(0.85) ? random.pick(folders.slice(1)) : something();
      return { somewhere, something, someFile, someFolder };
    }
    const mine = placesIn(inside);
    const anywhere = placesIn(all);

    const expected = (): Expected => (random.chance(0.6) ? "current" : "known");

    function others(): OthersStep {
      const kind = "others";
      // Mostly in the session's folder; at times what it lies in is what is changed.
      const around = random.chance(0.12);
      const places = around ? anywhere : mine;
      const at = (path: string) => (around ? path : `${FOLDER}/${path}`);
      const roll = random.below(100);
      if (roll < 40) {
        const path = at(random.chance(0.5) ? places.someFile() : places.somewhere());
        return { kind, deed: "upload", path, content: content(), mtime: random.pick(MTIMES) };
      }
      if (roll < 55) return { kind, deed: "mkdir", path: at(places.somewhere()) };
      if (roll < 62) {
        const from = at(places.something());
        return move(from, recased(from));
      }
      if (roll < 82) return move(at(places.something()), at(places.somewhere()));
      return { kind, deed: "remove", path: at(random.chance(0.7) ? places.someFile() : places.something()) };
    }

    function move(from: string, path: string): OthersStep {
      return { kind: "others", deed: "move", from, path };
    }

    /** Another case of the last name, where it has one. */
    function recased(path: string): string {
      const name = path.slice(path.lastIndexOf("/") + 1);
      const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
      return path.slice(0, path.length - name.length) + other;
    }

    function upload(): WriteStep {
      const path = random.chance(0.4) ? mine.someFile() : mine.somewhere();
      const source = random.chance(0.9) ? "whole" : random.pick(["torn", "other", "gone"] as const);
      const base = random.chance(0.5) ? null : expected();
      return { write: "upload", path, base, content: content(), mtime: random.pick(MTIMES), source };
    }

    /** @param alone nothing is written beside it, so that it may be wrong about where things are */
    function write(alone: boolean): WriteStep {
      const id = (): Expected | null => (random.chance(0.4) ? null : alone ? expected() : "current");
      const roll = random.below(100);
      if (roll < 45) return upload();
      // How much room a copy takes beside others is not counted here.
      if (alone && roll < 50)
        return { write: "copy-folder", from: mine.someFolder(), path: mine.somewhere(), id: expected() };
      if (roll < 60) return { write: "create-folder", path: mine.somewhere() };
      if (roll < 68) {
        const from = mine.something();
        return { write: "move", from, path: recased(from), id: id() };
      }
      if (roll < 84) return { write: "move", from: mine.something(), path: mine.somewhere(), id: id() };
      const wanted = !random.chance(0.1);
      if (roll < 93) return { write: "delete", path: mine.someFile(), rev: expected(), id: null, wanted };
      return {
        write: "delete",
        path: mine.someFolder(),
        rev: random.chance(0.9) ? null : expected(),
        id: id(),
        wanted,
      };
    }

    /** Writes that have nothing to do with each other. */
    function writes(): readonly WriteStep[] {
      // Without a link, only what a single one is answered with is certain.
      if (dropbox.revoked || random.chance(0.6)) return [write(true)];
      const chosen: WriteStep[] = [];
      const taken: RelativePath[] = [];
      let room = dropbox.quota - dropbox.used();
      const uploadsOnly = random.chance(0.3);
      for (let tries = 2 + random.below(MOST_TRIES); tries > 0; tries--) {
        const one = uploadsOnly ? upload() : write(false);
        const paths = [...("from" in one ? [pathKey(one.from) as RelativePath] : []), beginningOf(one.path)];
        if (paths.some((path) => taken.some((other) => isWithin(path, other) || isWithin(other, path)))) continue;
        if (one.write === "upload") room -= Buffer.byteLength(one.content);
        // Which of them finds no room is chance.
        if (room < 0) break;
        chosen.push(one);
        taken.push(...paths);
      }
      return chosen;
    }

    /** The key of a path, or of the uppermost folder that has to be made for it. */
    function beginningOf(path: string): RelativePath {
      let beginning = pathKey(path) as RelativePath;
      for (let above = parentPath(beginning); above !== ""; above = parentPath(above))
        if (dropbox.lookup(`${FOLDER}/${above}`) === undefined) beginning = above;
      return beginning;
    }

    function wait(slot: number): PortStep {
      return { kind: "wait", slot, meanwhile: random.chance(0.6) ? others() : null };
    }

    function ask(): PortStep {
      const roll = random.below(100);
      if (roll < 55) return { kind: "write", writes: writes() };
      if (roll < 63) return { kind: "lookup", path: random.chance(0.05) ? "" : mine.something() };
      if (roll < 73) {
        const reads = Array.from({ length: 1 + random.below(3) }, () => ({
          path: mine.someFile(),
          expected: expected(),
        }));
        return { kind: "read", reads };
      }
      const slot = random.below(SLOTS);
      if (roll < 92) {
        const pages = random.chance(0.2) ? "one" : "all";
        if (random.chance(0.2)) next = wait(slot);
        const meanwhile = random.chance(0.3) ? others() : null;
        return { kind: "follow", slot, anew: random.chance(0.2), pages, meanwhile };
      }
      return wait(slot);
    }

    const roll = random.below(100);
    if (roll < 40) return others();
    if (roll < 98) return ask();
    if (random.chance(0.1)) return { kind: "revoke" };
    return random.chance(0.5) ? { kind: "create root" } : { kind: "reset cursors" };
  }
}
