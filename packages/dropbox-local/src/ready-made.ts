import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { ReadyMade, RunningDropboxLocal } from "./running.ts";

const FILE = "ready-made.json";
const EMAIL = "you@dropbox.local";
const NAME = "You";
const APP = "Twinfold";

const keptType = z.object({ password: z.string(), refreshToken: z.string() });

/** What must be the same after a restart, but is nowhere else in readable form. */
type Kept = z.infer<typeof keptType>;

/**
 * The account, app and grant of a data folder, made at the first call. Its secrets are kept beside the database, readable for
 * the folder's owner only: who has the folder has the files anyway.
 */
export async function makeReady(
  dataFolder: string,
  running: Pick<RunningDropboxLocal, "url" | "ensureAccount" | "ensureApp" | "grant">,
  refresh: (appKey: string, refreshToken: string) => Promise<string | null>,
): Promise<ReadyMade> {
  const path = join(dataFolder, FILE);
  const kept = await readKept(path);
  const password = kept?.password ?? randomBytes(9).toString("base64url");
  const { accountId } = await running.ensureAccount({ email: EMAIL, name: NAME, password });
  const app = await running.ensureApp({ name: APP, access: "app-folder", developer: accountId });
  const known = kept === null ? null : await refresh(app.appKey, kept.refreshToken);
  let refreshToken = kept?.refreshToken ?? "";
  let accessToken = known;
  if (accessToken === null) {
    const granted = await running.grant({ account: accountId, app: app.appKey });
    refreshToken = granted.refreshToken;
    accessToken = granted.accessToken;
    await writeKept(path, { password, refreshToken });
  }
  const { url } = running;
  return {
    url,
    accountId,
    accessToken,
    refreshToken,
    appKey: app.appKey,
    appSecret: app.appSecret,
    email: EMAIL,
    password,
    appFolder: `/Apps/${APP}`,
  };
}

/** What a command that serves a local Dropbox prints first: one line of JSON for programs, or a few for people. */
export function announcement(ready: ReadyMade, json: boolean): string {
  const { url, appKey, appSecret, accessToken, refreshToken, accountId, email, password } = ready;
  if (json) return JSON.stringify({ url, appKey, appSecret, accessToken, refreshToken, accountId });
  return [
    `The local Dropbox is at ${url}`,
    `Its account: ${email}, password ${password}`,
    `An app with a grant: key ${appKey}; --json prints its secret and tokens`,
  ].join("\n");
}

async function readKept(path: string): Promise<Kept | null> {
  try {
    return keptType.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    // Missing or damaged: it is made anew, with a new grant.
    return null;
  }
}

async function writeKept(path: string, kept: Kept): Promise<void> {
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.writeFile(JSON.stringify(kept));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
