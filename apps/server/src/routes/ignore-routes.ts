import { ignorePreview, ignoreText, takenOut, takingOut } from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { limitCostly } from "../costly-work.ts";
import { createIgnoring } from "../ignoring.ts";
import type { Services } from "../services.ts";

const byId = z.object({ id: z.string() });

/** What an instance's ignore file leaves out, or would; the file itself is written as any other. */
export const ignoreRoutes =
  (services: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const { web, hierarchy } = services;
    const ignoring = createIgnoring(services);
    const limit = limitCostly("previews");

    app.post(
      "/api/instances/:id/ignore/preview",
      { schema: { params: byId, body: ignoreText, response: { 200: ignorePreview } } },
      async (request, reply) => {
        const { user } = await web.login(request);
        const instance = await hierarchy.instance(user.id, request.params.id);
        limit(user.id);
        // Who types on has no use for it any more.
        const gone = new AbortController();
        reply.raw.once("close", () => gone.abort());
        return ignoring.preview(user.id, instance, request.body.text, gone.signal);
      },
    );
    app.post(
      "/api/instances/:id/ignore/take-out",
      { schema: { params: byId, body: takingOut, response: { 200: takenOut } } },
      async (request) => {
        const { user } = await web.login(request);
        const instance = await hierarchy.instance(user.id, request.params.id);
        return ignoring.takeOut(user.id, instance, request.body.agreed);
      },
    );
  };
