import cookie from "@fastify/cookie";
import websocket from "@fastify/websocket";
import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { type ApplicationVisits, createApplicationVisits } from "./application-visits.ts";
import { explain } from "./error-answers.ts";
import { applicationArrivalRoute } from "./routes/application-arrival-route.ts";
import { applicationPagesRoutes } from "./routes/application-pages-routes.ts";
import type { Services } from "./services.ts";

type Given = Pick<Services, "access" | "applicationOrigin" | "applications" | "connections" | "web" | "webSessions">;
/** What the routes at the applications' origin work with. */
export type ApplicationOriginServices = Given & { readonly visits: ApplicationVisits };

/** The applications' origin: their pages, and nothing of ours but the way there. */
export async function createApplicationsApp(
  given: Given,
  options: {
    readonly trustedProxies: readonly string[];
    /** Until then who asks waits. */
    readonly begun: Promise<void>;
  },
): Promise<FastifyInstance> {
  const { trustedProxies, begun } = options;
  const app = fastify({
    logger: { level: "warn", redact: ["req.headers.cookie", "req.headers.authorization"] },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
  });
  app.addHook("onRequest", () => begun);
  await app.register(cookie);
  await app.register(websocket);
  app.setErrorHandler((error: FastifyError | Error, request, reply) => {
    const [status, code, message] = explain(error);
    if (status >= 500) request.log.error(error);
    return reply.status(status).send({ error: { code, message } });
  });
  const services = { ...given, visits: createApplicationVisits(given) };
  await app.register(applicationArrivalRoute(services));
  await app.register(applicationPagesRoutes(services));
  app.setNotFoundHandler((_request, reply) =>
    reply
      .status(404)
      .type("text/plain")
      .send(`Applications show their pages here. Twinfold is at ${given.web.publicUrl()}`),
  );
  return app;
}
