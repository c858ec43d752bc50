import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { MAXIMUM_HEADER_BYTES } from "@twinfold/dropbox-rules";

/** The names by which clients reach Dropbox. */
export const DROPBOX_NAMES = [
  "api.dropboxapi.com",
  "content.dropboxapi.com",
  "notify.dropboxapi.com",
  "api.dropbox.com",
  "www.dropbox.com",
  "dropbox.com",
] as const;

/** Makes a certificate authority, and a certificate of it for Dropbox's names and localhost, in a folder. @returns the authority's file */
export function makeCertificates(folder: string): string {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "rsa:2048", "-noenc"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Twinfold tests");
  openssl("req", ...key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=api.dropboxapi.com");
  const names = [...DROPBOX_NAMES, "localhost"].map((name) => `DNS:${name}`).join(",");
  writeFileSync(join(folder, "names"), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
  const issued = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2"];
  openssl("x509", "-req", "-in", "server.csr", ...issued, "-out", "server.pem");
  return join(folder, "ca.pem");
}

/**
 * Ends TLS at an address (port 0: any that is free), and hands each request on to the local Dropbox; `answered` hears of each
 * answer's path and status.
 */
export async function listenWithTls(
  folder: string,
  at: { readonly host: string; readonly port: number },
  dropboxPort: number,
  answered: (path: string, status: number) => void = () => {},
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const agent = new Agent({ keepAlive: true });
  const certificate = { key: readFileSync(join(folder, "server.key")), cert: readFileSync(join(folder, "server.pem")) };
  // Which headers are too large is for the local Dropbox to say; Node's own bound is a quarter of that.
  const maxHeaderSize = 2 * MAXIMUM_HEADER_BYTES;
  const server = createServer({ ...certificate, maxHeaderSize, requestTimeout: 0 }, (incoming, answer) => {
    const headers = { ...incoming.headers, "x-forwarded-proto": "https" };
    const { method, url: path } = incoming;
    const onward = request({ host: "127.0.0.1", port: dropboxPort, method, path, headers, agent }, (response) => {
      answered(path ?? "", response.statusCode ?? 502);
      answer.writeHead(response.statusCode ?? 502, response.headers);
      pipeline(response, answer, () => {});
    });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    pipeline(incoming, onward, () => {});
  });
  server.listen(at.port, at.host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
