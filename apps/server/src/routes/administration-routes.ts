import { administered, dropboxOutcome, type Level, level, type Unit, unitName } from "@twinfold/api";
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Services } from "../services.ts";

const created = { 200: z.object({ id: z.string() }) };
const done = { 200: z.object({}) };
const byUnit = z.object({ level, id: z.string() });

/** Organizations, spaces and instances: made, renamed, archived, deleted. */
export const administrationRoutes =
  ({ web, hierarchy, permissions, administration }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const permitted = async (request: FastifyRequest, unit: Unit): Promise<Unit> => {
      const { user } = await web.login(request);
      await permissions.mayAdminister(user.id, unit);
      return unit;
    };
    const create = async (request: FastifyRequest, made: Level, within: Unit, name: string) => {
      await permitted(request, within);
      const { user } = await web.login(request);
      return { id: await administration.create(made, within.id, name, user.id) };
    };

    app.get("/api/administration", { schema: { response: { 200: administered } } }, async (request) => {
      const { user } = await web.login(request);
      return hierarchy.administeredBy(user.id);
    });
    app.post(
      "/api/administration/organizations",
      { schema: { body: unitName, response: created } },
      async (request) => {
        const { user } = await web.login(request);
        await permissions.mayCreateOrganization(user.id);
        return { id: await administration.create("organization", null, request.body.name, user.id) };
      },
    );
    app.post(
      "/api/administration/organization/:id/spaces",
      { schema: { params: byUnit.pick({ id: true }), body: unitName, response: created } },
      (request) => create(request, "space", { level: "organization", id: request.params.id }, request.body.name),
    );
    app.post(
      "/api/administration/space/:id/instances",
      { schema: { params: byUnit.pick({ id: true }), body: unitName, response: created } },
      (request) => create(request, "instance", { level: "space", id: request.params.id }, request.body.name),
    );
    app.post(
      "/api/administration/:level/:id/rename",
      { schema: { params: byUnit, body: unitName, response: { 200: dropboxOutcome } } },
      async (request) => administration.rename(await permitted(request, request.params), request.body.name),
    );
    app.post(
      "/api/administration/:level/:id/archive",
      { schema: { params: byUnit, body: z.object({ archived: z.boolean() }), response: done } },
      async (request) => {
        await administration.setArchived(await permitted(request, request.params), request.body.archived);
        return {};
      },
    );
    app.post(
      "/api/administration/:level/:id/delete",
      {
        schema: { params: byUnit, body: z.object({ alsoInDropbox: z.boolean() }), response: { 200: dropboxOutcome } },
      },
      async (request) => administration.remove(await permitted(request, request.params), request.body.alsoInDropbox),
    );
  };
