import type { OutgoingHttpHeaders } from "node:http";
import {
  conflictChoice,
  type Instance,
  instance,
  type SyncStatus,
  settledConflict,
  syncCommand,
  syncDetails,
} from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { aboutInstance } from "../audit-log.ts";
import type { PlacedInstance } from "../hierarchy.ts";
import { RequestError } from "../server-error.ts";
import type { Services } from "../services.ts";

const byId = z.object({ id: z.string() });

export const instanceRoutes =
  ({
    web,
    hierarchy,
    applications,
    alwaysOn,
    sync,
    conflicts,
    events,
    connections,
    audit,
  }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const describe = async (userId: string, one: PlacedInstance): Promise<Instance> => ({
      id: one.id,
      organization: one.organization,
      space: one.space,
      name: one.name,
      remotePath: one.remotePath,
      role: one.role,
      ...applications.of(userId, one.id),
      alwaysOn: await alwaysOn.has(userId, one.id),
      paused: await sync.isPaused(userId, one.id),
      sync: forRole(one, await sync.status(userId, one.id)),
    });

    app.get("/api/instances", { schema: { response: { 200: z.array(instance) } } }, async (request) => {
      const { user } = await web.login(request);
      return Promise.all((await hierarchy.instancesOf(user.id)).map((one) => describe(user.id, one)));
    });
    app.get("/api/instances/:id", { schema: { params: byId, response: { 200: instance } } }, async (request) => {
      const { user } = await web.login(request);
      return describe(user.id, await hierarchy.instance(user.id, request.params.id));
    });

    app.post(
      "/api/instances/:id/always-on",
      { schema: { params: byId, body: z.object({ on: z.boolean() }), response: { 200: instance } } },
      async (request) => {
        const { user } = await web.login(request);
        const one = await hierarchy.instance(user.id, request.params.id);
        const { on } = request.body;
        await alwaysOn.set(user.id, one, on);
        await audit.note(await web.by(request), on ? "always on" : "not always on", aboutInstance(one));
        return describe(user.id, one);
      },
    );

    app.get(
      "/api/instances/:id/sync",
      { schema: { params: byId, response: { 200: syncDetails } } },
      async (request) => {
        const { user } = await web.login(request);
        await hierarchy.instance(user.id, request.params.id);
        return sync.details(user.id, request.params.id);
      },
    );
    app.post(
      "/api/instances/:id/sync",
      { schema: { params: byId, body: syncCommand, response: { 200: syncDetails } } },
      async (request) => {
        const { user } = await web.login(request);
        const { id } = await hierarchy.instance(user.id, request.params.id);
        const { command } = request.body;
        // Her own copy, which a viewer may have too; and it may be said of one that does not run now.
        if (command === "pause" || command === "resume") {
          await sync.setPaused(user.id, id, command === "pause");
          return sync.details(user.id, id);
        }
        const session = sync.session(user.id, id);
        if (session === null)
          throw new RequestError(
            409,
            "no-session",
            "Nothing is synced now: start an application, or set the instance to always on.",
          );
        session.resolveHeld(command === "apply held" ? "apply" : "bring back");
        return sync.details(user.id, id);
      },
    );

    app.post(
      "/api/instances/:id/conflict",
      { schema: { params: byId, body: conflictChoice, response: { 200: settledConflict } } },
      async (request) => {
        const { user } = await web.login(request);
        const placed = await hierarchy.instance(user.id, request.params.id);
        const { copy, choice: keep, copyVersion, originalVersion } = request.body;
        const seen = { copy: copyVersion, original: originalVersion };
        return { path: await conflicts.settle(user.id, placed, { copy, keep, seen }) };
      },
    );

    app.get("/api/events", async (request, reply) => {
      const login = await web.login(request);
      reply.hijack();
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as OutgoingHttpHeaders),
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      reply.raw.write("retry: 1000\n\n");
      const stop = events.listen(login.user.id, (name, data) => {
        reply.raw.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
      });
      // Something now and then, so that whatever stands between keeps the connection.
      const beat = setInterval(() => reply.raw.write(": still here\n\n"), 20_000);
      const forget = connections.add(login, () => reply.raw.end());
      request.raw.on("close", () => {
        forget();
        stop();
        clearInterval(beat);
      });
    });
  };

/** Where no application may run there is no sync either, and that is not for the user to change. */
function forRole({ role }: PlacedInstance, status: SyncStatus): SyncStatus {
  if (role === "editor" || status.state !== "stopped") return status;
  return { ...status, message: "Files that you may only look at are not synced with your Dropbox." };
}
