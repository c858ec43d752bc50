import { askSession } from "@twinfold/session/control";
import type { Command } from "commander";
import { notEmpty, secondsOrAsNeeded } from "../arguments.ts";
import type { StartFlags } from "../commands/start.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { socketPath } from "../home.ts";
import { KEPT_BY_SERVER, onlyHere, openOwn, startedHere, subjectOf } from "../subject.ts";
import { type Asked, JSON_OPTION, ROOT_OPTION, show } from "./shared.ts";

const LINK_OF_SERVER = "its server has your link, under Account > Settings > Dropbox Sync";

/** The commands that link an account, and begin and end what is kept in sync. */
export function declareKeeping(program: Command): void {
  program
    .command("link")
    .description("link a Dropbox account")
    .requiredOption(
      "--app-key <key>",
      "the key of your Dropbox app; TWINFOLD_APP_SECRET holds its secret, where it has one",
      notEmpty,
    )
    .option(...JSON_OPTION)
    .action(async ({ appKey, json }: { appKey: string; json?: boolean }) => {
      onlyHere("link", LINK_OF_SERVER);
      const { link } = await import("../commands/link.ts");
      const { home, config } = openOwn();
      const account = await link(home, config, appKey);
      show(json, account, `linked to ${account.name} (${account.email})`);
    });

  program
    .command("unlink")
    .description("forget the link, and end it at Dropbox; files stay")
    .option(...JSON_OPTION)
    .action(async ({ json }: Asked) => {
      onlyHere("unlink", LINK_OF_SERVER);
      const { unlink } = await import("../commands/link.ts");
      const { home, config } = openOwn();
      const { name, ended } = await unlink(home, config);
      const words = ended
        ? `unlinked from ${name}`
        : "forgotten here; Dropbox could not be told: remove the app at dropbox.com/account/connected_apps";
      show(json, { name, ended }, words);
    });

  program
    .command("start")
    .description("begin to keep a folder and a Dropbox folder the same")
    .option("--root <dir>", "the folder", notEmpty)
    .option("--remote <path>", "the Dropbox folder, as in /A/B/C", notEmpty)
    .option("--foreground", "run in this process, until Ctrl-C")
    .option("--log", "with --foreground: tell what is done in the log, for twinfold log, and not here")
    .option("--yes-delete", "in this run, do the deletions that would be held back: for scripts")
    .option(
      "--rescan <seconds>",
      "from now on look at all files so often, for what other machines write there unheard; auto: where it is needed",
      secondsOrAsNeeded,
    )
    .option(...JSON_OPTION)
    .action(async (flags: StartFlags & Asked) => {
      onlyHere("start", KEPT_BY_SERVER);
      const { start } = await import("../commands/start.ts");
      const { home, config } = openOwn();
      const started = await start(home, config, flags);
      if (started === null) return;
      const words =
        started.state === null
          ? `${started.root} and ${started.remote} are kept the same from now on`
          : `${started.root} is kept in sync already: ${started.state}`;
      show(flags.json, { root: started.root, remote: started.remote, ranAlready: started.state !== null }, words);
    });

  program
    .command("stop")
    .description("finish what is under way, and end")
    .option(...ROOT_OPTION)
    .option(...JSON_OPTION)
    .action(async ({ root, json }: Asked) => {
      const { home, root: chosen } = startedHere(root, "stop");
      const { stopDaemon } = await import("../daemon-process.ts");
      const stopped = await stopDaemon(home, chosen);
      show(json, { stopped }, stopped ? "stopped" : "nothing ran");
    });

  program
    .command("forget")
    .description("stop, and let go of a folder; files stay on both sides")
    .option(...ROOT_OPTION)
    .option(...JSON_OPTION)
    .action(async ({ root, json }: Asked) => {
      const { home, config, root: chosen } = startedHere(root, "forget");
      const { forget } = await import("../commands/forget.ts");
      await forget(home, config, chosen);
      const { root: folder, remote } = chosen;
      show(json, { root: folder, remote }, `${folder} and ${remote} are left as they are from now on`);
    });

  for (const [name, description] of [
    ["pause", "sync nothing until resumed"],
    ["resume", "go on, and try again what failed"],
  ] as const) {
    program
      .command(name)
      .description(description)
      .option(...ROOT_OPTION)
      .option(...JSON_OPTION)
      .action(async ({ root, json }: Asked) => {
        const { ask, started } = subjectOf(root);
        let runs = true;
        if (started === null) await ask({ command: name });
        else {
          const chosen = { ...started.root, paused: name === "pause" };
          started.config.saveRoot(chosen);
          runs = (await askSession(socketPath(started.home, chosen.root), { command: name })) !== undefined;
        }
        const words = runs ? `${name}d` : `${name}d from the next start on: nothing runs now`;
        show(json, { paused: name === "pause", runs }, words);
      });
  }

  const service = program.command("service").description("a systemd user service that keeps a folder in sync");
  service
    .command("install")
    .description("let systemd start it, now and with each login; what runs already gives way to it")
    .option(...ROOT_OPTION)
    .option(...JSON_OPTION)
    .action(async ({ root, json }: Asked) => {
      const { installService } = await import("../commands/service.ts");
      const installed = await installService(startedHere(root, "install"));
      const { unit, file, enabled, problem } = installed;
      show(json, installed, enabled ? `${unit} runs, and starts with each login of yours` : "");
      if (!enabled)
        throw new CommandError(
          EXIT.no,
          `${file} is written, but systemd could not be told (${problem}): systemctl --user enable --now '${unit}'`,
        );
    });
  service
    .command("remove")
    .description("stop it, and let systemd start it no more; files stay, and what is remembered")
    .option(...ROOT_OPTION)
    .option(...JSON_OPTION)
    .action(async ({ root, json }: Asked) => {
      const { removeService } = await import("../commands/service.ts");
      const started = startedHere(root, "remove");
      const removed = removeService(started);
      if (removed === null) throw new CommandError(EXIT.no, `there is no service for ${started.root.root}`);
      const { unit, problem } = removed;
      const rest =
        problem === null ? "" : `; systemd could not be told (${problem}), so what runs goes on until twinfold stop`;
      show(json, removed, `${unit} is removed${rest}`);
    });
}
