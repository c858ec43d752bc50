import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AppInfo,
  type DropboxLocalOptions,
  type RunningDropboxLocal,
  startDropboxLocal,
} from "@twinfold/dropbox-local";
import { type Account, freePort, type ServerProcess, startServerProcess } from "./server-process.ts";

/** A server whose Dropbox is another process's, as it is with the real one: so it can go away, fill up and come back. */
export interface NamedDropbox {
  readonly server: ServerProcess;
  readonly app: AppInfo;
  readonly accounts: readonly [ada: Account, grace: Account];
  /** As it runs now. */
  dropbox(): RunningDropboxLocal;
  /** One action of its control API. */
  control(action: string, body: unknown, method?: "GET" | "POST" | "DELETE"): Promise<unknown>;
  /** Nothing answers at its address any more. */
  close(): Promise<void>;
  /** At the same address, with the same files. */
  open(): Promise<void>;
  dispose(): Promise<void>;
}

/** @param through what the server is run through */
export async function startWithNamedDropbox(
  options: Omit<DropboxLocalOptions, "dataFolder" | "port"> = {},
  environment: Readonly<Record<string, string>> = {},
  through: readonly string[] = [],
): Promise<NamedDropbox> {
  const dataFolder = mkdtempSync(join(tmpdir(), "twinfold-pages-dropbox-"));
  const port = await freePort();
  const serverPort = await freePort();
  let dropbox = await startDropboxLocal({ ...options, control: true, dataFolder, port });
  const accounts = [
    { email: "ada@dropbox.example", name: "Ada L.", password: "ada's password" },
    { email: "grace@elsewhere.example", name: "Grace H.", password: "grace's password" },
  ] as const;
  for (const account of accounts) await dropbox.ensureAccount(account);
  const app = await dropbox.ensureApp({
    name: "Twinfold",
    redirectUris: [`http://127.0.0.1:${serverPort}/oauth/dropbox/callback`],
  });
  const ours = {
    PORT: String(serverPort),
    TWINFOLD_DROPBOX_URL: dropbox.url,
    DROPBOX_APP_KEY: app.appKey,
    DROPBOX_APP_SECRET: app.appSecret,
  };
  const server = await startServerProcess({ ...ours, ...environment }, through);
  return {
    server,
    app,
    accounts,
    dropbox: () => dropbox,
    async control(action, body, method = "POST") {
      const request = method === "GET" ? { method } : { method, body: JSON.stringify(body) };
      const answer = await fetch(`${dropbox.url}/__control/${action}`, request);
      if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    close: () => dropbox.close(),
    async open() {
      dropbox = await startDropboxLocal({ ...options, control: true, dataFolder, port });
    },
    async dispose() {
      await server.dispose();
      await dropbox.close();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
