import { activityPage, activityQuery, undone } from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Services } from "../services.ts";

const byId = z.object({ id: z.string() });
const byEntry = z.object({ id: z.string(), entryId: z.string().regex(/^\d{1,18}$/) });

export const activityRoutes =
  ({ web, hierarchy, activity, undo }: Services): FastifyPluginAsyncZod =>
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
    app.post(
      "/api/instances/:id/activity/:entryId/undo",
      { schema: { params: byEntry, response: { 200: undone } } },
      async (request) => {
        const { user } = await web.login(request);
        const instance = await hierarchy.instance(user.id, request.params.id);
        return undo.undo(user.id, instance, request.params.entryId);
      },
    );
  };
