import { fileListing, fileMove, fileQuery, fileTarget } from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { instanceFiles } from "../instance-files.ts";
import type { Services } from "../services.ts";

const byId = z.object({ id: z.string() });
const nothing = { 200: z.object({}) };

/** The names of files: listed, made, moved, deleted. */
export const fileRoutes =
  (services: Services): FastifyPluginAsyncZod =>
  async (app) => {
    const { files, changed } = instanceFiles(services);

    app.get(
      "/api/instances/:id/files",
      { schema: { params: byId, querystring: fileQuery, response: { 200: fileListing } } },
      async (request) => {
        const { area, path } = request.query;
        return { entries: await (await files(request, request.params.id, area)).list(path) };
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
      { schema: { params: byId, body: fileTarget, response: nothing } },
      async (request) => {
        const { area, path } = request.body;
        await (await files(request, request.params.id, area)).remove(path);
        return changed(request.params.id, area, path);
      },
    );
  };
