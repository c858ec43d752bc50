import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { IGNORE_FILE } from "@twinfold/engine";
import type { World } from "../../apps/cli/test/harness.ts";

/** Path -> content; a path that ends in a slash is a folder. Folders that hold something need not be named. */
export type Tree = Readonly<Record<string, string>>;

/** What people can do on either side. */
export interface Side {
  write(path: string, content: string): Promise<void>;
  mkdir(path: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** One thing that somebody does. */
export type Action = (side: Side, world: World) => Promise<void>;

export const write =
  (path: string, content: string): Action =>
  (side) =>
    side.write(path, content);
export const mkdir =
  (path: string): Action =>
  (side) =>
    side.mkdir(path);
export const move =
  (from: string, to: string): Action =>
  (side) =>
    side.move(from, to);
export const remove =
  (path: string): Action =>
  (side) =>
    side.remove(path);

/** `rotate("a", "b", "c")`: what was `a` is then `b`, what was `b` is `c`, and what was `c` is `a`. */
export const rotate =
  (...paths: readonly string[]): Action =>
  async (side) => {
    const last = paths.at(-1) ?? "";
    await side.move(last, "aside");
    for (let i = paths.length - 1; i > 0; i--) await side.move(paths[i - 1] ?? "", paths[i] ?? "");
    await side.move("aside", paths[0] ?? "");
  };
/** What can be done on disk only; given the path of the root. */
export const inRoot =
  (act: (at: (path: string) => string) => void): Action =>
  async (_, world) =>
    act((path) => join(world.seen, path));

export const swap = (one: string, other: string): Action => rotate(one, other);

/** The folder on disk, as a person or a program changes it. */
export function diskOf(world: World): Side {
  const at = (path: string) => join(world.seen, path);
  return {
    write: async (path, content) => world.write(path, content),
    mkdir: async (path) => void mkdirSync(at(path), { recursive: true }),
    move: async (from, to) => {
      mkdirSync(dirname(at(to)), { recursive: true });
      renameSync(at(from), at(to));
    },
    remove: async (path) => rmSync(at(path), { recursive: true }),
  };
}

/** The folder in Dropbox, as another client changes it. */
export function dropboxOf(world: World): Side {
  return {
    write: (path, content) => world.upload(path, content),
    mkdir: async (path) =>
      void (await world.api("files/create_folder_v2", { path: `/A/B/C/${path.replace(/\/$/, "")}` })),
    move: async (from, to) => void (await world.move(from, to)),
    remove: async (path) => void (await world.remove(path)),
  };
}

/** Makes what a tree says, on one side. */
export async function fill(side: Side, tree: Tree): Promise<void> {
  for (const [path, content] of Object.entries(tree)) {
    if (path.endsWith("/")) await side.mkdir(path);
    else await side.write(path, content);
  }
}

/** Both sides emptied: what was on either only, or ignored, as well. The rules go last, so that nothing comes back before. */
export async function clearBoth(world: World): Promise<void> {
  const { entries } = (await world.api("files/list_folder", { path: "/A/B/C" })) as { entries: { name: string }[] };
  const rulesLast = (names: readonly string[]) => [...names.filter((name) => name !== IGNORE_FILE), IGNORE_FILE];
  const there = entries.map(({ name }) => name);
  for (const name of rulesLast(there)) if (there.includes(name)) await world.remove(name);
  for (const name of rulesLast(readdirSync(world.seen))) {
    if (name !== ".twinfold") rmSync(join(world.seen, name), { recursive: true, force: true });
  }
}

/** A tree in the form in which the world tells what it has: every folder named, without slashes at the end. */
export function complete(tree: Tree): Record<string, string | null> {
  const whole: Record<string, string | null> = {};
  for (const [path, content] of Object.entries(tree)) {
    const parts = path.replace(/\/$/, "").split("/");
    for (let depth = 1; depth < parts.length; depth++) whole[parts.slice(0, depth).join("/")] ??= null;
    whole[parts.join("/")] = path.endsWith("/") ? null : content;
  }
  return whole;
}

/** The account's name and the day are the same in all conflict copies of a run: left out, a tree can be written down. */
export function readable(tree: Record<string, string | null>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(tree).map(([path, content]) => [
      path.replaceAll(/ \(You's conflicted copy \d{4}-\d\d-\d\d( \d+)?\)/g, " (conflicted copy$1)"),
      content,
    ]),
  );
}

/** What tells a node on each side from another of its name. */
export async function identities(world: World, path: string): Promise<{ dropbox: string; disk: number | null }> {
  const { id } = (await world.api("files/get_metadata", { path: `/A/B/C/${path}` })) as { id: string };
  const there = join(world.seen, path);
  return { dropbox: id, disk: existsSync(there) ? statSync(there).ino : null };
}
