import {
  comparison,
  filePath,
  MOST_COMPARED,
  newSchedule,
  newSnapshot,
  restored,
  restorePreviewRequest,
  restoreRequest,
  snapshot,
  snapshotFiles,
  snapshotList,
  snapshotSchedule,
} from "@twinfold/api";
import type { ComparedPath, Comparison, Snapshots } from "@twinfold/workspaces";
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { aboutInstance } from "../audit-log.ts";
import { limitCostly } from "../costly-work.ts";
import { firstOf } from "../first-of.ts";
import { RequestError } from "../server-error.ts";
import type { Services } from "../services.ts";

const byId = z.object({ id: z.string() });
const bySnapshot = z.object({ id: z.string(), snapshotId: z.string() });

/** An instance's snapshots: any member sees them; who may change the files may take, restore and delete them. */
export const snapshotRoutes =
  ({ web, hierarchy, restores, schedules, restoresUnderWay, audit }: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const limitSnapshots = limitCostly("snapshots");
    const limitComparisons = limitCostly("comparisons");
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
        const { user, snapshots } = await asked(request, request.params.id);
        restoresUnderWay.check(request.params.id);
        limitSnapshots(user.id);
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
        const { user, snapshots } = await asked(request, request.params.id);
        limitComparisons(user.id);
        const other = request.query.with === "now" ? undefined : request.query.with;
        return told(await snapshots.compare(request.params.snapshotId, { other }));
      },
    );
    // Asked with a body: so many paths are too long for an address.
    app.post(
      "/api/instances/:id/snapshots/:snapshotId/restore/preview",
      { schema: { params: bySnapshot, body: restorePreviewRequest, response: { 200: comparison } } },
      async (request) => {
        const { user, snapshots } = await asked(request, request.params.id);
        limitComparisons(user.id);
        return told(await snapshots.compare(request.params.snapshotId, request.body));
      },
    );
    app.post(
      "/api/instances/:id/snapshots/:snapshotId/restore",
      { schema: { params: bySnapshot, body: restoreRequest, response: { 200: restored } } },
      async (request) => {
        const { user, instance, snapshots } = await asked(request, request.params.id);
        const { into = instance.id, ...wish } = request.body;
        const { snapshotId } = request.params;
        const details = takenAt(snapshots, snapshotId);
        const { instance: target } = into === instance.id ? { instance } : await asked(request, into);
        const done = await (into === instance.id
          ? restores.restore(user.id, instance, snapshotId, wish)
          : restores.restoreInto(user.id, target, { from: instance, snapshotId }, wish));
        await audit.note(await web.by(request), "restore", aboutInstance(target), details);
        return { ...done, refused: firstOf(done.refused) };
      },
    );
    app.post(
      "/api/instances/:id/snapshots/:snapshotId/delete",
      { schema: { params: bySnapshot, response: { 200: z.object({}) } } },
      async (request) => {
        const { instance, snapshots } = await asked(request, request.params.id);
        restoresUnderWay.check(request.params.id);
        const details = takenAt(snapshots, request.params.snapshotId);
        await snapshots.delete(request.params.snapshotId);
        await audit.note(await web.by(request), "delete snapshot", aboutInstance(instance), details);
        return {};
      },
    );
  };

/** A snapshot as the audit log tells of it; "" when there is none. */
function takenAt(snapshots: Pick<Snapshots, "list">, id: string): string {
  const at = snapshots.list().find((one) => one.id === id)?.takenAt;
  return at === undefined ? "" : `${at.slice(0, 16).replace("T", " ")} UTC`;
}

const told = ({ added, changed, deleted }: Comparison) => ({
  added: someOf(added),
  changed: someOf(changed),
  deleted: someOf(deleted),
});

/** Folders count, as they are restored too; a folder's name ends with a slash. */
function someOf(found: readonly ComparedPath[]) {
  const paths = found.slice(0, MOST_COMPARED).map(({ path, kind }) => (kind === "folder" ? `${path}/` : path));
  return { count: found.length, paths };
}
