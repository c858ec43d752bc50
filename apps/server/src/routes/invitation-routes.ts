import { acceptance, openInvitation, user } from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Services } from "../services.ts";
import { fromOf } from "../web-sessions.ts";

const token = z.object({ token: z.string().min(1).max(200) });
/** For one address, a minute: a link can't be guessed, but a password could be tried. */
const config = { open: true, rateLimit: { max: 20, timeWindow: 60_000 } };

/** For whoever was given an invitation's link; nobody has to be logged in. */
export const invitationRoutes =
  ({ web, invitations, administration, audit }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    app.post(
      "/api/invitation",
      { schema: { body: token, response: { 200: openInvitation } }, config },
      async (request) => invitations.describe(request.body.token),
    );
    app.post(
      "/api/invitation/accept",
      { schema: { body: token.extend(acceptance.shape), response: { 200: user } }, config },
      async (request, reply) => {
        const { token: given, ...rest } = request.body;
        const login = await invitations.accept(given, rest, fromOf(request));
        const by = { user: login.user, address: request.ip };
        await audit.note(by, "join", await audit.about(login.unit), login.role);
        web.set(reply, login.token);
        await administration.joined(login.user.id);
        return login.user;
      },
    );
  };
