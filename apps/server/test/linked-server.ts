import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Instance } from "@twinfold/api";
import { type AccountFiles, type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { vi } from "vitest";
import { Browser } from "../../../packages/dropbox-local/test/browser.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";

const ADA = { email: "ada@dropbox.example", name: "Ada L.", password: "engine" };
export const PATIENCE = { timeout: 60_000, interval: 100 };

/** Requests to a route of Dropbox, and bytes of them and of their answers, headers among them. */
export interface Asked {
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** A server whose first user has linked her Dropbox, and what she sees of it from there. */
export interface LinkedServer {
  readonly own: OwnServer;
  /** Her first instance. */
  readonly id: string;
  /** Its folder on disk. */
  readonly root: string;
  instance(): Promise<Instance>;
  startApplication(): Promise<void>;
  becomes(state: string): Promise<void>;
  /** What is in the instance's folder in Dropbox, or in another of the app's: names with contents, folders with null. */
  inDropbox(path?: string): Promise<Record<string, string | null>>;
  putInDropbox(name: string, content: string): Promise<void>;
  /** The contents that Dropbox has kept of a name in the instance's folder, newest first. */
  versionsInDropbox(name: string): Promise<string[]>;
  /** As its user does at Dropbox: something in the instance's folder, or all of it. */
  deleteInDropbox(name?: string): Promise<void>;
  /** What its Dropbox was asked, route by route. */
  asked(): Promise<Record<string, Asked>>;
  /** One action of its Dropbox's control API. */
  control(action: string, body?: unknown, method?: string): Promise<void>;
  dispose(): Promise<void>;
}

export async function startLinkedServer(): Promise<LinkedServer> {
  const dropboxFolder = mkdtempSync(join(tmpdir(), "twinfold-dropbox-"));
  const dropbox: RunningDropboxLocal = await startDropboxLocal({
    dataFolder: dropboxFolder,
    control: true,
    stats: true,
  });
  await dropbox.ensureAccount(ADA);
  const app = await dropbox.ensureApp({ name: "Twinfold" });
  const own = await startOwnServer({
    TWINFOLD_DROPBOX_URL: dropbox.url,
    DROPBOX_APP_KEY: app.appKey,
    DROPBOX_APP_SECRET: app.appSecret,
  });
  await dropbox.ensureApp({ name: "Twinfold", redirectUris: [`${own.url}/oauth/dropbox/callback`] });
  const { url } = (await (await own.call("POST", "/api/dropbox/link", { otherAccount: false })).json()) as {
    url: string;
  };
  const browser = new Browser(dropbox.url);
  const consent = await browser.submit(await browser.open(url), "/login", { email: ADA.email, password: ADA.password });
  const { left } = await browser.submit(consent, "/oauth2/authorize", { decision: "allow" });
  await own.call("GET", `/oauth/dropbox/callback${left?.search}`);

  const id = await own.firstInstance();
  const instance = async () => (await (await own.call("GET", `/api/instances/${id}`)).json()) as Instance;
  const files: AccountFiles = dropbox.accountFiles(ADA.email);
  const inApp = (path: string) => `/Apps/Twinfold${path}`;
  const folder = inApp((await instance()).remotePath);

  async function listed(top: string, path: string, into: Record<string, string | null>): Promise<void> {
    for (const entry of await files.list(path)) {
      const name = entry.path.slice(top.length + 1);
      if (entry.kind === "folder") {
        into[name] = null;
        await listed(top, entry.path, into);
      } else if (entry.kind === "file") into[name] = await text(Readable.from((await files.read(entry.path)).content));
    }
  }

  return {
    own,
    id,
    root: join(own.folder, "files", id),
    instance,
    async startApplication() {
      const answer = await own.call("POST", `/api/instances/${id}/application`);
      if (!answer.ok) throw new Error(`no application: ${await answer.text()}`);
    },
    becomes: async (state) => {
      await vi.waitFor(async () => {
        const { sync } = await instance();
        if (sync.state !== state) throw new Error(`the state is still ${JSON.stringify(sync)}`);
      }, PATIENCE);
    },
    async inDropbox(path) {
      const top = path === undefined ? folder : inApp(path);
      const found: Record<string, string | null> = {};
      if ((await files.get(top)) !== null) await listed(top, top, found);
      return found;
    },
    async putInDropbox(name, content) {
      await files.upload(`${folder}/${name}`, Readable.from([Buffer.from(content)]), { ifExists: "overwrite" });
    },
    async versionsInDropbox(name) {
      const path = `${folder}/${name}`;
      const contentOf = async (rev: string) => text(Readable.from((await files.read(path, { rev })).content));
      return Promise.all((await files.history(path)).map(({ rev }) => contentOf(rev)));
    },
    deleteInDropbox: (name) => files.delete(name === undefined ? folder : `${folder}/${name}`),
    async asked() {
      const answer = await fetch(`${dropbox.url}/__control/stats`);
      return ((await answer.json()) as { routes: Record<string, Asked> }).routes;
    },
    async control(action, body, method = "POST") {
      const answer = await fetch(`${dropbox.url}/__control/${action}`, { method, body: JSON.stringify(body) ?? null });
      if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`);
    },
    async dispose() {
      await own.dispose();
      await dropbox.close();
      rmSync(dropboxFolder, { recursive: true, force: true });
    },
  };
}
