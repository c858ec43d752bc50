import { endedSessions, newPassword, webSessions as sessionList } from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { createRateLimit } from "../rate-limit.ts";
import { RequestError } from "../server-error.ts";
import type { Services } from "../services.ts";

/** A minute, that do not succeed: whoever finds a browser open may not guess on and on. */
const PASSWORD_TRIES = 10;

/** A user's own logins and password. */
export const accountRoutes =
  ({ accounts, webSessions, connections, audit, web }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const limit = createRateLimit(PASSWORD_TRIES);
    /** What goes on under them ends with them. */
    const ended = (hashes: readonly string[]) => {
      for (const hash of hashes) connections.end(hash);
      return { ended: hashes.length };
    };

    app.get("/api/account/sessions", { schema: { response: { 200: sessionList } } }, async (request) => {
      const { user, sessionHash } = await web.login(request);
      return { sessions: await webSessions.list(user.id, sessionHash) };
    });
    app.post(
      "/api/account/sessions/:sessionId/end",
      { schema: { params: z.object({ sessionId: z.string() }), response: { 200: endedSessions } } },
      async (request) => {
        const { user } = await web.login(request);
        const hash = await webSessions.end(user.id, request.params.sessionId);
        if (hash === null) throw new RequestError(404, "not-found", "There is no such session any more.");
        await audit.note(await web.by(request), "end sessions", null, "1");
        return ended([hash]);
      },
    );
    app.post("/api/account/sessions/end-others", { schema: { response: { 200: endedSessions } } }, async (request) => {
      const { user, sessionHash } = await web.login(request);
      const hashes = await webSessions.endOthers(user.id, sessionHash);
      await audit.note(await web.by(request), "end sessions", null, String(hashes.length));
      return ended(hashes);
    });
    app.post(
      "/api/account/password",
      { schema: { body: newPassword, response: { 200: endedSessions } } },
      async (request) => {
        const { user, sessionHash } = await web.login(request);
        limit.take(user.id);
        const { current, next } = request.body;
        if (!(await accounts.setPassword(user, current, next)))
          throw new RequestError(403, "wrong-password", "That is not your current password: try again.");
        limit.forget(user.id);
        await audit.note(await web.by(request), "change password", null);
        // Whoever knew the old one is out.
        return ended(await webSessions.endOthers(user.id, sessionHash));
      },
    );
  };
