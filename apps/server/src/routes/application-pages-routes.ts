import { Agent, type IncomingMessage, type ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { createProxyServer } from "http-proxy-3";
import { arrivalPath, pagesPath } from "../application-origin.ts";
import type { WebPages } from "../application-process.ts";
import type { ApplicationOriginServices } from "../applications-app.ts";
import { withoutOwn } from "../own-cookies.ts";
import { isForPerson } from "../request-source.ts";
import { RequestError } from "../server-error.ts";

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
 * nothing of her login here, and can't give her another one, or end it.
 */
export const applicationPagesRoutes =
  ({ visits, applications, connections }: ApplicationOriginServices): FastifyPluginAsync =>
  async (app) => {
    // Kept connections: a program that answers and closes before a request's end is written would break its own answer off.
    const agent = new Agent({ keepAlive: true });
    app.addHook("onClose", async () => agent.destroy());
    const proxy = createProxyServer({ xfwd: true, agent });
    proxy.on("proxyRes", ({ headers }) => {
      const cookies = headers["set-cookie"]?.filter((one) => withoutOwn(one) === one);
      if (cookies !== undefined) headers["set-cookie"] = cookies;
      // It would be heard by all ports and neighbours of this host.
      delete headers["clear-site-data"];
      // No worker of one application stands before another's pages.
      delete headers["service-worker-allowed"];
    });

    // What breaks off in the middle has nobody left to be told.
    proxy.on("error", () => undefined);

    // What is sent is the program's to read.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => done(null));

    async function asked(request: FastifyRequest<{ Params: Params }>) {
      const { id, applicationId } = request.params;
      visits.checkHost(request, applicationId);
      visits.checkSource(request, applicationId);
      const login = await visits.login(request, applicationId);
      return { login, pages: applications.pages(login.user.id, id, applicationId) };
    }

    /** Makes the request one to the program. */
    function prepare(request: IncomingMessage, { headers, base, stripBase }: WebPages): void {
      const cookies = withoutOwn(request.headers.cookie ?? "");
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
      preHandler: async (request, reply) => {
        if (request.ws !== true) return;
        const { login, pages } = await asked(request);
        reply.hijack();
        const { socket } = request.raw;
        reply.raw.detachSocket(socket);
        prepare(request.raw, pages);
        socket.on(
          "close",
          connections.add(login, () => socket.destroy()),
        );
        socket.on("data", pages.used);
        const target = { host: "localhost", port: 80, ...pages.target };
        proxy.ws(request.raw, socket, Buffer.alloc(0), { target }, () => socket.destroy());
      },
      handler: async (request, reply) => {
        try {
          const { login, pages } = await asked(request);
          pages.used();
          // An answer may go on and on.
          reply.raw.on(
            "close",
            connections.add(login, () => reply.raw.destroy()),
          );
          forward(request, reply, pages);
        } catch (error) {
          const isNotOpen = error instanceof RequestError && error.status !== 403;
          if (!isNotOpen || !isForPerson(request.method, request.headers)) throw error;
          const { id, applicationId } = request.params;
          return reply.redirect(`${arrivalPath(id, applicationId)}?${new URLSearchParams({ to: request.url })}`);
        }
      },
    });
    app.get<{ Params: Params }>(PATH, async ({ params }, reply) =>
      reply.redirect(pagesPath(params.id, params.applicationId)),
    );
  };

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
