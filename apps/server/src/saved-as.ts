import type { FastifyReply } from "fastify";

/** What a path ends with. */
export const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** The header by which a browser saves an answer under this name, instead of showing it. */
export const savedAs = (name: string) => `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;

/** The headers of a file's bytes. Never shown as a page of ours: what users store is not trusted. @param size bytes */
export function asFile(reply: FastifyReply, name: string, size: number): FastifyReply {
  reply.header("content-disposition", savedAs(name));
  return reply.header("content-type", "application/octet-stream").header("content-length", size);
}
