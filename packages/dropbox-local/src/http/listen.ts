import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { DropboxLocalError } from "../errors.ts";

/** An HTTP server that listens; `port` is the one it got. */
export interface Listening {
  readonly port: number;
  /** Takes no more requests; those under way have `grace` milliseconds to end before their connections are cut. */
  close(grace: number): Promise<void>;
}

/**
 * Starts a server. Node's own, with no framework above it: routes are few and known, bodies are streams both ways, and small
 * uploads come by the hundred in a second.
 * @throws DropboxLocalError `port-taken`, `address-refused`, `bad-argument`
 */
export async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  host: string,
  port: number,
  maxHeaderSize: number,
): Promise<Listening> {
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new DropboxLocalError("bad-argument", `${port} is not a port: choose one from 1 to 65535, or 0 for any.`);
  const server = createServer(
    {
      maxHeaderSize,
      // Clients keep connections; one that is closed under their hands is a lost request.
      keepAliveTimeout: 120_000,
      // A large upload over a slow line takes as long as it takes.
      requestTimeout: 0,
    },
    handle,
  );
  server.on("clientError", refuse);
  const connections = new Connections(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(asListenError(error, host, port)));
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close(grace) {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.endIdle();
      const timer = setTimeout(() => server.closeAllConnections(), grace);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Knows which connections wait for a request: Node's own count takes one that never had any for a busy one. */
class Connections {
  readonly #busy = new Map<Socket, number>();
  #closing = false;

  constructor(server: Server) {
    server.on("connection", (socket) => {
      this.#busy.set(socket, 0);
      socket.once("close", () => this.#busy.delete(socket));
    });
    server.on("request", ({ socket }, response) => {
      this.#busy.set(socket, (this.#busy.get(socket) ?? 0) + 1);
      response.once("close", () => this.#done(socket));
    });
  }

  /** Ends the connections that are idle, now and as soon as they become so. */
  endIdle(): void {
    this.#closing = true;
    for (const [socket, requests] of this.#busy) if (requests === 0) socket.destroy();
  }

  #done(socket: Socket): void {
    const left = (this.#busy.get(socket) ?? 1) - 1;
    if (this.#busy.has(socket)) this.#busy.set(socket, left);
    if (this.#closing && left === 0) socket.end();
  }
}

function asListenError(error: NodeJS.ErrnoException, host: string, port: number): DropboxLocalError {
  if (error.code === "EADDRINUSE")
    return new DropboxLocalError(
      "port-taken",
      `Port ${port} of ${host} is taken by another program: choose another.`,
      error,
    );
  return new DropboxLocalError("address-refused", `Can't listen on ${host}, port ${port}: ${error.message}.`, error);
}

/** Answers what is no HTTP, or has larger headers than Dropbox's edge takes. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
