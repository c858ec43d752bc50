import { realpathSync } from "node:fs";
import { askSession, type ControlAnswers, type ControlRequest } from "@twinfold/session/control";
import { chooseRoot } from "./choose-root.ts";
import { type ConfigFile, openConfig, type Root } from "./config.ts";
import { fromEnvironment } from "./environment.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { type Home, openHome, socketPath } from "./home.ts";

/** What a command is about: a folder that was started here, or the files of the application that it runs in. */
export interface Subject {
  /** Absolute path of what is kept in sync. */
  readonly root: string;
  /** How it was started here; null in an application, whose server keeps its files in sync. */
  readonly started: Started | null;
  /** Asks the session. @throws CommandError when none answers, ControlError what it says no with */
  ask<R extends ControlRequest>(asked: R): Promise<ControlAnswers[R["command"]]>;
}

export interface Started {
  readonly home: Home;
  readonly config: ConfigFile;
  readonly root: Root;
}

export const KEPT_BY_SERVER = "its server keeps these files in sync while it runs, or always, as its page says";

/** What the command works with on this machine. @throws CommandError */
export function openOwn(): { readonly home: Home; readonly config: ConfigFile } {
  const home = openHome();
  return { home, config: openConfig(home) };
}

/** The folder that is meant. @throws CommandError where that can't be told */
export function subjectOf(named: string | undefined): Subject {
  const socket = applicationSocket();
  if (socket !== undefined) return inApplication(socket, named);
  const { home, config } = openOwn();
  const root = chooseRoot(config, named);
  return {
    root: root.root,
    started: { home, config, root },
    async ask(asked) {
      const answer = await askSession(socketPath(home, root.root), asked);
      if (answer === undefined) throw new CommandError(EXIT.no, `nothing runs for ${root.root}: twinfold start`);
      return answer;
    },
  };
}

/** The same, of what can't be said of an application's files. @throws CommandError */
export function startedHere(named: string | undefined, what: string): Started {
  onlyHere(what, KEPT_BY_SERVER);
  const { home, config } = openOwn();
  return { home, config, root: chooseRoot(config, named) };
}

/** @throws CommandError in an application, which has what is asked for from its server */
export function onlyHere(what: string, instead: string): void {
  if (applicationSocket() === undefined) return;
  throw new CommandError(
    EXIT.no,
    `in this application there is nothing to ${what}: ${instead} (without TWINFOLD_SOCKET the command is on its own)`,
  );
}

export const isInApplication = () => applicationSocket() !== undefined;

/** Where the server answers for the application in which the command runs. */
function applicationSocket(): string | undefined {
  return fromEnvironment("TWINFOLD_SOCKET");
}

function inApplication(socket: string, named: string | undefined): Subject {
  const root = fromEnvironment("TWINFOLD_FILES") ?? "/files";
  if (named !== undefined && real(named) !== real(root))
    throw new CommandError(
      EXIT.root,
      `in this application the command is about ${root}: without TWINFOLD_SOCKET it is about folders of its own`,
    );
  return {
    root,
    started: null,
    async ask(asked) {
      const answer = await askSession(socket, asked);
      if (answer === undefined)
        throw new CommandError(EXIT.no, "the server of this application does not answer: start the application anew");
      return answer;
    },
  };
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
