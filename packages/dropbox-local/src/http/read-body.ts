import type { IncomingMessage } from "node:http";
import { TooLarge } from "./receive.ts";

/** A body as text (UTF-8). What is too large is left unread. @throws TooLarge beyond `limit` bytes */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    pieces.push(piece);
    size += piece.length;
    if (size > limit) throw new TooLarge();
  }
  return Buffer.concat(pieces).toString();
}
