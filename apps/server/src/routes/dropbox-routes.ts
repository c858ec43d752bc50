import { bandwidthPlan, bandwidth as bandwidthTold, link, redirect } from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { limitCostly } from "../costly-work.ts";
import type { Services } from "../services.ts";

/** Where Dropbox sends the browser back to; registered with the app. */
export const CALLBACK_PATH = "/oauth/dropbox/callback";
const SETTINGS_PAGE = "/account/settings/dropbox";

export const dropboxRoutes =
  ({ web, links, sync, bandwidth, events, audit }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const limit = limitCostly("links");
    app.get("/api/dropbox", { schema: { response: { 200: link } } }, async (request) => {
      const { user } = await web.login(request);
      const described = await links.describe(user.id);
      // What the page has just found out, sessions need not find out later.
      if (described.revoked) sync.lookAgain(user.id);
      return described;
    });
    app.post(
      "/api/dropbox/link",
      { schema: { body: z.object({ otherAccount: z.boolean().default(false) }), response: { 200: redirect } } },
      async (request) => {
        const { user, sessionHash } = await web.login(request);
        limit(user.id);
        return { url: await links.begin(user.id, sessionHash, request.body.otherAccount) };
      },
    );
    app.post("/api/dropbox/unlink", { schema: { response: { 200: z.object({}) } } }, async (request) => {
      const { user } = await web.login(request);
      await links.end(user.id);
      await audit.note(await web.by(request), "unlink", null);
      await sync.relink(user.id);
      events.tell(user.id, "link", { linked: false });
      return {};
    });
    app.get("/api/dropbox/bandwidth", { schema: { response: { 200: bandwidthTold } } }, async (request) => {
      const { user } = await web.login(request);
      return bandwidth.describe(user.id);
    });
    app.post(
      "/api/dropbox/bandwidth",
      { schema: { body: bandwidthPlan, response: { 200: bandwidthTold } } },
      async (request) => {
        const { user } = await web.login(request);
        await bandwidth.set(user.id, request.body);
        return bandwidth.describe(user.id);
      },
    );
    app.get(
      CALLBACK_PATH,
      {
        schema: {
          querystring: z.object({
            state: z.string().optional(),
            code: z.string().optional(),
            error: z.string().optional(),
          }),
        },
      },
      async (request, reply) => {
        const login = await web.login(request).catch(() => null);
        // What was begun belongs to a login that has ended: after the next one the settings page says so.
        const next = `${SETTINGS_PAGE}?problem=state`;
        if (login === null) return reply.redirect(`/login?${new URLSearchParams({ next })}`);
        const { problem, former } = await links.finish(login.user.id, login.sessionHash, request.query);
        if (problem !== null) return reply.redirect(`${SETTINGS_PAGE}?problem=${problem}`);
        await audit.note({ user: login.user, address: request.ip }, "link", null);
        await sync.relink(login.user.id);
        if (former !== null) await links.revoke(former);
        events.tell(login.user.id, "link", { linked: true });
        return reply.redirect(`${SETTINGS_PAGE}?linked=1`);
      },
    );
  };
