import { CSRF_HEADER } from "@twinfold/api";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Accounts, Login } from "./accounts.ts";
import type { By } from "./audit-log.ts";
import { isFromElsewhere } from "./request-source.ts";
import { RequestError } from "./server-error.ts";
import { fromOf, type WebSessions } from "./web-sessions.ts";

/** `__Host-`: browsers take it over an encrypted connection from this very host only, and from no neighbour in its domain. */
const COOKIE = { plain: "twinfold_session", secure: "__Host-twinfold_session" } as const;

/** Methods that change nothing; whatever is not one of these may. */
export const LOOKING: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Who is asking: the login behind a request's cookie, and the checks that it was meant. */
export function createWebSession(accounts: Accounts, webSessions: WebSessions, publicUrl: () => string) {
  const isSecure = () => publicUrl().startsWith("https:");
  const name = () => (isSecure() ? COOKIE.secure : COOKIE.plain);
  const logins = new WeakMap<FastifyRequest, Login>();

  /**
   * By the public address only: what a request calls its host is said by whoever sends it.
   * @throws RequestError 403 for what comes from a page of another address
   */
  function checkOrigin(request: FastifyRequest): void {
    if (!isFromElsewhere(request.headers, new URL(publicUrl()).origin)) return;
    throw new RequestError(
      403,
      "other-origin",
      `This request came from a page of another address: Twinfold is at ${publicUrl()} (TWINFOLD_PUBLIC_URL).`,
    );
  }

  return {
    publicUrl,
    isSecure,
    /** For every request to the API, and for all that change something. @throws RequestError 403 */
    checkMeant(request: FastifyRequest): void {
      checkOrigin(request);
      if (!LOOKING.has(request.method) && request.headers[CSRF_HEADER] === undefined) {
        throw new RequestError(403, "csrf", `Requests that change something need the header ${CSRF_HEADER}.`);
      }
    },
    /** @throws RequestError 401 */
    async login(request: FastifyRequest): Promise<Login> {
      const known = logins.get(request);
      if (known !== undefined) return known;
      const token = request.cookies[name()];
      const login = token === undefined ? null : await accounts.bySession(token);
      if (login === null) throw new RequestError(401, "not-logged-in", "Please log in.");
      logins.set(request, login);
      await webSessions.seen(login, fromOf(request));
      return login;
    },
    /** For what takes long: the login may have been ended since. @throws RequestError 401 */
    async checkStillIn(request: FastifyRequest): Promise<void> {
      const { sessionHash } = await this.login(request);
      if ((await accounts.bySessionHash(sessionHash)) !== null) return;
      throw new RequestError(
        401,
        "not-logged-in",
        "Nothing was changed: your login was ended meanwhile. Log in again.",
      );
    },
    /** Who asks, from where; for the audit log. @throws RequestError 401 */
    async by(request: FastifyRequest): Promise<By> {
      return { user: (await this.login(request)).user, address: request.ip };
    },
    token: (request: FastifyRequest) => request.cookies[name()],
    set(reply: FastifyReply, token: string): void {
      reply.setCookie(name(), token, {
        path: "/",
        httpOnly: true,
        sameSite: "lax",
        secure: isSecure(),
        maxAge: 30 * 24 * 3600,
      });
    },
    clear(reply: FastifyReply): void {
      reply.clearCookie(name(), { path: "/", secure: isSecure() });
    },
  };
}

export type WebSession = ReturnType<typeof createWebSession>;
