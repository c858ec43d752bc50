import { createServer, type Server } from "node:http";
import type { FastifyInstance } from "fastify";
import { EXIT, StartError } from "./server-error.ts";
import { addressOf, type Settings } from "./settings.ts";

/** Where the pages of a running application are at the applications' origin; ends with a slash. */
export const pagesPath = (instanceId: string, id: string) => `/instances/${instanceId}/applications/${id}/`;
/** Where a browser that comes to open one is given what it is known by there. */
export const arrivalPath = (instanceId: string, id: string) => `/open/${instanceId}/${id}`;

/** Stands for an application's id in the address of applications, as the first part of its host's name. */
const EACH = "//*.";

/** The origins at which applications show their pages: each its own, or one that all share; never ours. */
export interface ApplicationOrigin {
  of(applicationId: string): string;
  /** Whether no two applications have the same. */
  readonly isEachItsOwn: boolean;
  readonly isSecure: boolean;
}

/** @param address where browsers find applications; with `*` for the first part of its host's name each has its own */
export function applicationOriginAt(address: string): ApplicationOrigin {
  return {
    of: (applicationId) => new URL(address.replace(EACH, `//${encodeURIComponent(applicationId)}.`)).origin,
    isEachItsOwn: address.includes(EACH),
    isSecure: address.startsWith("https:"),
  };
}

/**
 * Its host, without the operator's word: names of this machine, where the pages are at one of them, too. Browsers look for all
 * that end in `.localhost` there (RFC 6761, 6.3), and keep cookies for a host, whatever the port.
 * @throws StartError where no other name is known
 */
function otherNamesOf(pages: string): string {
  const { hostname } = new URL(pages);
  if (hostname === "localhost" || hostname === "[::1]" || /^127\.[\d.]+$/.test(hostname)) return "*.localhost";
  throw new StartError(
    EXIT.usage,
    `The pages are at ${pages}, and applications such as JupyterLab need an address of their own beside it, with another host ` +
      "name: set TWINFOLD_APPLICATIONS_URL to it (README.md says more)",
  );
}

/** All addresses that a name of this machine may lead to: at one that was left out, somebody else could listen. */
function hostsFor(host: string): string[] {
  if (host === "::") return [host];
  if (host === "0.0.0.0") return [host, "::1"];
  return [...new Set([...(host === "localhost" ? [] : [host]), "127.0.0.1", "::1"])];
}

const code = (error: unknown) => (error as NodeJS.ErrnoException).code ?? "";

async function listenAtAll(app: FastifyInstance, hosts: readonly string[], port: number): Promise<Server[]> {
  const servers: Server[] = [];
  try {
    for (const host of hosts) {
      const server = createServer((request, response) => app.routing(request, response));
      server.on("upgrade", (...upgrade) => app.server.emit("upgrade", ...upgrade));
      const open = new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host, port: portOf(servers) ?? port }, resolve);
      });
      await open.then(
        () => servers.push(server),
        (error: unknown) => {
          // Not every machine has every address.
          if (servers.length === 0 || !["EADDRNOTAVAIL", "EAFNOSUPPORT"].includes(code(error))) throw error;
        },
      );
    }
    return servers;
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
}

function portOf([first]: readonly Server[]): number | undefined {
  const address = first?.address();
  return typeof address === "object" ? address?.port : undefined;
}

/** Times that a port is chosen which may just be taken at another address. */
const CHOICES = 10;

/** @param pages where ours are. @returns where browsers find it, and what ends it. @throws StartError */
export async function listenForApplications(
  app: FastifyInstance,
  { host, applicationsOrigin }: Settings,
  pages: string,
): Promise<{ readonly url: string; close(): void }> {
  const { port, isPortGiven, url } = applicationsOrigin;
  const name = url === undefined ? otherNamesOf(pages) : "";
  await app.ready();
  const hosts = url === undefined ? hostsFor(host) : [host];
  for (let choice = 0; ; choice++) {
    try {
      const servers = await listenAtAll(app, hosts, choice === 0 ? port : 0);
      const close = () => {
        for (const server of servers) {
          server.close();
          server.closeAllConnections();
        }
      };
      return { url: url ?? addressOf(name, portOf(servers) ?? 0), close };
    } catch (error) {
      if (code(error) !== "EADDRINUSE") throw error;
      if (isPortGiven && port !== 0)
        throw new StartError(
          EXIT.portTaken,
          `Port ${port} is taken: set TWINFOLD_APPLICATIONS_PORT to a free one, or stop what uses it`,
          error,
        );
      if (choice === CHOICES) throw error;
    }
  }
}
