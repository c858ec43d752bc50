import { type Clock, RemoteError } from "@twinfold/engine";
import { ConnectionError, DropboxApiError } from "./api-error.ts";
import type { DropboxHosts } from "./hosts.ts";
import { type App, OAuthError, refreshAccessToken } from "./oauth.ts";

/** A token is renewed when it has less than this left, in milliseconds. */
const EARLY = 5 * 60_000;

/** Gives an access token that is good, and gets a new one, once for all who wait, before the old one ends. */
export function createTokenKeeper(options: {
  readonly hosts: DropboxHosts;
  readonly app: App;
  readonly refreshToken: string;
  readonly clock: Clock;
}) {
  let token: string | null = null;
  let renewAt = 0;
  let renewing: Promise<string> | null = null;

  async function renew(): Promise<string> {
    try {
      const fresh = await refreshAccessToken(options);
      token = fresh.accessToken;
      // A short-lived token is renewed at half its life.
      const life = fresh.expiresIn * 1000;
      renewAt = options.clock.monotonic() + Math.max(life / 2, life - EARLY);
      return token;
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      if (error.code === "invalid_grant" || error.code === "invalid_client") {
        throw new RemoteError("revoked", error.message, { cause: error });
      }
      // Told like the failure of any other request: it is borne, paced and repeated like one.
      if (error.retryAfter !== undefined) {
        throw new DropboxApiError("oauth2/token", 503, "", error.message, error.retryAfter);
      }
      throw new ConnectionError(error.message, { cause: error });
    } finally {
      renewing = null;
    }
  }

  return {
    /** @throws RemoteError `revoked`; ConnectionError, DropboxApiError when there is none for now */
    current(): Promise<string> {
      if (token !== null && options.clock.monotonic() < renewAt) return Promise.resolve(token);
      renewing ??= renew();
      return renewing;
    },
    /** The server did not take this one: it is not given out again. */
    reject(rejected: string): void {
      if (token === rejected) token = null;
    },
  };
}

export type TokenKeeper = ReturnType<typeof createTokenKeeper>;
