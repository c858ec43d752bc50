import { chmodSync, existsSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server } from "node:net";
import { createInterface } from "node:readline";
import type { EngineStatus, Explanation, PlanReport, RelativePath } from "@twinfold/engine";
import { z } from "zod";
import { CommandError } from "./exit-codes.ts";
import type { LinkedSession } from "./linked-session.ts";
import { openSocketAddress } from "./socket-address.ts";

const request = z.discriminatedUnion("command", [
  z.object({ command: z.literal("status") }),
  z.object({ command: z.literal("plan") }),
  z.object({ command: z.literal("why"), path: z.string() }),
  z.object({ command: z.literal("wait"), seconds: z.number() }),
  z.object({ command: z.literal("pause") }),
  z.object({ command: z.literal("resume") }),
  z.object({ command: z.literal("conflicts") }),
  z.object({ command: z.literal("held"), choice: z.enum(["apply", "bring back"]) }),
  z.object({ command: z.literal("follow link") }),
  z.object({ command: z.literal("stop") }),
]);
export type ControlRequest = z.infer<typeof request>;

export interface ControlAnswers {
  status: EngineStatus;
  plan: PlanReport;
  why: Explanation;
  wait: boolean;
  pause: null;
  resume: null;
  conflicts: readonly string[];
  /** Whether any were held. */
  held: boolean;
  "follow link": null;
  stop: null;
}

const answer = z.union([z.object({ ok: z.unknown() }), z.object({ error: z.string(), exitCode: z.number() })]);

/** Answers the commands of this user, over a socket that only she can open: a JSON line in, a JSON line out. */
export async function serveControl(path: string, linked: LinkedSession, onStop: () => Promise<void>): Promise<Server> {
  // The lease says that no other daemon lives: a socket that is there is a dead one's.
  rmSync(path, { force: true });
  const act = async (one: ControlRequest): Promise<unknown> => {
    switch (one.command) {
      case "status":
        return linked.status();
      case "plan":
        return linked.session().plan();
      case "why":
        return linked.session().why(one.path as RelativePath);
      case "wait":
        return linked.session().wait(one.seconds);
      case "pause":
        return linked.session().pause();
      case "resume":
        return linked.session().resume();
      case "conflicts":
        return linked.session().conflicts();
      case "held":
        return linked.session().resolveHeld(one.choice);
      case "follow link":
        return linked.followLink();
      case "stop":
        return onStop();
      default:
        return one satisfies never;
    }
  };
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    createInterface({ input: socket }).on("line", (line) => {
      void (async () => {
        let reply: z.infer<typeof answer>;
        try {
          reply = { ok: (await act(request.parse(JSON.parse(line)))) ?? null };
        } catch (error) {
          const { describeFailure } = await import("./failure.ts");
          const { exitCode, message } = describeFailure(error);
          reply = { error: message, exitCode };
        }
        socket.write(`${JSON.stringify(reply)}\n`);
      })();
    });
  });
  const { address, close } = openSocketAddress(path);
  server.once("close", close);
  await new Promise<void>((done, fail) => server.once("error", fail).listen(address, done));
  chmodSync(path, 0o600);
  return server;
}

/** Asks the daemon; undefined when none answers. @throws CommandError what it said no with */
export function askDaemon<R extends ControlRequest>(
  path: string,
  asked: R,
): Promise<ControlAnswers[R["command"]] | undefined> {
  // Without its folder there is none.
  if (!existsSync(path)) return Promise.resolve(undefined);
  return new Promise((done, fail) => {
    const { address, close } = openSocketAddress(path);
    const socket = createConnection(address);
    socket.once("close", close);
    let answered = false;
    socket.once("error", () => done(undefined));
    socket.once("connect", () => socket.write(`${JSON.stringify(asked)}\n`));
    createInterface({ input: socket })
      .on("line", (line) => {
        answered = true;
        socket.end();
        const parsed = answer.parse(JSON.parse(line));
        if ("error" in parsed) fail(new CommandError(parsed.exitCode, parsed.error));
        else done(parsed.ok as ControlAnswers[R["command"]]);
      })
      .on("error", () => undefined);
    socket.once("close", () => {
      if (!answered) done(undefined);
    });
  });
}
