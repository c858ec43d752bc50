import {
  type AuditAction,
  activityQuery,
  administered,
  auditPage,
  dropboxOutcome,
  type Level,
  level,
  type Unit,
  unitDeletion,
  unitName,
} from "@twinfold/api";
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Services } from "../services.ts";

const newId = { 200: z.object({ id: z.string() }) };
const done = { 200: z.object({}) };
const byUnit = z.object({ level, id: z.string() });
const unitIn = (params: unknown): Unit => byUnit.parse(params);

/** Organizations, spaces and instances: made, renamed, archived, deleted. */
export const administrationRoutes =
  ({ web, hierarchy, permissions, administration, audit }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const permitted = async (request: FastifyRequest, unit: Unit): Promise<Unit> => {
      const { user } = await web.login(request);
      await permissions.mayAdminister(user.id, unit);
      return unit;
    };
    const create = async (request: FastifyRequest, made: Level, within: Unit, name: string) => {
      await permitted(request, within);
      return created(request, made, within.id, name);
    };
    const created = async (request: FastifyRequest, made: Level, within: string | null, name: string) => {
      const by = await web.by(request);
      const id = await administration.create(made, within, name, by.user.id);
      await audit.note(by, "create", await audit.about({ level: made, id }), made);
      return { id };
    };
    /** Does something to a unit, and writes it down as the unit was called before. */
    const noting = async <T>(
      request: FastifyRequest,
      action: AuditAction,
      details: string,
      change: (unit: Unit) => Promise<T>,
    ): Promise<T> => {
      const unit = await permitted(request, unitIn(request.params));
      const about = await audit.about(unit);
      const done = await change(unit);
      await audit.note(await web.by(request), action, about, details);
      return done;
    };

    app.get("/api/administration", { schema: { response: { 200: administered } } }, async (request) => {
      const { user } = await web.login(request);
      return hierarchy.administeredBy(user.id);
    });
    app.post("/api/administration/organizations", { schema: { body: unitName, response: newId } }, async (request) => {
      const { user } = await web.login(request);
      await permissions.mayCreateOrganization(user.id);
      return created(request, "organization", null, request.body.name);
    });
    app.post(
      "/api/administration/organization/:id/spaces",
      { schema: { params: byUnit.pick({ id: true }), body: unitName, response: newId } },
      (request) => create(request, "space", { level: "organization", id: request.params.id }, request.body.name),
    );
    app.post(
      "/api/administration/space/:id/instances",
      { schema: { params: byUnit.pick({ id: true }), body: unitName, response: newId } },
      (request) => create(request, "instance", { level: "space", id: request.params.id }, request.body.name),
    );
    app.post(
      "/api/administration/:level/:id/rename",
      { schema: { params: byUnit, body: unitName, response: { 200: dropboxOutcome } } },
      (request) =>
        noting(request, "rename", request.body.name, (unit) => administration.rename(unit, request.body.name)),
    );
    app.post(
      "/api/administration/:level/:id/archive",
      { schema: { params: byUnit, body: z.object({ archived: z.boolean() }), response: done } },
      async (request) => {
        const { archived } = request.body;
        const action = archived ? "archive" : "bring back";
        await noting(request, action, "", (unit) => administration.setArchived(unit, archived));
        return {};
      },
    );
    app.post(
      "/api/administration/:level/:id/delete",
      {
        schema: { params: byUnit, body: z.object({ alsoInDropbox: z.boolean() }), response: { 200: unitDeletion } },
      },
      (request) => {
        const { alsoInDropbox } = request.body;
        const details = alsoInDropbox ? "in Dropbox too" : "";
        return noting(request, "delete", details, (unit) => administration.remove(unit, alsoInDropbox));
      },
    );
    app.get(
      "/api/administration/organization/:id/audit",
      { schema: { params: byUnit.pick({ id: true }), querystring: activityQuery, response: { 200: auditPage } } },
      async (request) => {
        const { id } = await permitted(request, { level: "organization", id: request.params.id });
        return audit.page(id, request.query.before);
      },
    );
  };
