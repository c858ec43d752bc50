import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { activityPage, activityQuery, activityVersion, begunUndo, undoList } from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { asFile } from "../saved-as.ts";
import type { Services } from "../services.ts";

const byId = z.object({ id: z.string() });
const byEntry = z.object({ id: z.string(), entryId: z.string().regex(/^\d{1,18}$/) });
const byVersion = byEntry.extend({ which: activityVersion });
const byUndo = z.object({ id: z.string(), undoId: z.string() });

export const activityRoutes =
  ({ web, hierarchy, activity, undo, versions }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/api/instances/:id/activity",
      { schema: { params: byId, querystring: activityQuery, response: { 200: activityPage } } },
      async (request) => {
        const { user } = await web.login(request);
        const { id } = await hierarchy.instance(user.id, request.params.id);
        return activity.page(user.id, id, request.query.before);
      },
    );
    app.get(
      "/api/instances/:id/activity/:entryId/versions/:which",
      { schema: { params: byVersion } },
      async (request, reply) => {
        const { user } = await web.login(request);
        const instance = await hierarchy.instance(user.id, request.params.id);
        const { entryId, which } = request.params;
        const gone = new AbortController();
        reply.raw.once("close", () => gone.abort());
        await versions.use(user.id, instance, entryId, which, async (name, kept) => {
          const body = new PassThrough();
          asFile(reply, name, kept.size).send(body);
          // What goes wrong from here on can be told in no other way than by an answer that is cut short.
          await kept.read((content) => pipeline(content, body), gone.signal).catch(() => body.destroy());
        });
        return reply;
      },
    );
    app.post(
      "/api/instances/:id/activity/:entryId/undo",
      { schema: { params: byEntry, response: { 202: begunUndo } } },
      async (request, reply) => {
        const { user } = await web.login(request);
        const instance = await hierarchy.instance(user.id, request.params.id);
        return reply.code(202).send({ id: await undo.begin(user.id, instance, request.params.entryId) });
      },
    );
    app.get("/api/instances/:id/undos", { schema: { params: byId, response: { 200: undoList } } }, async (request) => {
      const { user } = await web.login(request);
      const { id } = await hierarchy.instance(user.id, request.params.id);
      return { undos: await undo.list(user.id, id) };
    });
    app.post(
      "/api/instances/:id/undos/:undoId/put-away",
      { schema: { params: byUndo, response: { 200: z.object({}) } } },
      async (request) => {
        const { user } = await web.login(request);
        const { id } = await hierarchy.instance(user.id, request.params.id);
        await undo.putAway(user.id, id, request.params.undoId);
        return {};
      },
    );
  };
