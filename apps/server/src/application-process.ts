import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, rm, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { filesAsSeen, startTerminal, type Terminal } from "@twinfold/workspaces";
import type { WebApplication } from "./application-catalogue.ts";
import type { OpenApplicationControl } from "./application-control.ts";
import type { Places } from "./places.ts";

/** Where a program with pages listens, and what it expects of whoever asks. */
export interface WebPages {
  readonly target: { readonly socketPath: string } | { readonly host: string; readonly port: number };
  readonly headers: Readonly<Record<string, string>>;
  readonly base: string;
  readonly stripBase: boolean;
}

export interface ApplicationProcess {
  readonly terminal: Terminal;
  /** Null for what is used in a terminal. */
  readonly pages: WebPages | null;
}

/** Starts what the catalogue has of a kind: a shell, or a program with pages, in a terminal that keeps what it prints. */
export async function startProcess(options: {
  readonly id: string;
  readonly userId: string;
  readonly instanceId: string;
  readonly web: WebApplication | null;
  /** The path at which browsers find its pages. */
  readonly base: string;
  readonly places: Places;
  /** The folder for all applications' sockets. */
  readonly sockets: string;
  readonly openControl: OpenApplicationControl;
}): Promise<ApplicationProcess> {
  const { id, web, base, places, sockets } = options;
  const files = places.files(options.instanceId);
  mkdirSync(files, { recursive: true });
  const own = join(sockets, id.slice(0, 8));
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const control = await options.openControl(own, options.userId, options.instanceId);
  const common = {
    ...{ files, home: places.personal(options.userId), hidden: places.everything },
    // By a name of its own: what an earlier run of it has left there may still be being removed.
    ...{ temporary: places.temporary(randomUUID()), sockets: { all: sockets, own }, env: control.environment },
  };
  /** With what it alone had of the server, once it has ended. */
  const started = (terminal: Terminal) => {
    terminal.onExit(() => {
      control.close();
      rmSync(own, { recursive: true, force: true });
      // As much as it liked: nobody waits for it. What is left is gone at the next start.
      rm(common.temporary, { recursive: true, force: true }, () => undefined);
    });
    return terminal;
  };
  if (web === null) return { terminal: started(startTerminal(common)), pages: null };
  const texts = [...web.command, ...Object.values(web.env)];
  const port = texts.some((text) => text.includes("{port}")) ? await freePort() : null;
  const given: Readonly<Record<string, string>> = {
    socket: join(own, "socket"),
    port: String(port),
    base,
    files: filesAsSeen(files),
    secret: randomBytes(32).toString("hex"),
  };
  const filled = (text: string) => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => given[name] ?? whole);
  const all = (texts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, filled(text)]));
  const terminal = startTerminal({
    ...common,
    program: { command: web.command.map(filled), env: all(web.env) },
    columns: 200,
  });
  return {
    terminal: started(terminal),
    pages: {
      target: port === null ? { socketPath: given.socket ?? "" } : { host: "127.0.0.1", port },
      headers: all(web.headers),
      base,
      stripBase: web.stripBase,
    },
  };
}

/** A port of this machine that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no port is free"));
      });
    });
  });
}
