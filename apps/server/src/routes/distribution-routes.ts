import {
  distributionList,
  distributionNotices,
  distributionUndo,
  distributionUndone,
  distributionUndoneInAll,
  newDistribution,
} from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { aboutInstance } from "../audit-log.ts";
import { limitCostly } from "../costly-work.ts";
import { firstOf } from "../first-of.ts";
import type { Restored } from "../restores.ts";
import type { Services } from "../services.ts";

const byId = z.object({ id: z.string() });
const byDistribution = z.object({ id: z.string(), distributionId: z.string() });

/** Who may look at the source may distribute from it, to where she is an editor; each user sees and undoes her own. */
export const distributionRoutes =
  ({ web, hierarchy, distributions, distributionNotices: notices, audit }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const limit = limitCostly("distributions");
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
        limit(user.id);
        const id = await distributions.begin(user.id, source, request.body);
        const targets = (await hierarchy.instancesOf(user.id)).filter((one) => request.body.targets.includes(one.id));
        // Each organization is told of its own instances only.
        const [inside, outside] = [true, false].map((isInside) =>
          targets.filter((one) => (one.organizationId === source.organizationId) === isInside).map(aboutInstance),
        );
        const by = await web.by(request);
        if (inside?.length) await audit.note(by, "distribute", inside, `from ${aboutInstance(source).subject}`);
        if (outside?.length) await audit.note(by, "distribute", outside, "from another organization");
        return { id };
      },
    );
    app.post(
      "/api/instances/:id/distributions/:distributionId/undo",
      {
        schema: {
          ...{ params: byDistribution, body: distributionUndo },
          response: { 200: z.union([distributionUndone, distributionUndoneInAll]) },
        },
      },
      async (request) => {
        const { user } = await web.login(request);
        const { id, distributionId } = request.params;
        const source = await hierarchy.instance(user.id, id);
        const by = await web.by(request);
        const note = async (targetId: string) =>
          audit.note(by, "undo distribution", aboutInstance(await hierarchy.instance(user.id, targetId)));
        const told = ({ left, refused, ...done }: Restored) => ({
          ...done,
          left: firstOf(left),
          refused: firstOf(refused),
        });
        const { targetId } = request.body;
        if (targetId !== undefined) {
          const done = await distributions.undo(user.id, source, distributionId, targetId);
          await note(targetId);
          return told(done);
        }
        const all = await distributions.undoInAll(user.id, source, distributionId);
        for (const { instanceId, done } of all) if (done !== null) await note(instanceId);
        return {
          targets: all.map(({ instanceId, done, problem }) => ({
            ...{ instanceId, undone: done === null ? null : told(done), problem },
          })),
        };
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
