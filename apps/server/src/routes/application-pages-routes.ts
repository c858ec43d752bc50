import { Agent, type IncomingMessage, type ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { createProxyServer } from "http-proxy-3";
import type { WebPages } from "../application-process.ts";
import { RequestError } from "../server-error.ts";
import type { Services } from "../services.ts";
import { withoutSession } from "../web-session.ts";

interface Params {
  id: string;
  applicationId: string;
}
const PATH = "/instances/:id/applications/:applicationId";

/** Looks again in a second: a program that was just started does not listen yet. */
const NOT_YET = `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="1">
<title>Starting</title><p>The application is starting. This page looks again by itself.`;

/**
 * The pages of users' applications, HTTP and websockets, for the user alone whose application it is. The program is told
 * nothing of her login here, and can't give her another one.
 */
export const applicationPagesRoutes =
  ({ web, applications, connections }: Services): FastifyPluginAsync =>
  async (app) => {
    // Kept connections: a program that answers and closes before a request's end is written would break its own answer off.
    const agent = new Agent({ keepAlive: true });
    app.addHook("onClose", async () => agent.destroy());
    const proxy = createProxyServer({ xfwd: true, agent });
    proxy.on("proxyRes", (answer) => {
      const cookies = answer.headers["set-cookie"]?.filter((one) => withoutSession(one) === one);
      if (cookies !== undefined) answer.headers["set-cookie"] = cookies;
    });

    // What breaks off in the middle has nobody left to be told.
    proxy.on("error", () => undefined);

    // What is sent is the program's to read.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => done(null));

    async function asked(request: FastifyRequest<{ Params: Params }>) {
      const login = await web.login(request);
      const { id, applicationId } = request.params;
      return { login, pages: applications.pages(login.user.id, id, applicationId) };
    }

    /** Makes the request one to the program. */
    function prepare(request: IncomingMessage, { headers, base, stripBase }: WebPages): void {
      const cookies = withoutSession(request.headers.cookie ?? "");
      if (cookies === "") delete request.headers.cookie;
      else request.headers.cookie = cookies;
      // A login at this server is none of the program's business either.
      delete request.headers.authorization;
      Object.assign(request.headers, headers);
      if (stripBase) request.url = request.url?.replace(base, "/");
    }

    function forward(request: FastifyRequest, reply: FastifyReply, pages: WebPages): void {
      reply.hijack();
      prepare(request.raw, pages);
      const target = { host: "localhost", port: 80, ...pages.target };
      proxy.web(request.raw, reply.raw, { target }, (_error, _request, response) =>
        refuse(response, request.method === "GET"),
      );
    }

    app.route<{ Params: Params }>({
      method: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
      url: `${PATH}/*`,
      config: { ofApplication: true },
      preHandler: async (request, reply) => {
        if (request.ws !== true) return;
        web.checkOrigin(request);
        const { login, pages } = await asked(request);
        reply.hijack();
        const { socket } = request.raw;
        reply.raw.detachSocket(socket);
        prepare(request.raw, pages);
        const forget = connections.add(login, () => socket.destroy());
        socket.on("close", forget);
        socket.on("data", pages.used);
        const target = { host: "localhost", port: 80, ...pages.target };
        proxy.ws(request.raw, socket, Buffer.alloc(0), { target }, () => socket.destroy());
      },
      handler: async (request, reply) => {
        web.checkOrigin(request);
        try {
          const { pages } = await asked(request);
          pages.used();
          forward(request, reply, pages);
        } catch (error) {
          if (!(error instanceof RequestError) || !isForPerson(request)) throw error;
          // Where she logs in, or sees that it has ended and starts it again.
          return reply.redirect(`/instances/${encodeURIComponent(request.params.id)}/applications`);
        }
      },
    });
    app.get<{ Params: Params }>(PATH, async (request, reply) => reply.redirect((await asked(request)).pages.base));
  };

/** Whether a person waits for the answer, and not a program. */
function isForPerson({ method, headers }: FastifyRequest): boolean {
  return method === "GET" && headers.accept?.includes("text/html") === true;
}

function refuse(response: ServerResponse | Socket, isPage: boolean): void {
  if (response instanceof Socket || response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(503, {
    "content-type": "text/html; charset=utf-8",
    "retry-after": "1",
    "cache-control": "no-store",
  });
  response.end(isPage ? NOT_YET : undefined);
}
