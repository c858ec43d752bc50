import {
  areaQuery,
  broughtBack,
  deletedItems,
  deletedTarget,
  deletion,
  fileListing,
  fileMove,
  fileTarget,
  LARGEST_EDITED_TEXT,
  listingQuery,
  MOST_DELETED_LISTED,
} from "@twinfold/api";
import { KEPT_HOURS } from "@twinfold/workspaces";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { entryStates } from "../entry-states.ts";
import { instanceFiles } from "../instance-files.ts";
import type { Services } from "../services.ts";

const byId = z.object({ id: z.string() });
const nothing = { 200: z.object({}) };

/** The names of files: listed, made, moved, deleted. */
export const fileRoutes =
  (services: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const { asked, files, changed } = instanceFiles(services);

    app.get(
      "/api/instances/:id/files",
      { schema: { params: byId, querystring: listingQuery, response: { 200: fileListing } } },
      async (request) => {
        const { id } = request.params;
        const { area, path, hidden, ...part } = request.query;
        const { folder, user } = await asked(request, id, area);
        const { total, entries, readme } = await folder.list(path, { ...part, hidden: hidden === "yes" });
        const names = entries.map(({ name }) => name);
        const ofWorkspace = area === "workspace";
        const states = ofWorkspace ? await entryStates(services.sync, user.id, id, path, names) : null;
        // Where they can't be opened the Snapshots page says why; the files are there all the same.
        const snapshots = ofWorkspace ? await services.restores.of(id).catch(() => null) : null;
        const marks = snapshots?.marks(path, names);
        const last = snapshots?.list()[0];
        return {
          total,
          entries: entries.map((entry, at) => ({
            ...entry,
            sync: states?.[at] ?? null,
            mark: marks?.get(entry.name) ?? null,
          })),
          readme: readme?.kind === "file" && readme.size <= LARGEST_EDITED_TEXT ? readme : null,
          since: last === undefined ? null : { id: last.id, takenAt: last.takenAt },
        };
      },
    );
    app.post(
      "/api/instances/:id/folder",
      { schema: { params: byId, body: fileTarget, response: nothing } },
      async (request) => {
        const { area, path } = request.body;
        await (await files(request, request.params.id, area)).createFolder(path);
        return changed(request.params.id, area, path);
      },
    );
    app.post(
      "/api/instances/:id/move",
      { schema: { params: byId, body: fileMove, response: nothing } },
      async (request) => {
        const { area, from, to } = request.body;
        await (await files(request, request.params.id, area)).move(from, to);
        return changed(request.params.id, area, from, to);
      },
    );
    app.post(
      "/api/instances/:id/delete",
      { schema: { params: byId, body: fileTarget, response: { 200: deletion } } },
      async (request) => {
        const { area, path } = request.body;
        const id = await (await files(request, request.params.id, area)).remove(path);
        changed(request.params.id, area, path);
        return { id };
      },
    );
    app.get(
      "/api/instances/:id/deleted",
      { schema: { params: byId, querystring: areaQuery, response: { 200: deletedItems } } },
      async (request) => {
        const folder = await files(request, request.params.id, request.query.area);
        const all = await folder.deleted();
        return { hours: KEPT_HOURS, total: all.length, items: all.slice(0, MOST_DELETED_LISTED) };
      },
    );
    app.post(
      "/api/instances/:id/deleted/bring-back",
      { schema: { params: byId, body: deletedTarget, response: { 200: broughtBack } } },
      async (request) => {
        const { area, id } = request.body;
        const path = await (await files(request, request.params.id, area)).bringBack(id);
        changed(request.params.id, area, path);
        return { path };
      },
    );
    app.post(
      "/api/instances/:id/deleted/forget",
      { schema: { params: byId, body: deletedTarget, response: nothing } },
      async (request) => {
        const { area, id } = request.body;
        await (await files(request, request.params.id, area)).forget(id);
        return {};
      },
    );
  };
