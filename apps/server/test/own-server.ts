import { mkdtempSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningServer, startServer } from "../src/server.ts";
import { readSettings } from "../src/settings.ts";
import { cookieOf } from "./caller.ts";
import { createOwnDatabase } from "./own-database.ts";

export const USER = { email: "ada@example.org", password: "correct horse" };

/** The real server in this process, with a data folder of its own, and a browser's login to it. */
export interface OwnServer {
  readonly folder: string;
  readonly url: string;
  readonly cookie: string;
  running(): RunningServer;
  /** As the pages ask, logged in; a plain object is sent as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The path exactly as given, where `fetch` would tidy it up. */
  raw(method: string, path: string, headers?: Record<string, string>): Promise<number>;
  logIn(password?: string): Promise<string>;
  firstInstance(): Promise<string>;
  /** Ended and started again on the same data. */
  restart(changes?: { password?: string; environment?: Readonly<Record<string, string>> }): Promise<void>;
  dispose(): Promise<void>;
}

export async function startOwnServer(environment: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-server-"));
  const database = await createOwnDatabase();
  const start = (more: Readonly<Record<string, string>> = {}) =>
    startServer(
      readSettings({
        TWINFOLD_DATA: folder,
        PORT: "0",
        TWINFOLD_LOCAL_DROPBOX_PORT: "0",
        TWINFOLD_ADMIN_EMAIL: USER.email,
        TWINFOLD_ADMIN_PASSWORD: USER.password,
        ...(database.url === undefined ? {} : { DATABASE_URL: database.url }),
        ...environment,
        ...more,
      }),
    );
  let server = await start();

  async function logIn(password = USER.password): Promise<string> {
    const answer = await fetch(`${server.url}/api/login`, {
      method: "POST",
      headers: { "x-twinfold": "1", "content-type": "application/json" },
      body: JSON.stringify({ ...USER, password }),
    });
    if (!answer.ok) throw new Error(`the login was answered ${answer.status}`);
    return cookieOf(answer);
  }
  let cookie = await logIn();

  const call: OwnServer["call"] = (method, path, body, headers = {}) => {
    const json = body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array);
    return fetch(`${server.url}${path}`, {
      method,
      redirect: "manual",
      headers: { cookie, "x-twinfold": "1", ...(json ? { "content-type": "application/json" } : {}), ...headers },
      ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : (body as string) }),
    });
  };
  return {
    folder,
    get url() {
      return server.url;
    },
    get cookie() {
      return cookie;
    },
    running: () => server,
    call,
    raw: (method, path, headers = {}) =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(server.url);
        httpRequest({ hostname, port, method, path, headers: { cookie, ...headers } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        })
          .on("error", reject)
          .end();
      }),
    logIn,
    async firstInstance() {
      const [first] = (await (await call("GET", "/api/instances")).json()) as { id: string }[];
      return first?.id ?? "";
    },
    async restart(changes = {}) {
      await server.close();
      server = await start(changes.environment);
      cookie = await logIn(changes.password);
    },
    async dispose() {
      await server.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
