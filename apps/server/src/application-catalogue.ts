import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type ApplicationKind, TERMINAL } from "@twinfold/api";
import { type Isolation, terminalIsolation } from "@twinfold/workspaces";
import { z } from "zod";
import { EXIT, StartError } from "./server-error.ts";

/**
 * A program with pages of its own. In its command, its environment and the headers these stand for what it is given:
 * `{socket}` the path of a Unix socket to listen at, or `{port}` a port of 127.0.0.1; `{base}` the path at which browsers find
 * it; `{files}` the instance's files; `{secret}` what only this server and the program know, so that it can refuse others.
 */
const webApplication = z
  .strictObject({
    kind: z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, "small letters, digits and hyphens"),
    name: z.string().min(1).max(60),
    description: z.string().max(300),
    command: z.array(z.string()).min(1),
    env: z.record(z.string(), z.string()).default({}),
    /** Sent along with each request to the program. */
    headers: z.record(z.string().toLowerCase(), z.string()).default({}),
    /** Whether the program is asked for paths below `/`, not below `{base}`. */
    stripBase: z.boolean().default(false),
  })
  .refine(({ command, env }) => /\{(socket|port)\}/.test([...command, ...Object.values(env)].join()), {
    error: "its command or environment has to name {socket} or {port}, where it is to listen",
  });
export type WebApplication = z.infer<typeof webApplication>;

const INSTALLED: readonly WebApplication[] = [
  {
    kind: "jupyterlab",
    name: "JupyterLab",
    description: "Notebooks, a text editor and terminals.",
    command: [
      "jupyter-lab",
      "--no-browser",
      "--allow-root",
      "--ServerApp.sock={socket}",
      "--ServerApp.sock_mode=0600",
      "--ServerApp.base_url={base}",
      "--ServerApp.root_dir={files}",
      "--ServerApp.allow_remote_access=True",
    ],
    env: { JUPYTER_TOKEN: "{secret}" },
    headers: { authorization: "token {secret}" },
    stripBase: false,
  },
  {
    kind: "code-server",
    name: "code-server",
    description: "Visual Studio Code in the browser.",
    command: [
      "code-server",
      "--socket={socket}",
      "--socket-mode=600",
      "--auth=none",
      "--disable-telemetry",
      "--disable-update-check",
      "{files}",
    ],
    env: {},
    headers: {},
    stripBase: true,
  },
];

/** Said on each card: who starts something is to know what it can see. */
const SURROUNDINGS: Readonly<Record<Isolation, string>> = {
  "mount namespace":
    "It runs in a mount namespace of its own: the files are at /files, the home is yours, and no other instance's files and no one else's home are there.",
  "working folder":
    "It begins in the folder with the files and sees this machine as the server does, with other people's files: no mount namespace is allowed here.",
};

/** What users can start: the terminal, which is built in; what is installed on this machine; what its operator has added. */
export interface ApplicationCatalogue {
  readonly kinds: readonly ApplicationKind[];
  /** Whether any of them has pages of its own. */
  readonly hasPages: boolean;
  /** Null for the terminal, undefined for what is not there. */
  find(kind: string): WebApplication | null | undefined;
}

/** @param file the operator's own entries, a JSON array. @throws StartError naming what is wrong with it */
export function readCatalogue(file: string | undefined, path = process.env.PATH ?? ""): ApplicationCatalogue {
  const own = file === undefined ? [] : readOwn(file);
  const installed = INSTALLED.filter(
    ({ kind, command }) => isOnPath(command[0] ?? "", path) && !own.some((one) => one.kind === kind),
  );
  const web = [...installed, ...own];
  // The same for all of them: a program with pages is started as the shell is.
  const surroundings = SURROUNDINGS[terminalIsolation()];
  return {
    kinds: [
      { kind: TERMINAL, name: "Terminal", description: "A shell in the browser.", surroundings },
      ...web.map(({ kind, name, description }) => ({ kind, name, description, surroundings })),
    ],
    hasPages: web.length > 0,
    find: (kind) => (kind === TERMINAL ? null : web.find((one) => one.kind === kind)),
  };
}

function readOwn(file: string): WebApplication[] {
  const refuse = (why: string, cause?: unknown) =>
    new StartError(EXIT.usage, `TWINFOLD_APPLICATIONS_FILE can't be used: ${file}: ${why}`, cause);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), error);
  }
  const parsed = z.array(webApplication).safeParse(content);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const kinds = [TERMINAL, ...parsed.data.map(({ kind }) => kind)];
  const twice = kinds.find((kind, at) => kinds.indexOf(kind) !== at);
  if (twice !== undefined) throw refuse(`there is more than one ${twice}`);
  return parsed.data;
}

function isOnPath(command: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}
