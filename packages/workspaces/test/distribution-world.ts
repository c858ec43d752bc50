import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  distribute,
  forgetTurn,
  openSnapshots,
  putOnStage,
  type Snapshots,
  type Strategy,
  type TargetOutcome,
} from "../src/index.ts";

/** A source and a target on a real disk, as an instance's files and snapshots lie. */
export function openWorld(world: string) {
  const source = join(world, "source");
  const target = join(world, "target");
  for (const folder of [source, target]) mkdirSync(folder, { recursive: true });
  const work = join(world, "work");

  async function saved<T>(root: string, body: (snapshots: Snapshots) => Promise<T>): Promise<T> {
    const snapshots = await openSnapshots(root, `${root}.saved`);
    try {
      return await body(snapshots);
    } finally {
      await snapshots.close();
    }
  }
  const stage = (paths: readonly string[], snapshotId: string | null = null) =>
    saved(source, (snapshots) =>
      putOnStage({ root: source, snapshots, snapshotId, paths, folder: join(work, "stage") }),
    );

  return {
    source,
    target,
    work,
    saved,
    stage,
    put(root: string, files: Readonly<Record<string, string>>): void {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
      }
    },
    /** @param meant what happens between the plan and the first change */
    async distribute(
      paths: readonly string[],
      strategy: Strategy,
      meant: (gone: readonly string[]) => void = () => undefined,
      more: { readonly grace?: number; readonly snapshotId?: string } = {},
    ): Promise<TargetOutcome> {
      const staged = await stage(paths, more.snapshotId ?? null);
      const folder = join(work, "turn");
      const done = await saved(target, (snapshots) =>
        distribute({
          ...{ stage: staged, strategy, root: target, snapshots, folder, note: "here" },
          meant: async (gone) => meant(gone),
          signal: new AbortController().signal,
          grace: more.grace ?? 0,
        }),
      );
      const left = existsSync(folder) ? readdirSync(folder) : [];
      if (left.some((name) => !name.startsWith("new-") && name !== "journal.json"))
        throw new Error(`what gave way is still there: ${left}`);
      forgetTurn(folder);
      return done;
    },
    /** All that is below: contents of files, `-> …` of links, null of folders. */
    everything(root: string): Record<string, string | null> {
      const found: Record<string, string | null> = {};
      for (const path of readdirSync(root, { recursive: true, encoding: "utf8" }).sort()) {
        const stats = lstatSync(join(root, path));
        if (stats.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(root, path))}`;
        else found[path] = stats.isFile() ? readFileSync(join(root, path), "utf8") : null;
      }
      return found;
    },
  };
}

export type World = ReturnType<typeof openWorld>;
