import { existsSync } from "node:fs";
import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import staticFiles from "@fastify/static";
import swagger from "@fastify/swagger";
import websocket from "@fastify/websocket";
import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { explain } from "./error-answers.ts";
import { accountRoutes } from "./routes/account-routes.ts";
import { activityRoutes } from "./routes/activity-routes.ts";
import { administrationRoutes } from "./routes/administration-routes.ts";
import { applicationOpeningRoute } from "./routes/application-opening-route.ts";
import { applicationRoutes } from "./routes/application-routes.ts";
import { distributionRoutes } from "./routes/distribution-routes.ts";
import { dropboxRoutes } from "./routes/dropbox-routes.ts";
import { fileContentRoutes } from "./routes/file-content-routes.ts";
import { fileRoutes } from "./routes/file-routes.ts";
import { ignoreRoutes } from "./routes/ignore-routes.ts";
import { instanceRoutes } from "./routes/instance-routes.ts";
import { invitationRoutes } from "./routes/invitation-routes.ts";
import { loginRoutes } from "./routes/login-routes.ts";
import { memberRoutes } from "./routes/member-routes.ts";
import { snapshotRoutes } from "./routes/snapshot-routes.ts";
import { terminalRoute } from "./routes/terminal-route.ts";
import { uploadRoutes } from "./routes/upload-routes.ts";
import { RequestError } from "./server-error.ts";
import type { Services } from "./services.ts";
import { LOOKING } from "./web-session.ts";

/** Nothing from elsewhere, nothing inline, no frame around it; in one only what a page holds itself, which are PDF files. */
const HEADERS = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' data: blob:; frame-src blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
} as const;

/** What the build has compressed has no address of its own. */
const COMPRESSED_BESIDE = { preCompressed: true, globIgnore: ["**/*.{br,gz}"] };

declare module "fastify" {
  interface FastifyContextConfig {
    /** Of a route of the API that is for everybody; all others are for who is logged in. */
    open?: boolean;
  }
}

/** The HTTP side: routes, pages, and what holds for each request. */
export async function createHttpApp(
  services: Services,
  options: {
    readonly pages: string;
    readonly trustedProxies: readonly string[];
    /** Bytes of a file. */
    readonly largestUpload: number;
    /** Until then who asks waits. */
    readonly begun: Promise<void>;
  },
): Promise<FastifyInstance> {
  const { pages, trustedProxies, largestUpload, begun } = options;
  const app = fastify({
    logger: { level: "warn", redact: ["req.headers.cookie", "req.headers.authorization"] },
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  await app.register(websocket, { options: { maxPayload: 1024 * 1024 } });
  await app.register(swagger, {
    openapi: { info: { title: "Twinfold", version: "0.1.0" } },
    transform: jsonSchemaTransform,
  });

  app.setErrorHandler((error: FastifyError | Error, request, reply) => {
    const [status, code, message] = explain(error);
    if (status >= 500) request.log.error(error);
    // What is still being sent is not waited for.
    if (status === 413) reply.header("connection", "close");
    if (error instanceof RequestError && error.retryAfter !== null) reply.header("retry-after", error.retryAfter);
    return reply.status(status).send({ error: { code, message } });
  });
  app.addHook("onRequest", async (request, reply) => {
    await begun;
    reply.headers(HEADERS);
    if (services.web.isSecure()) reply.header("strict-transport-security", "max-age=31536000");
    // By the route that was found: a path can be written in many ways.
    const ofApi = request.routeOptions.url?.startsWith("/api/") ?? false;
    if (ofApi) reply.header("cache-control", "no-store");
    if (ofApi || !LOOKING.has(request.method)) services.web.checkMeant(request);
    // Before anything of it is read.
    if (ofApi && request.routeOptions.config.open !== true) await services.web.login(request);
  });

  app.get("/healthz", async () => ({ ok: true }));
  app.get("/api/openapi.json", { config: { open: true } }, async () => app.swagger());
  await app.register(loginRoutes(services));
  await app.register(accountRoutes(services));
  await app.register(instanceRoutes(services));
  await app.register(applicationRoutes(services));
  await app.register(applicationOpeningRoute(services));
  await app.register(administrationRoutes(services));
  await app.register(memberRoutes(services));
  await app.register(invitationRoutes(services));
  await app.register(dropboxRoutes(services));
  await app.register(fileRoutes(services));
  await app.register(ignoreRoutes(services));
  await app.register(fileContentRoutes(services, largestUpload));
  await app.register(uploadRoutes(services, largestUpload));
  await app.register(snapshotRoutes(services));
  await app.register(distributionRoutes(services));
  await app.register(terminalRoute(services));
  await app.register(activityRoutes(services));

  const built = existsSync(`${pages}/index.html`);
  // The answers of the API stay as they are: what is secret in one beside what a request brought could be guessed by its length.
  if (built) await app.register(staticFiles, { root: pages, wildcard: false, ...COMPRESSED_BESIDE });
  app.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith("/api/") || !LOOKING.has(request.method)) {
      return reply.status(404).send({ error: { code: "not-found", message: "There is no such route." } });
    }
    if (!built) return reply.status(503).type("text/plain").send("The pages are not built yet: run npm run build.");
    // Each address within the pages is theirs to show.
    return reply.header("cache-control", "no-cache").sendFile("index.html");
  });
  return app;
}
