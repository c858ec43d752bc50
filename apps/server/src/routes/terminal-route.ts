import { terminalCommand } from "@twinfold/api";
import type { FastifyPluginAsync } from "fastify";
import type { Services } from "../services.ts";

/** A terminal over a websocket: binary frames are what is typed and printed, text frames are commands. */
export const terminalRoute =
  ({ web, applications, connections }: Services): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Params: { id: string } }>(
      "/api/applications/:id/terminal",
      {
        websocket: true,
        // Browsers send cookies with websockets of any page: only ours may.
        preValidation: async (request) => {
          web.checkMeant(request);
          await web.login(request);
        },
      },
      async (socket, request) => {
        const login = await web.login(request);
        const { user } = login;
        const terminal = applications.terminal(user.id, request.params.id);
        if (terminal === null) {
          socket.close(4404, "no such application");
          return;
        }
        socket.send(Buffer.from(terminal.scrollback()));
        const stopData = terminal.onData((data) => socket.send(Buffer.from(data)));
        const stopExit = terminal.onExit(() => socket.close(4410, "the application ended"));
        socket.on("message", (message: Buffer, isBinary: boolean) => {
          if (isBinary) terminal.write(message.toString("utf8"));
          else {
            const command = terminalCommand.safeParse(parse(message.toString("utf8")));
            if (command.success) terminal.resize(command.data.columns, command.data.rows);
          }
        });
        const forget = connections.add(login, () => socket.close(4401, "logged out"));
        socket.on("close", () => {
          forget();
          stopData();
          stopExit();
        });
      },
    );
  };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
