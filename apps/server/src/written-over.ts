import type { FastifyRequest } from "fastify";

/** `If-Match` names the version that may be replaced, `If-None-Match: *` says that nothing may be there. */
export function writtenOver({ headers }: FastifyRequest): string | null | undefined {
  if (headers["if-none-match"] === "*") return null;
  return headers["if-match"]?.replace(/^"(.*)"$/, "$1");
}
