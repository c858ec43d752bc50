import { fileTarget, uploadEnd } from "@twinfold/api";
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { instanceFiles } from "../instance-files.ts";
import { RequestError } from "../server-error.ts";
import type { Services } from "../services.ts";
import { createTusProtocol } from "../tus-protocol.ts";
import type { BegunUpload } from "../upload-parts.ts";
import { writtenOver } from "../written-over.ts";

const byId = z.object({ id: z.string() });
const ofUpload = byId.extend({ uploadId: z.string() });

/** Bytes come as one kind only: those of a part of a file. */
const PART = "application/offset+octet-stream";

/**
 * Uploads that go on where they stopped. Its parts come by the tus protocol; when all are there, the file is written as by a
 * single request, under the condition that is said then: what its user is asked on the way costs no byte.
 */
export const uploadRoutes =
  (services: Services, largest: number): FastifyPluginAsyncZod =>
  async (app) => {
    // Streamed to disk as they come.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(PART, (_request, payload, done) => done(null, payload));
    const { web, uploadParts } = services;
    const { asked, changed } = instanceFiles(services);
    const tus = createTusProtocol(uploadParts);
    /** Files that are being written: whoever asks a second time has the same answer. */
    const writing = new Map<string, Promise<string>>();

    const baseOf = (instanceId: string) => `/api/instances/${instanceId}/uploads`;

    /** What whoever asks has begun. @throws RequestError 404, or what `asked` throws */
    async function own(request: FastifyRequest, { id, uploadId }: z.infer<typeof ofUpload>) {
      const { user } = await web.login(request);
      const upload = await uploadParts.find(uploadId, { userId: user.id, instanceId: id });
      if (upload === null)
        throw new RequestError(
          404,
          "not-found",
          "This upload is not there any more: it was broken off more than a day ago. Choose the file again to begin anew.",
        );
      return { upload, ...(await asked(request, id, upload.area)) };
    }

    app.post(
      "/api/instances/:id/uploads",
      { schema: { params: byId, querystring: fileTarget }, bodyLimit: largest },
      async (request, reply) => {
        const { area, path } = request.query;
        const instanceId = request.params.id;
        const { user, folder } = await asked(request, instanceId, area);
        if (Number(request.headers["upload-length"]) > largest)
          throw new RequestError(413, "too-large", "This file is larger than this server takes.");
        // Asked before anything is sent, and once more when it is written.
        await folder.at(path, (name) => folder.check(name, path, writtenOver(request)));
        const owner = { userId: user.id, instanceId, area };
        return tus.answer(request, reply, { owner, id: null, base: baseOf(instanceId) });
      },
    );
    app.route({
      method: ["HEAD", "PATCH", "DELETE"],
      url: "/api/instances/:id/uploads/:uploadId",
      schema: { params: ofUpload },
      bodyLimit: largest,
      async handler(request, reply) {
        const { id, uploadId } = request.params;
        const { upload, user } = await own(request, request.params);
        const owner = { userId: user.id, instanceId: id, area: upload.area };
        return tus.answer(request, reply, { owner, id: uploadId, base: baseOf(id) });
      },
    });
    app.post(
      "/api/instances/:id/uploads/:uploadId/end",
      { schema: { params: ofUpload, querystring: uploadEnd, response: { 200: z.object({}) } } },
      async (request, reply) => {
        const { path } = request.query;
        const { upload, folder } = await own(request, request.params);
        const { id, area } = upload;
        async function write(upload: BegunUpload): Promise<string> {
          if (upload.written?.path === path) return upload.written.version;
          if (upload.written !== undefined || upload.offset !== upload.size)
            throw new RequestError(
              409,
              "offset",
              "This file has not come whole: send what is missing, then try again.",
            );
          const version = await folder.write(path, uploadParts.content(id), writtenOver(request));
          await uploadParts.wasWritten(upload, path, version);
          return version;
        }
        const key = `${id} ${path}`;
        const written = writing.get(key) ?? write(upload).finally(() => writing.delete(key));
        writing.set(key, written);
        reply.header("etag", `"${await written}"`);
        return changed(request.params.id, area, path);
      },
    );
  };
