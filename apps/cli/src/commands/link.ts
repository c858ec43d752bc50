import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import {
  authorizationUrl,
  dropboxHosts,
  exchangeCode,
  newPkce,
  OAuthError,
  openDropboxAccount,
} from "@twinfold/dropbox";
import { systemClock, systemRandomness } from "@twinfold/engine";
import { askSession } from "@twinfold/session/control";
import type { ConfigFile } from "../config.ts";
import { fromEnvironment } from "../environment.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { type Home, socketPath } from "../home.ts";

export interface Linked {
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
}

/** Links an account: with a refresh token from the environment, or by a code that its user brings from Dropbox's page. */
export async function link(home: Home, config: ConfigFile, appKey: string): Promise<Linked> {
  const dropboxUrl = fromEnvironment("TWINFOLD_DROPBOX_URL");
  const appSecret = fromEnvironment("TWINFOLD_APP_SECRET");
  const app = { appKey, appSecret };
  try {
    const hosts = dropboxHosts(dropboxUrl);
    let refreshToken = fromEnvironment("TWINFOLD_REFRESH_TOKEN");
    if (refreshToken === undefined) {
      const { verifier, challenge } = newPkce();
      console.error(
        `Open this address, allow the app, and paste the code that you are shown:\n\n  ${authorizationUrl({ hosts, appKey, challenge })}\n`,
      );
      const code = await readCode();
      refreshToken = (await exchangeCode({ hosts, app, code, verifier })).refreshToken;
    }
    const account = openDropboxAccount({ hosts, app, refreshToken, clock: systemClock, randomness: systemRandomness });
    const details = await account.currentAccount(AbortSignal.timeout(30_000));
    await account.close();
    config.saveLink({
      ...app,
      refreshToken,
      accountId: details.accountId,
      accountName: details.name,
      accountEmail: details.email,
      dropboxUrl,
    });
    await tellDaemons(home, config);
    return { accountId: details.accountId, name: details.name, email: details.email };
  } catch (error) {
    throw linkError(error);
  }
}

/** What runs goes by the link that is there now. */
async function tellDaemons(home: Home, config: ConfigFile): Promise<void> {
  await Promise.all(config.roots().map(({ root }) => askSession(socketPath(home, root), { command: "follow link" })));
}

/** The code that the user pastes. @throws CommandError when the input ends without one */
async function readCode(): Promise<string> {
  const input = createInterface({ input: process.stdin, output: process.stderr });
  // A question that is never answered does not end by itself.
  const ended = once(input, "close").then(() => "");
  const code = (await Promise.race([input.question("Code: "), ended])).trim();
  input.close();
  if (code === "") throw new CommandError(EXIT.no, "no code was given: nothing is linked");
  return code;
}

/** Forgets the link, and ends it at Dropbox. Files stay where they are. @returns whose it was, and whether Dropbox was told */
export async function unlink(
  home: Home,
  config: ConfigFile,
): Promise<{ readonly name: string; readonly ended: boolean }> {
  const known = config.link();
  if (known === null) throw new CommandError(EXIT.notLinked, "no Dropbox is linked");
  config.saveLink(null);
  const account = openDropboxAccount({
    hosts: dropboxHosts(known.dropboxUrl),
    app: known,
    refreshToken: known.refreshToken,
    clock: systemClock,
    randomness: systemRandomness,
  });
  const ended = await account.revoke(AbortSignal.timeout(15_000)).then(
    () => true,
    () => false,
  );
  await account.close();
  await tellDaemons(home, config);
  return { name: known.accountName, ended };
}

function linkError(error: unknown): unknown {
  if (error instanceof OAuthError) {
    return new CommandError(error.code === "network" ? EXIT.offline : EXIT.reconnect, error.message, error);
  }
  if (error instanceof Error && error.name === "TimeoutError") {
    return new CommandError(
      EXIT.offline,
      "Dropbox does not answer: check the connection and TWINFOLD_DROPBOX_URL",
      error,
    );
  }
  return error;
}
