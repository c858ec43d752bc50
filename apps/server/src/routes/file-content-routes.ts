import { Readable } from "node:stream";
import { fileQuery, fileTarget } from "@twinfold/api";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { limitCostly } from "../costly-work.ts";
import { instanceFiles } from "../instance-files.ts";
import { asFile, nameOf, savedAs } from "../saved-as.ts";
import { RequestError } from "../server-error.ts";
import type { Services } from "../services.ts";
import { writtenOver } from "../written-over.ts";

const byId = z.object({ id: z.string() });

/** The content of files, as bytes, both ways; its version is the ETag (RFC 9110, section 13). */
export const fileContentRoutes =
  (services: Services, largest: number): FastifyPluginAsyncZod =>
  async (app) => {
    // Streamed to disk as it comes, whatever its type: JSON too is a file here.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    const { asked, files, changed } = instanceFiles(services);
    const limitZips = limitCostly("zips");

    app.get("/api/instances/:id/file", { schema: { params: byId, querystring: fileQuery } }, async (request, reply) => {
      const { area, path } = request.query;
      const { size, version, content } = await (await files(request, request.params.id, area)).read(path);
      return asFile(reply, nameOf(path), size).header("etag", `"${version}"`).send(content);
    });
    app.get("/api/instances/:id/zip", { schema: { params: byId, querystring: fileQuery } }, async (request, reply) => {
      const { area, path } = request.query;
      const name = path === "" ? area : nameOf(path);
      const { user, folder } = await asked(request, request.params.id, area);
      limitZips(user.id);
      const content = await folder.zip(path, name);
      reply.header("content-disposition", savedAs(`${name}.zip`)).header("content-type", "application/zip");
      return reply.send(content);
    });
    app.put(
      "/api/instances/:id/file",
      {
        schema: { params: byId, querystring: fileTarget, response: { 200: z.object({}) } },
        bodyLimit: largest,
      },
      async (request, reply) => {
        const { area, path } = request.query;
        const content = upTo(largest, (request.body as Readable | undefined) ?? request.raw);
        const version = await (await files(request, request.params.id, area)).write(
          path,
          Readable.from(content),
          writtenOver(request),
        );
        reply.header("etag", `"${version}"`);
        return changed(request.params.id, area, path);
      },
    );
  };

/** How long a body is, is not always said beforehand. @throws RequestError 413 */
async function* upTo(most: number, content: Readable): AsyncIterable<Uint8Array> {
  let size = 0;
  // Left open, for the answer to go the way that it came.
  for await (const chunk of content.iterator({ destroyOnReturn: false })) {
    size += (chunk as Uint8Array).length;
    if (size > most) throw new RequestError(413, "too-large", "This file is larger than this server takes.");
    yield chunk as Uint8Array;
  }
}
