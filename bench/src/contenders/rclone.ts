import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { clientProgram } from "../../../test/clients/install.ts";
import { rcloneConfig } from "../../../test/clients/rclone-config.ts";
import type { Conditions, Stage } from "../stage.ts";
import { type Contender, lastLines, type Way } from "./contender.ts";

/** Files at once: one batch is made of those that wait for it. */
const AT_ONCE = "64";
/** Each move and each deletion is a commit by itself: of more at once most are refused, and are tried again later. */
const MOVED_AT_ONCE = "3";

/** What makes rclone fast, and nothing that lets it look less closely. */
export function rcloneFlags(
  { requestsPerSecond }: Pick<Conditions, "requestsPerSecond">,
  way: Way = "both",
): readonly string[] {
  const atOnce = way === "follow" ? MOVED_AT_ONCE : AT_ONCE;
  return [
    ...["--transfers", atOnce, "--checkers", atOnce],
    ...["--dropbox-batch-mode", "sync", "--dropbox-batch-size", atOnce],
    // As rclone's page about Dropbox advises: beyond the limit it waits 15 s each time that it is refused.
    ...(requestsPerSecond === null ? [] : ["--tpslimit", String(requestsPerSecond)]),
  ];
}

/** rclone watches nothing: its command is run when there is something to do, and that it ends is that it is done. */
export async function rclone(stage: Stage): Promise<Contender> {
  const { appKey, appSecret } = await stage.dropbox.ensureApp({ name: "Rclone" });
  const grant = await stage.dropbox.grant({ account: stage.account, app: appKey });
  // It waits 10 ms before each request by default, for a limit that is told by --tpslimit here.
  const config = rcloneConfig(stage.folder, { ...grant, appKey, appSecret }, ["pacer_min_sleep = 1ms"]);
  const base = "/Apps/Rclone/Bench";
  await stage.files.createFolder(base);
  const remote = "box:Bench";
  const state = join(stage.folder, "rclone-state");
  mkdirSync(state);

  async function run(way: Way, ...args: readonly string[]): Promise<void> {
    const words = [...args, ...config, ...rcloneFlags(stage.conditions, way)];
    const { code, output } = await stage.own(stage.startUnderDropboxNames(clientProgram("rclone", "rclone"), words))
      .ended;
    if (code !== 0) throw new Error(`rclone ${args[0]} ended with ${code}: ${lastLines(output)}`);
  }
  const bisync = (...args: readonly string[]) =>
    run("both", "bisync", stage.root, remote, "--workdir", state, "--create-empty-src-dirs", "--force", ...args);
  const settle: Readonly<Record<Way, () => Promise<void>>> = {
    up: () => run("up", "sync", stage.root, remote),
    down: () => run("down", "sync", remote, stage.root),
    follow: () => run("follow", "sync", stage.root, remote, "--track-renames", "--create-empty-src-dirs"),
    both: bisync,
  };
  return {
    name: "rclone",
    watches: false,
    base,
    start: () => bisync("--resync"),
    settle: (way) => settle[way](),
    stop: async () => {},
    whileItRuns: (waited) => waited,
  };
}
