import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { askSession } from "@twinfold/session/control";
import { daemonOptions } from "../../../apps/cli/src/daemon-process.ts";
import { openHome, socketPath } from "../../../apps/cli/src/home.ts";
import { Running } from "../../../test/clients/running.ts";
import type { Stage } from "../stage.ts";
import { type Contender, orEnded } from "./contender.ts";

const MAIN = fileURLToPath(new URL("../../../apps/cli/src/main.ts", import.meta.url));

/** The real daemon, in the foreground. Another `place` has a root, a state and a folder in Dropbox of its own. */
export async function twinfold(stage: Stage, place = "Instance"): Promise<Contender & { readonly root: string }> {
  const { appKey, appSecret } = await stage.dropbox.ensureApp({ name: "Twinfold" });
  const { refreshToken } = await stage.dropbox.grant({ account: stage.account, app: appKey });
  const root = place === "Instance" ? stage.root : join(stage.folder, place);
  mkdirSync(root, { recursive: true });
  const remote = `/Bench/Space/${place}`;
  const env = {
    PATH: process.env.PATH,
    HOME: stage.folder,
    NODE_EXTRA_CA_CERTS: stage.authority,
    TWINFOLD_HOME: join(stage.folder, `home-${place}`),
    TWINFOLD_DROPBOX_URL: stage.url,
  };
  const run = (args: readonly string[], secrets: Readonly<Record<string, string>> = {}) =>
    stage.own(
      new Running(
        spawn(process.execPath, [...sampling(stage), ...daemonOptions(), MAIN, ...args], {
          env: { ...env, ...secrets },
          stdio: ["ignore", "pipe", "pipe"],
        }),
      ),
    );
  const { code, output } = await run(["link", "--app-key", appKey], {
    TWINFOLD_REFRESH_TOKEN: refreshToken,
    TWINFOLD_APP_SECRET: appSecret,
  }).ended;
  if (code !== 0) throw new Error(`twinfold link ended with ${code}:\n${output}`);
  const socket = socketPath(openHome({ TWINFOLD_HOME: env.TWINFOLD_HOME }), root);
  let daemon: Running | null = null;

  async function upToDate(): Promise<void> {
    for (;;) {
      const status = await askSession(socket, { command: "status" });
      if (status?.state === "up to date") return;
      if (status?.state === "needs attention") throw new Error(`it needs attention: ${JSON.stringify(status)}`);
      await sleep(20, undefined, { signal: stage.over });
    }
  }

  return {
    name: "Twinfold",
    watches: true,
    base: `/Apps/Twinfold${remote}`,
    root,
    async start() {
      // Deletions of many files are what some rows are about.
      daemon = run(["start", "--foreground", "--yes-delete", "--root", root, "--remote", remote]);
      await orEnded(daemon, "twinfold", upToDate());
    },
    settle: () => orEnded(daemon, "twinfold", upToDate()),
    whileItRuns: (waited) => orEnded(daemon, "twinfold", waited),
    async stop() {
      daemon?.signal("SIGTERM");
      await daemon?.ended;
    },
  };
}

/** Twice in a millisecond: often enough for half a second of work to be told apart. */
function sampling({ profiles }: Stage): string[] {
  return profiles === null ? [] : ["--cpu-prof", "--cpu-prof-interval=500", `--cpu-prof-dir=${profiles}`];
}
