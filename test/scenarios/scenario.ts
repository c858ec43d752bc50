import { IGNORE_FILE } from "@twinfold/engine";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { World } from "../../apps/cli/test/harness.ts";
import { PATIENT, status, until } from "./answers.ts";
import { type Action, clearBoth, complete, diskOf, dropboxOf, fill, identities, readable, type Tree } from "./sides.ts";

/** What the engine does while people change things. */
type While = "running" | "paused" | "stopped";

interface Setting {
  readonly while?: While | readonly While[];
  /** Then: no content went up or down. */
  readonly noTransfer?: boolean;
  /** Path in `given` -> path in `outcome`: the same file or folder, moved, not another with the same content. */
  readonly kept?: Readonly<Record<string, string>>;
  /** Files that are the same in Dropbox as before, with their earlier versions, whatever the disk has in their place. */
  readonly edited?: readonly string[];
  /** What else is to be seen at the end. */
  readonly and?: (world: World) => Promise<void>;
}

/** Deletions are held back: what there is meanwhile, and what the person says to it. */
interface Held<T> {
  readonly meanwhile: T;
  readonly answer: "apply" | "bring-back";
}

/** What both sides have: the same, unless told apart (what is ignored, or can't be synced). */
type Both = Tree | { readonly onDisk: Tree; readonly inDropbox: Tree };
type HereAndThere = Tree | { readonly here: Tree; readonly there: Tree };

interface Scenario extends Setting {
  /** At rest. */
  readonly given: Both;
  readonly disk?: readonly Action[];
  readonly dropbox?: readonly Action[];
  readonly held?: Held<Both>;
  readonly outcome: Both;
}

interface BothWays extends Setting {
  readonly given: HereAndThere;
  readonly here: readonly Action[];
  readonly there?: readonly Action[];
  readonly held?: Held<HereAndThere>;
  readonly outcome: HereAndThere;
}

let shared: World | null = null;
/** The daemon may be in any state after a failed scenario. */
let uncertain = false;

/** One world for all scenarios of a file, made ready by `prepare`, with a root of another's if one is named. Call once, at its top. */
export function inOneWorld(prepare: (world: World) => void = () => undefined, root?: string): void {
  beforeAll(async () => {
    shared = new World(root);
    prepare(shared);
    await shared.begin();
  });
  afterAll(() => shared?.end());
}

/** The world of this file's scenarios. */
export function theWorld(): World {
  if (shared === null) throw new Error("call inOneWorld() at the top of the file");
  return shared;
}

/** Declares a test: what was there, what each side does meanwhile, and what there is then, on both sides. */
export function scenario(title: string, told: Scenario): void {
  const modes = typeof told.while === "object" ? told.while : [told.while ?? "paused"];
  for (const mode of modes) {
    test(modes.length > 1 ? `${title} (engine ${mode})` : title, () => play(theWorld(), told, mode));
  }
}

/** The same scenario twice: what happens here happens on disk, and then the other way round. */
export function bothWays(title: (here: string, there: string) => string, told: BothWays): void {
  const { here, there = [], given, held, outcome, ...rest } = told;
  for (const hereIs of ["on disk", "in Dropbox"] as const) {
    const onDisk = hereIs === "on disk";
    scenario(onDisk ? title("on disk", "in Dropbox") : title("in Dropbox", "on disk"), {
      ...rest,
      given: onSides(given, hereIs),
      disk: onDisk ? here : there,
      dropbox: onDisk ? there : here,
      ...(held === undefined ? {} : { held: { ...held, meanwhile: onSides(held.meanwhile, hereIs) } }),
      outcome: onSides(outcome, hereIs),
    });
  }
}

function onSides(told: HereAndThere, hereIs: "on disk" | "in Dropbox"): Both {
  if (typeof told.here !== "object" || typeof told.there !== "object") return told as Tree;
  return hereIs === "on disk"
    ? { onDisk: told.here, inDropbox: told.there }
    : { onDisk: told.there, inDropbox: told.here };
}

/** Both sides hold just this, and the engine has seen that they do. */
export async function atRest(world: World, given: Both): Promise<void> {
  if (uncertain) {
    await world.ok("start");
    await world.ok("resume");
  }
  uncertain = true;
  await clearBoth(world);
  // Before anything of the same name is made: deleted there and made here again, unchanged, is a deletion.
  await applyWhatIsHeld(world);
  await expectBoth(world, {});
  const { onDisk, inDropbox } = apart(given);
  const rules = onDisk[IGNORE_FILE];
  if (rules !== undefined) {
    world.write(IGNORE_FILE, rules);
    await world.settle();
  }
  await fill(diskOf(world), onDisk);
  if (onDisk !== inDropbox) {
    await world.settle();
    const there = await world.dropboxTree();
    const missing = Object.entries(inDropbox).filter(([path, content]) =>
      path.endsWith("/") ? there[path.slice(0, -1)] === undefined : there[path] !== content,
    );
    await fill(dropboxOf(world), Object.fromEntries(missing));
  }
  await expectBoth(world, given);
  uncertain = false;
}

/** Waits for rest; an engine that sees one side emptied before the other asks whether it is meant. */
async function applyWhatIsHeld(world: World): Promise<void> {
  await expect
    .poll(async () => {
      const quiet = await world.comesToRest(1);
      if (!quiet && (await status(world)).held > 0) await world.ok("held", "apply");
      return quiet;
    }, PATIENT)
    .toBe(true);
}

/** Both sides come to rest so. */
export async function expectBoth(world: World, outcome: Both): Promise<void> {
  await world.settle();
  await expectNow(world, outcome);
}

/** Both sides hold just this, at rest or not. */
export async function expectNow(world: World, outcome: Both): Promise<void> {
  const told = apart(outcome);
  expect(readable(world.diskTree()), "on disk").toEqual(complete(told.onDisk));
  expect(readable(await world.dropboxTree()), "in Dropbox").toEqual(complete(told.inDropbox));
}

function apart(told: Both): { readonly onDisk: Tree; readonly inDropbox: Tree } {
  if (typeof told.onDisk === "object" && typeof told.inDropbox === "object")
    return { onDisk: told.onDisk, inDropbox: told.inDropbox };
  return { onDisk: told as Tree, inDropbox: told as Tree };
}

async function play(world: World, told: Scenario, mode: While): Promise<void> {
  await atRest(world, told.given);
  uncertain = true;
  const before = new Map<string, Awaited<ReturnType<typeof identities>>>();
  for (const path of [...Object.keys(told.kept ?? {}), ...(told.edited ?? [])])
    before.set(path, await identities(world, path));
  if (mode === "running") await world.control("stats", {}, "DELETE");
  else if (mode === "paused") await world.tell("pause");
  else await world.ok("stop");
  for (const act of told.disk ?? []) await act(diskOf(world), world);
  for (const act of told.dropbox ?? []) await act(dropboxOf(world), world);
  if (mode !== "running") {
    await world.control("stats", {}, "DELETE");
    if (mode === "paused") await world.tell("resume");
    else await world.ok("start");
  }
  if (told.held !== undefined) {
    const { meanwhile, answer } = told.held;
    await until(world, { state: "needs attention", message: expect.stringMatching(/held back/) });
    await vi.waitFor(() => expectNow(world, meanwhile), PATIENT);
    await world.ok("held", answer);
  }
  await world.settle();
  if (told.noTransfer) expect(await transfers(world)).toEqual([]);
  await expectNow(world, told.outcome);
  for (const [path, to] of Object.entries(told.kept ?? {})) {
    expect(await identities(world, to), `${path} is the same as ${to}`).toEqual(before.get(path));
  }
  for (const path of told.edited ?? []) {
    expect((await identities(world, path)).dropbox, `${path} is the same`).toBe(before.get(path)?.dropbox);
  }
  await told.and?.(world);
  uncertain = false;
}

/** The routes that content went through since the counts were last reset. */
export async function transfers(world: World): Promise<string[]> {
  return Object.keys(await world.requests()).filter((route) => /^files\/(up|down)load/.test(route));
}
