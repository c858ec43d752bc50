import type { FastifyPluginAsync } from "fastify";
import { z } from "zod";
import { arrivalPath, pagesPath } from "../application-origin.ts";
import { isForPerson, isOpening } from "../request-source.ts";
import { RequestError } from "../server-error.ts";
import type { Services } from "../services.ts";

const asked = z.object({ challenge: z.string().regex(/^[0-9a-f]{64}$/), to: z.string().catch("") });

/**
 * From our pages to those of an application, which are at another origin. The browser comes from there with the hash of a
 * secret that it keeps, and goes back with a code, which is good with that secret only: so nobody can have another's browser
 * open an application of his, beside which hers would be.
 */
export const applicationOpeningRoute =
  ({ web, applications, access, applicationOrigin }: Services): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Params: { id: string; applicationId: string } }>(
      "/instances/:id/applications/:applicationId/open",
      async (request, reply) => {
        const { id, applicationId } = request.params;
        try {
          if (!isOpening(request.method, request.headers))
            throw new RequestError(
              403,
              "no-part",
              "An application is opened as a page of its own, not as part of another.",
            );
          const login = await web.login(request);
          applications.pages(login.user.id, id, applicationId);
          const arrival = new URL(arrivalPath(id, applicationId), applicationOrigin().of(applicationId));
          const given = asked.safeParse(request.query).data;
          if (given !== undefined) {
            const base = pagesPath(id, applicationId);
            const to = given.to.startsWith(base) ? given.to : base;
            arrival.searchParams.set("code", access.offer(login, applicationId, given.challenge, to));
          }
          return reply.header("cache-control", "no-store").redirect(arrival.href);
        } catch (error) {
          if (!(error instanceof RequestError) || !isForPerson(request.method, request.headers)) throw error;
          // Where she logs in, or sees that it has ended and starts it again.
          return reply.redirect(`/instances/${encodeURIComponent(id)}/applications`);
        }
      },
    );
  };
