import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MAXIMUM_PAGE_ENTRIES } from "@twinfold/dropbox-rules";

/** Stands before a server, and asks it for pages of a few entries where the client asks for the largest. */
export async function openSmallPages(server: string, entries: number) {
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece);
    const body = smaller(incoming.url ?? "", Buffer.concat(pieces).toString());
    const headers = { ...incoming.headers, "content-length": Buffer.byteLength(body) };
    const passed = request(`${server}${incoming.url}`, { method: incoming.method ?? "POST", headers });
    passed.on("error", (error) => outgoing.destroy(error));
    passed.on("response", (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    passed.end(body);
  }

  function smaller(path: string, body: string): string {
    return path.endsWith("/list_folder") ? body.replace(`"limit":${MAXIMUM_PAGE_ENTRIES}`, `"limit":${entries}`) : body;
  }

  const listening = createServer((incoming, outgoing) => void pass(incoming, outgoing));
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  return {
    url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    async close(): Promise<void> {
      const closed = once(listening, "close");
      listening.close();
      listening.closeAllConnections();
      await closed;
    },
  };
}
