import { Readable } from "node:stream";
import { ReadableStream } from "node:stream/web";
import { DataStore, ERRORS, MemoryLocker, Server, Upload } from "@tus/server";
import type { Area } from "@twinfold/api";
import type { FastifyReply, FastifyRequest } from "fastify";
import { RequestError } from "./server-error.ts";
import type { UploadOwner, UploadParts } from "./upload-parts.ts";

/** How long a request that still holds an upload may go on when another asks for it, in milliseconds. */
const LET_GO_WITHIN = 1000;

/** What its owner has begun, and no other's: the protocol's errors are thrown as its server wants them. */
class OwnUploads extends DataStore {
  readonly #parts: UploadParts;
  readonly #owner: UploadOwner & { readonly area: Area };

  constructor(parts: UploadParts, owner: UploadOwner & { readonly area: Area }) {
    super();
    this.#parts = parts;
    this.#owner = owner;
    this.extensions = ["creation", "creation-with-upload", "termination"];
  }
  override async create(upload: Upload): Promise<Upload> {
    upload.id = await this.#parts.begin({ ...this.#owner, size: upload.size ?? 0 });
    return upload;
  }
  override async getUpload(id: string): Promise<Upload> {
    const found = await this.#parts.find(id, this.#owner);
    if (found === null) throw ERRORS.FILE_NOT_FOUND;
    return new Upload({ id, size: found.size, offset: found.offset });
  }
  override write(content: Readable, id: string, offset: number): Promise<number> {
    return this.#parts.append(id, content, offset);
  }
  override remove(id: string): Promise<void> {
    return this.#parts.remove(id);
  }
}

/** Speaks the tus protocol (https://tus.io/protocols/resumable-upload, 1.0.0), by which an upload goes on where it stopped. */
export function createTusProtocol(parts: UploadParts) {
  const locker = new MemoryLocker();

  return {
    /**
     * Answers one request of the owner's. @param id the upload that it is about; null for one that begins
     * @param base the path below which uploads have their addresses. @throws RequestError, FilesError
     */
    async answer(
      request: FastifyRequest,
      reply: FastifyReply,
      { owner, id, base }: { readonly owner: UploadOwner & { area: Area }; readonly id: string | null; base: string },
    ): Promise<FastifyReply> {
      let failed: unknown = null;
      const server = new Server({
        path: base,
        relativeLocation: true,
        datastore: new OwnUploads(parts, owner),
        locker,
        lockDrainTimeout: LET_GO_WITHIN,
        // Pages of other origins get no answer at all.
        allowedOrigins: [],
        getFileIdFromRequest: () => id ?? undefined,
        onResponseError(_request, error) {
          failed = error;
          return undefined;
        },
      });
      const answer = await server.handleWeb(asWebRequest(request));
      if (failed !== null) throw explained(failed);
      const said = await answer.text();
      if (answer.status >= 400) throw refusal(answer.status, said);
      for (const [name, value] of answer.headers) if (!name.startsWith("access-control-")) reply.header(name, value);
      return reply.status(answer.status).send();
    },
  };
}

export type TusProtocol = ReturnType<typeof createTusProtocol>;

function asWebRequest({ raw, method, body }: FastifyRequest): Request {
  const headers = Object.entries(raw.headers).map(([name, value]): [string, string] => [name, String(value)]);
  // Untouched until it is wanted, and open when it no longer is: the answer goes the way that the rest still comes.
  const content = body instanceof Readable ? ReadableStream.from(body.iterator({ destroyOnReturn: false })) : null;
  const given = content === null ? {} : { body: content, duplex: "half" };
  return new Request(`http://server${raw.url}`, { method, headers, ...given } as RequestInit);
}

/** What an error of the protocol's server is to us. */
function explained(error: unknown): Error {
  if (error instanceof Error && !("status_code" in error)) return error;
  const { status_code: status, body } = error as { status_code: number; body: string };
  return refusal(status, body);
}

function refusal(status: number, said: string): RequestError {
  if (status === 404 || status === 410)
    return new RequestError(
      404,
      "not-found",
      "This upload can't go on: it is done, or it was broken off more than a day ago. Choose the file again to begin anew.",
    );
  if (status === 409)
    return new RequestError(409, "offset", "More or less of this file has come than was thought: ask how much has.");
  if (status === 413)
    return new RequestError(413, "too-large", "More came than belongs to this file: choose it again to begin anew.");
  if (status === 500)
    return new RequestError(503, "busy", "This upload is still busy with another request: try again.");
  return new RequestError(status, "bad-request", said.trim());
}
