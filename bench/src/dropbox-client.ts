import { Agent, request } from "node:http";

/** What a Dropbox client needs to measure a server and not itself: few steps, connections kept. */
export class DropboxClient {
  readonly #agent: Agent;
  readonly #url: URL;
  readonly #authorization: string;

  constructor(url: string, accessToken: string, connections: number) {
    this.#url = new URL(url);
    this.#authorization = `Bearer ${accessToken}`;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  rpc<T>(route: string, argument: unknown): Promise<T> {
    return this.#send(route, { "content-type": "application/json" }, Buffer.from(JSON.stringify(argument)));
  }

  /** The argument travels in a header: it can hold ASCII only. */
  upload<T>(route: string, argument: unknown, body: Uint8Array): Promise<T> {
    const headers = { "content-type": "application/octet-stream", "dropbox-api-arg": JSON.stringify(argument) };
    return this.#send(route, headers, body);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send<T>(route: string, headers: Record<string, string>, body: Uint8Array): Promise<T> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          host: this.#url.hostname,
          port: this.#url.port,
          method: "POST",
          path: `/2/${route}`,
          headers: { ...headers, authorization: this.#authorization, "content-length": body.length },
        },
        (response) => {
          const pieces: Buffer[] = [];
          response.on("data", (piece: Buffer) => pieces.push(piece));
          response.once("error", reject);
          response.once("end", () => {
            const text = Buffer.concat(pieces).toString();
            if (response.statusCode === 200) resolve(JSON.parse(text) as T);
            else reject(new Error(`${route}: ${response.statusCode} ${text}`));
          });
        },
      );
      sent.once("error", reject);
      sent.end(body);
    });
  }
}
