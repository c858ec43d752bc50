import { join } from "node:path";
import { DropboxLocalError, type DropboxLocalErrorCode, startDropboxLocal } from "@twinfold/dropbox-local";
import { EXIT, StartError } from "./server-error.ts";
import type { Settings } from "./settings.ts";

export interface LocalDropbox {
  readonly url: string;
  readonly appKey: string;
  readonly appSecret: string;
  /** Its ready-made account. */
  readonly email: string;
  readonly password: string;
  setRedirectUri(redirectUri: string): Promise<void>;
  close(): Promise<void>;
}

const EXITS: Readonly<Record<DropboxLocalErrorCode, number>> = {
  "port-taken": EXIT.portTaken,
  "address-refused": EXIT.failed,
  "data-newer": EXIT.dataNewer,
  "data-unreadable": EXIT.failed,
  "data-in-use": EXIT.dataTaken,
  "bad-argument": EXIT.usage,
};

/** The embedded default: a Dropbox of this machine's own, with an account and our app in it. @throws StartError */
export async function startLocalDropbox(
  settings: Settings,
  appName: string,
  redirectUri: string,
): Promise<LocalDropbox> {
  try {
    const dropbox = await startDropboxLocal({
      dataFolder: join(settings.dataFolder, "dropbox-local"),
      port: settings.localDropboxPort,
    });
    const ready = await dropbox.readyMade();
    const app = await dropbox.ensureApp({ name: appName, redirectUris: [redirectUri] });
    return {
      url: dropbox.url,
      appKey: app.appKey,
      appSecret: app.appSecret,
      email: ready.email,
      password: ready.password,
      async setRedirectUri(uri) {
        await dropbox.ensureApp({ name: appName, redirectUris: [uri] });
      },
      close: () => dropbox.close(),
    };
  } catch (error) {
    if (!(error instanceof DropboxLocalError)) throw error;
    const port = `set TWINFOLD_LOCAL_DROPBOX_PORT to a free one, or stop what uses port ${settings.localDropboxPort}`;
    throw new StartError(
      EXITS[error.code],
      `The local Dropbox: ${error.message}${error.code === "port-taken" ? ` (${port})` : ""}`,
      error,
    );
  }
}
