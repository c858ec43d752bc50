import {
  distributionList,
  distributionNotices,
  distributionUndo,
  distributionUndone,
  newDistribution,
} from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { firstOf } from "../distribution-records.ts";
import type { Services } from "../services.ts";

const byId = z.object({ id: z.string() });
const byDistribution = z.object({ id: z.string(), distributionId: z.string() });

/** Who may look at the source may distribute from it, to where she is an editor; each user sees and undoes her own. */
export const distributionRoutes =
  ({ web, hierarchy, distributions, distributionNotices: notices }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      "/api/instances/:id/distributions",
      { schema: { params: byId, response: { 200: distributionList } } },
      async (request) => {
        const { user } = await web.login(request);
        const source = await hierarchy.instance(user.id, request.params.id);
        return { distributions: await distributions.list(user.id, source.id) };
      },
    );
    app.post(
      "/api/instances/:id/distributions",
      { schema: { params: byId, body: newDistribution, response: { 200: z.object({ id: z.string() }) } } },
      async (request) => {
        const { user } = await web.login(request);
        const source = await hierarchy.instance(user.id, request.params.id);
        return { id: await distributions.begin(user.id, source, request.body) };
      },
    );
    app.post(
      "/api/instances/:id/distributions/:distributionId/undo",
      { schema: { params: byDistribution, body: distributionUndo, response: { 200: distributionUndone } } },
      async (request) => {
        const { user } = await web.login(request);
        const { id, distributionId } = request.params;
        const source = await hierarchy.instance(user.id, id);
        const done = await distributions.undo(user.id, source, distributionId, request.body.targetId);
        return { safety: done.safety, reached: done.reached, left: firstOf(done.left) };
      },
    );

    app.get("/api/distribution-notices", { schema: { response: { 200: distributionNotices } } }, async (request) => {
      const { user } = await web.login(request);
      return { notices: await notices.of(user.id) };
    });
    app.post(
      "/api/instances/:id/distributions/:distributionId/put-away",
      { schema: { params: byDistribution, response: { 200: z.object({}) } } },
      async (request) => {
        const { user } = await web.login(request);
        const { id } = await hierarchy.instance(user.id, request.params.id);
        await notices.putAway(user.id, request.params.distributionId, id);
        return {};
      },
    );
  };
