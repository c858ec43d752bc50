import { credentials, user } from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { createRateLimit } from "../rate-limit.ts";
import { RequestError } from "../server-error.ts";
import type { Services } from "../services.ts";
import { tokenHash } from "../tokens.ts";
import { fromOf } from "../web-sessions.ts";

/** Tries a minute for one address, and from whichever addresses for one user, whose password somebody may be guessing. */
const LOGIN_TRIES = 10;

export const loginRoutes =
  ({ accounts, firstPassword, connections, audit, web }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const limit = createRateLimit(LOGIN_TRIES);
    app.post(
      "/api/login",
      {
        schema: { body: credentials, response: { 200: user } },
        config: { open: true, rateLimit: { max: LOGIN_TRIES, timeWindow: 60_000 } },
      },
      async (request, reply) => {
        const { password } = request.body;
        const email = request.body.email.trim().toLowerCase();
        limit.take(email);
        const login = await accounts.login(email, password, fromOf(request));
        if (login === null) {
          audit.failedLogin(email, request.ip);
          throw new RequestError(401, "wrong-password", "The e-mail address or the password is wrong.");
        }
        await audit.note({ user: login.user, address: request.ip }, "log in", null);
        limit.forget(email);
        firstPassword.loggedIn(login.user.email);
        web.set(reply, login.token);
        return login.user;
      },
    );
    app.post(
      "/api/logout",
      { schema: { response: { 200: z.object({}) } }, config: { open: true } },
      async (request, reply) => {
        const token = web.token(request);
        if (token !== undefined) {
          await accounts.logout(tokenHash(token));
          connections.end(tokenHash(token));
        }
        web.clear(reply);
        return {};
      },
    );
    app.get("/api/me", { schema: { response: { 200: user } } }, async (request) => (await web.login(request)).user);
  };
