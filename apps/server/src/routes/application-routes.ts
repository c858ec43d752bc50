import { application, applicationKind, applicationOutput, newApplication, TERMINAL } from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Services } from "../services.ts";

const byId = z.object({ id: z.string() });
const done = { 200: z.object({}) };

/** What can be started, and each user's own that run. */
export const applicationRoutes =
  ({ web, hierarchy, applications, catalogue }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    app.get("/api/application-kinds", { schema: { response: { 200: z.array(applicationKind) } } }, async (request) => {
      await web.login(request);
      return [...catalogue.kinds];
    });
    app.post(
      "/api/instances/:id/application",
      { schema: { params: byId, body: newApplication, response: { 200: application } } },
      async (request) => {
        const { user } = await web.login(request);
        const instance = await hierarchy.instance(user.id, request.params.id);
        return applications.start(user.id, instance, request.body?.kind ?? TERMINAL);
      },
    );
    app.post("/api/applications/:id/stop", { schema: { params: byId, response: done } }, async (request) => {
      const { user } = await web.login(request);
      await applications.stop(user.id, request.params.id);
      return {};
    });
    app.post("/api/applications/:id/keep", { schema: { params: byId, response: done } }, async (request) => {
      const { user } = await web.login(request);
      applications.keep(user.id, request.params.id);
      return {};
    });
    app.get(
      "/api/applications/:id/output",
      { schema: { params: byId, response: { 200: applicationOutput } } },
      async (request) => {
        const { user } = await web.login(request);
        return { output: applications.output(user.id, request.params.id) };
      },
    );
  };
