import { chmodSync, mkdirSync } from "node:fs";
import { type IPty, spawn } from "@lydell/node-pty";
import { enterNamespace, FILES, type SocketFolders, terminalIsolation } from "./isolation.ts";
import { sessionOver } from "./kill-session.ts";

/** How a program has ended. */
export interface Exit {
  readonly code: number;
  /** The number of the signal that ended it, or 0. */
  readonly signal: number;
}

export interface Terminal {
  readonly pid: number;
  /** What was printed lately, for one who joins later. */
  scrollback(): string;
  onData(listener: (data: string) => void): () => void;
  onExit(listener: (exit: Exit) => void): () => void;
  write(data: string): void;
  resize(columns: number, rows: number): void;
  /** Hangs up, and ends what was started in it, also what does not go by itself. Resolves once nothing of it runs any more. */
  stop(): Promise<void>;
}

/** Characters of output that are kept. */
const SCROLLBACK = 200_000;
/** What an application is told of the server's environment: nothing that could be a secret. */
const PASSED_ON = ["PATH", "LANG", "LC_ALL", "TZ"];

/** How long what hears that its terminal is gone may take to end, in milliseconds. */
const GRACE = 2_000;

const SHELL = "/bin/bash";

/** Where an application finds the instance's files. */
export function filesAsSeen(files: string): string {
  return terminalIsolation() === "mount namespace" ? FILES : files;
}

/** Starts a shell, or another program, in an instance's files. */
export function startTerminal(options: {
  readonly files: string;
  /** The user's personal folder. */
  readonly home: string;
  /** Where both lie, with what is not for the shell: there it is empty but for the home, if it has a namespace of its own. */
  readonly hidden: string;
  /** What is at /tmp for it alone, if it has a namespace of its own. */
  readonly temporary: string;
  readonly sockets?: SocketFolders;
  /** What it is told beside what every application is. */
  readonly env?: Readonly<Record<string, string>>;
  /** What runs instead of a shell, and what that is told besides. */
  readonly program?: { readonly command: readonly string[]; readonly env: Readonly<Record<string, string>> };
  readonly columns?: number;
  readonly rows?: number;
}): Terminal {
  mkdirSync(options.home, { recursive: true });
  mkdirSync(options.temporary, { recursive: true });
  // As any /tmp: a program that runs as another user may write there, too.
  chmodSync(options.temporary, 0o1777);
  const env: Record<string, string> = {
    HOME: options.home,
    SHELL,
    TERM: "xterm-256color",
    COLORTERM: "truecolor",
    TWINFOLD_FILES: filesAsSeen(options.files),
    PS1: "\\w $ ",
  };
  for (const name of PASSED_ON) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  Object.assign(env, options.env, options.program?.env);
  const program = options.program?.command;
  const [command = SHELL, ...args] = enterNamespace(options, program ?? [SHELL, "-i"]) ??
    program ?? [SHELL, "--norc", "-i"];
  const pty: IPty = spawn(command, args, {
    cwd: options.files,
    env,
    cols: options.columns ?? 100,
    rows: options.rows ?? 30,
    name: "xterm-256color",
  });

  let kept = "";
  pty.onData((data) => {
    kept = (kept + data).slice(-SCROLLBACK);
  });
  let ended = false;
  let over: Promise<void> | null = null;
  const untilOver = () => {
    over ??= sessionOver(pty.pid, GRACE);
    return over;
  };
  pty.onExit(() => {
    ended = true;
    void untilOver();
  });
  return {
    pid: pty.pid,
    scrollback: () => kept,
    onData(listener) {
      const subscription = pty.onData(listener);
      return () => subscription.dispose();
    },
    onExit(listener) {
      const subscription = pty.onExit(({ exitCode, signal }) => listener({ code: exitCode, signal: signal ?? 0 }));
      return () => subscription.dispose();
    },
    write(data) {
      if (!ended) pty.write(data);
    },
    resize(columns, rows) {
      if (!ended) pty.resize(columns, rows);
    },
    stop() {
      // Where the shell has a namespace of its own, all that runs there ends with it.
      if (!ended) pty.kill("SIGHUP");
      return untilOver();
    },
  };
}
