import { existsSync } from "node:fs";
import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import { ControlError, type ControlErrorCode } from "./control-error.ts";
import { answer, type ControlAnswers, type ControlRequest } from "./protocol.ts";
import { openSocketAddress } from "./socket-address.ts";

/** Asks the session behind a control socket; undefined when none answers. @throws ControlError what it said no with */
export function askSession<R extends ControlRequest>(
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
        if ("error" in parsed) fail(new ControlError(parsed.code as ControlErrorCode, parsed.error));
        else done(parsed.ok as ControlAnswers[R["command"]]);
      })
      .on("error", () => undefined);
    socket.once("close", () => {
      if (!answered) done(undefined);
    });
  });
}
