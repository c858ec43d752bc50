import { type AuditAction, invitationLink, invite, level, membership, role, type Unit } from "@twinfold/api";
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Services } from "../services.ts";

const byUnit = z.object({ level, id: z.string() });
const done = { 200: z.object({}) };

/** Where the pages take an invitation. */
export const INVITATION_PATH = "/invitation";

/** Members of an organization, a space or an instance: listed, invited, given another role, removed. */
export const memberRoutes =
  ({ web, permissions, members, invitations, administration, audit }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const permitted = async (request: FastifyRequest, unit: z.infer<typeof byUnit>) => {
      const { user } = await web.login(request);
      await permissions.mayAdminister(user.id, unit);
      return { user, unit };
    };
    const noted = async (request: FastifyRequest, action: AuditAction, unit: Unit, details: string) =>
      audit.note(await web.by(request), action, await audit.about(unit), details);

    app.get(
      "/api/administration/:level/:id/members",
      { schema: { params: byUnit, response: { 200: membership } } },
      async (request) => {
        const { unit } = await permitted(request, request.params);
        return { members: await members.list(unit), invitations: await invitations.list(unit) };
      },
    );
    app.post(
      "/api/administration/:level/:id/members/role",
      { schema: { params: byUnit, body: z.object({ userId: z.string(), role }), response: done } },
      async (request) => {
        const { unit } = await permitted(request, request.params);
        const { userId, role } = request.body;
        await administration.setRole(unit, userId, role);
        await noted(request, "change role", unit, `${await audit.nameOf(userId)} is ${role} now`);
        return {};
      },
    );
    app.post(
      "/api/administration/:level/:id/members/remove",
      { schema: { params: byUnit, body: z.object({ userId: z.string() }), response: done } },
      async (request) => {
        const { unit } = await permitted(request, request.params);
        const { userId } = request.body;
        await administration.removeMember(unit, userId);
        await noted(request, "remove member", unit, await audit.nameOf(userId));
        return {};
      },
    );
    app.post(
      "/api/administration/:level/:id/invitations",
      { schema: { params: byUnit, body: invite, response: { 200: invitationLink } } },
      async (request) => {
        const { user, unit } = await permitted(request, request.params);
        const { token, expiresAt } = await invitations.create(unit, user.id, request.body);
        await noted(request, "invite", unit, `${request.body.email} as ${request.body.role}`);
        // Behind the #, which browsers send to nobody: no log and no Referer has it.
        return { url: `${web.publicUrl()}${INVITATION_PATH}#${token}`, expiresAt };
      },
    );
    app.post(
      "/api/administration/:level/:id/invitations/withdraw",
      { schema: { params: byUnit, body: z.object({ invitationId: z.string() }), response: done } },
      async (request) => {
        const { unit } = await permitted(request, request.params);
        const email = await invitations.withdraw(unit, request.body.invitationId);
        await noted(request, "withdraw invitation", unit, email);
        return {};
      },
    );
  };
