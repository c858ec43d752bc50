import {
  comparison,
  filePath,
  MOST_COMPARED,
  newSchedule,
  newSnapshot,
  restored,
  restoreRequest,
  snapshot,
  snapshotFiles,
  snapshotList,
  snapshotSchedule,
} from "@twinfold/api";
import type { ComparedPath } from "@twinfold/workspaces";
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { RequestError } from "../server-error.ts";
import type { Services } from "../services.ts";

const byId = z.object({ id: z.string() });
const bySnapshot = z.object({ id: z.string(), snapshotId: z.string() });

/** An instance's snapshots: any member sees them; who may change the files may take, restore and delete them. */
export const snapshotRoutes =
  ({ web, hierarchy, restores, schedules, restoresUnderWay }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    async function asked(request: FastifyRequest, instanceId: string) {
      const { user } = await web.login(request);
      const instance = await hierarchy.instance(user.id, instanceId);
      if (request.method !== "GET" && instance.role === "viewer") {
        throw new RequestError(403, "viewer", "You may look at the snapshots of this instance, but not change them.");
      }
      return { user, instance, snapshots: await restores.of(instance.id) };
    }

    app.get(
      "/api/instances/:id/snapshots",
      { schema: { params: byId, response: { 200: snapshotList } } },
      async (request) => {
        const { snapshots } = await asked(request, request.params.id);
        const schedule = await schedules.of(request.params.id);
        return { snapshots: [...snapshots.list()], schedule, restoring: restoresUnderWay.now(request.params.id) };
      },
    );
    app.post(
      "/api/instances/:id/snapshots/schedule",
      { schema: { params: byId, body: newSchedule, response: { 200: snapshotSchedule } } },
      async (request) => {
        await asked(request, request.params.id);
        await schedules.set(request.params.id, request.body);
        return schedules.of(request.params.id);
      },
    );
    app.post(
      "/api/instances/:id/snapshots",
      { schema: { params: byId, body: newSnapshot, response: { 200: snapshot } } },
      async (request) => {
        const { snapshots } = await asked(request, request.params.id);
        restoresUnderWay.check(request.params.id);
        return snapshots.take(request.body.note);
      },
    );
    app.get(
      "/api/instances/:id/snapshots/:snapshotId/files",
      {
        schema: {
          params: bySnapshot,
          querystring: z.object({ path: z.string().max(4096).default("") }),
          response: { 200: snapshotFiles },
        },
      },
      async (request) => {
        const { snapshots } = await asked(request, request.params.id);
        return { entries: [...snapshots.entries(request.params.snapshotId, request.query.path)] };
      },
    );
    app.get(
      "/api/instances/:id/snapshots/:snapshotId/file",
      { schema: { params: bySnapshot, querystring: z.object({ path: filePath.min(1) }) } },
      async (request, reply) => {
        const { snapshots } = await asked(request, request.params.id);
        const { size, content } = snapshots.read(request.params.snapshotId, request.query.path);
        // Never shown as a page of ours: what users store is not trusted.
        reply.header("content-disposition", "attachment").header("content-length", size);
        return reply.header("content-type", "application/octet-stream").send(content);
      },
    );
    app.get(
      "/api/instances/:id/snapshots/:snapshotId/compare",
      {
        schema: {
          params: bySnapshot,
          querystring: z.object({ with: z.string().default("now") }),
          response: { 200: comparison },
        },
      },
      async (request) => {
        const { snapshots } = await asked(request, request.params.id);
        const other = request.query.with;
        const found = await snapshots.compare(request.params.snapshotId, other === "now" ? undefined : other);
        return { added: told(found.added), changed: told(found.changed), deleted: told(found.deleted) };
      },
    );
    app.post(
      "/api/instances/:id/snapshots/:snapshotId/restore",
      { schema: { params: bySnapshot, body: restoreRequest, response: { 200: restored } } },
      async (request) => {
        const { user, instance } = await asked(request, request.params.id);
        const { into = instance.id, ...choice } = request.body;
        const { snapshotId } = request.params;
        if (into === instance.id) return restores.restore(user.id, instance, snapshotId, choice);
        const { instance: target } = await asked(request, into);
        return restores.restoreInto(user.id, target, { from: instance, snapshotId }, choice);
      },
    );
    app.post(
      "/api/instances/:id/snapshots/:snapshotId/delete",
      { schema: { params: bySnapshot, response: { 200: z.object({}) } } },
      async (request) => {
        const { snapshots } = await asked(request, request.params.id);
        restoresUnderWay.check(request.params.id);
        await snapshots.delete(request.params.snapshotId);
        return {};
      },
    );
  };

/** Folders count, as they are restored too; a folder's name ends with a slash. */
function told(found: readonly ComparedPath[]) {
  const paths = found.slice(0, MOST_COMPARED).map(({ path, kind }) => (kind === "folder" ? `${path}/` : path));
  return { count: found.length, paths };
}
