import type { Accounts, Login } from "./accounts.ts";
import type { OpenConnections } from "./open-connections.ts";
import { newToken, tokenHash } from "./tokens.ts";

/** How long a code may be on its way from one origin to the other, in milliseconds. */
const CODE_LIFE = 30_000;

interface Offer {
  readonly login: Login;
  readonly applicationId: string;
  readonly challenge: string;
  readonly to: string;
  readonly expiresAt: number;
}

/**
 * How a login at our pages becomes one at an application's, which is at another origin: by a code that is good once, for half a
 * minute, and for the browser alone that has asked for it. What it is known by is remembered here only: after a restart of
 * the server the next page that is opened asks anew.
 */
export function createApplicationAccess(accounts: Accounts, connections: OpenConnections) {
  /** By the hashes of their codes. */
  const offers = new Map<string, Offer>();
  /** By the hashes of their tokens. */
  const grants = new Map<string, { readonly applicationId: string; readonly sessionHash: string; forget(): void }>();

  function end(hash: string): void {
    grants.get(hash)?.forget();
    grants.delete(hash);
  }

  return {
    /**
     * @param challenge the hash of a secret that the browser keeps for the application's origin
     * @param to where it is led then
     * @returns the code
     */
    offer(login: Login, applicationId: string, challenge: string, to: string): string {
      for (const [hash, { expiresAt }] of offers) if (expiresAt < Date.now()) offers.delete(hash);
      const code = newToken();
      offers.set(tokenHash(code), { login, applicationId, challenge, to, expiresAt: Date.now() + CODE_LIFE });
      return code;
    },
    /** @returns the token that the browser is known by from now on, and where it is led; null for a code that is not good */
    redeem(
      code: string,
      applicationId: string,
      secret: string,
    ): { readonly token: string; readonly to: string } | null {
      const hash = tokenHash(code);
      const offer = offers.get(hash);
      // Whatever becomes of it, it was used.
      offers.delete(hash);
      if (offer === undefined || offer.expiresAt < Date.now()) return null;
      if (offer.applicationId !== applicationId || offer.challenge !== tokenHash(secret)) return null;
      const token = newToken();
      const granted = tokenHash(token);
      const forget = connections.add(offer.login, () => end(granted));
      grants.set(granted, { applicationId, sessionHash: offer.login.sessionHash, forget });
      return { token, to: offer.to };
    },
    /** The login that a token stands for, as long as that lasts. */
    async login(token: string, applicationId: string): Promise<Login | null> {
      const grant = grants.get(tokenHash(token));
      return grant?.applicationId === applicationId ? accounts.bySessionHash(grant.sessionHash) : null;
    },
    /** The application has ended. */
    ended(applicationId: string): void {
      for (const [hash, grant] of grants) if (grant.applicationId === applicationId) end(hash);
    },
  };
}

export type ApplicationAccess = ReturnType<typeof createApplicationAccess>;
