import { openApplicationPath } from "@twinfold/api";
import type { FastifyPluginAsync } from "fastify";
import { z } from "zod";
import type { ApplicationOriginServices } from "../applications-app.ts";
import { tokenHash } from "../tokens.ts";

const query = z.object({ code: z.string().optional().catch(undefined), to: z.string().optional().catch(undefined) });

const notGood = (again: string) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Not opened</title>
<p>An application's address with a code in it is good once, for a moment, and in the browser that asked for it.
<p><a href="${again}">Open the application again</a>`;

/** How a browser comes to an application: by way of our pages, where its login is, and back with a code. */
export const applicationArrivalRoute =
  ({ access, visits, web }: ApplicationOriginServices): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Params: { id: string; applicationId: string } }>("/open/:id/:applicationId", async (request, reply) => {
      const { id, applicationId } = request.params;
      visits.checkHost(request, applicationId);
      const { code, to } = query.parse(request.query);
      reply.headers({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
      const ours = new URL(
        openApplicationPath({ instanceId: encodeURIComponent(id), id: encodeURIComponent(applicationId) }),
        web.publicUrl(),
      );
      if (code === undefined) {
        ours.searchParams.set("challenge", tokenHash(visits.arrive(request, reply, id, applicationId)));
        if (to !== undefined) ours.searchParams.set("to", to);
        return reply.redirect(ours.href);
      }
      const opened = access.redeem(code, applicationId, visits.arrived(request) ?? "");
      if (opened === null) return reply.status(403).type("text/html").send(notGood(ours.href));
      visits.begin(reply, id, applicationId, opened.token);
      return reply.redirect(opened.to);
    });
  };
