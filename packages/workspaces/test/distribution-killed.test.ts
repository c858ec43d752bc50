import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { distribute, forgetTurn, openStage } from "../src/index.ts";
import { openWorld, type World } from "./distribution-world.ts";

const CHILD = fileURLToPath(new URL("distribution-child.ts", import.meta.url));
/** Kills, each a little later in the time in which files give way. */
const KILLS = 6;
const FILES = 150;

let folder: string;
let world: World;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-distribution-killed-"));
  world = openWorld(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const turn = () => join(world.work, "turn");
const target = () => world.everything(world.target);

/** In another process, which is killed as soon as `when` is so, unless it has ended. */
function distributeInChild(when: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [CHILD, world.target, `${world.target}.saved`, join(world.work, "stage"), turn()],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    const look = () => {
      if (child.exitCode !== null) return;
      if (when()) child.kill("SIGKILL");
      else setImmediate(look);
    };
    look();
    child.on("error", reject);
    child.on("exit", () => resolve());
  });
}

/** As the next process does. */
const goOn = () =>
  world.saved(world.target, (snapshots) =>
    distribute({
      ...{ root: world.target, snapshots, folder: turn(), stage: openStage(join(world.work, "stage")) },
      ...{ strategy: "mirror", note: "", grace: 0 },
      meant: async () => undefined,
      signal: new AbortController().signal,
    }),
  );

test("a distribution that is killed at any point leaves each file whole, is finished by the next, and can be undone", {
  timeout: 300_000,
}, async () => {
  for (let n = 0; n < FILES; n++) {
    world.put(world.source, { [`folder ${n % 20}/file ${n}`]: `new ${n}`.repeat(1_000) });
    world.put(world.target, { [`folder ${n % 25}/file ${n}`]: `old ${n}`.repeat(1_000) });
  }
  world.put(world.target, { "folder 3/her own/notes": "hers" });
  symlinkSync("anywhere", join(world.target, "folder 1/link"));
  const before = target();
  const wanted = world.everything(world.source);
  await world.stage(Object.keys(wanted).filter((path) => !path.includes("/")));

  let cutShort = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    // Told by which copy is not there any more, or has given its name to what it took the place of: so the machine's speed
    // does not matter. At first none has.
    const share = kill / KILLS;
    const last = join(turn(), `new-${Math.floor(FILES * share) - 1}`);
    let copy: number | undefined;
    await distributeInChild(() => {
      if (!existsSync(join(turn(), "journal.json"))) return false;
      copy ??= statSync(last, { throwIfNoEntry: false })?.ino;
      return statSync(last, { throwIfNoEntry: false })?.ino !== copy || share === 0;
    });
    const left = target();
    for (const [path, content] of Object.entries(left)) expect([before[path], wanted[path]], path).toContain(content);
    if (existsSync(join(turn(), "journal.json")) && JSON.stringify(left) !== JSON.stringify(wanted)) cutShort++;

    const { safetyId, touched } = await goOn();
    expect(target(), `killed at ${share}`).toEqual(wanted);
    forgetTurn(turn());
    await world.saved(world.target, (snapshots) => snapshots.restore(safetyId ?? "", { where: touched }));
    expect(target(), `undone after ${share}`).toEqual(before);
  }
  // Else it was killed at the wrong times, and this test has seen nothing.
  expect(cutShort).toBeGreaterThan(KILLS / 3);
});
