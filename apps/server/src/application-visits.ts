import type { FastifyReply, FastifyRequest } from "fastify";
import type { Login } from "./accounts.ts";
import type { ApplicationAccess } from "./application-access.ts";
import { type ApplicationOrigin, arrivalPath, pagesPath } from "./application-origin.ts";
import { isFromElsewhere, isOpening } from "./request-source.ts";
import { RequestError } from "./server-error.ts";
import { newToken } from "./tokens.ts";
import { fromOf, type WebSessions } from "./web-sessions.ts";

/** Seconds that a browser keeps its secret while it is on its way to our pages and back: a login may lie between. */
const ARRIVES_WITHIN = 600;

/** Who asks at the applications' origin: the cookies that a browser has there, each for one application. */
export function createApplicationVisits(parts: {
  readonly access: ApplicationAccess;
  readonly applicationOrigin: ApplicationOrigin;
  readonly webSessions: WebSessions;
}) {
  const { access, applicationOrigin } = parts;
  const named = (name: string) => (applicationOrigin.isSecure() ? `__Secure-${name}` : name);
  const arriving = () => named("twinfold_arriving");
  const visiting = () => named("twinfold_application");
  const cookie = (path: string) =>
    ({ path, httpOnly: true, sameSite: "lax", secure: applicationOrigin.isSecure() }) as const;

  return {
    /** Another site's pages may lead here, and that is all. @throws RequestError 403 */
    checkSource({ method, headers }: FastifyRequest): void {
      if (!isFromElsewhere(headers, applicationOrigin.url())) return;
      if (isOpening(method, headers)) return;
      throw new RequestError(
        403,
        "other-origin",
        `This request came from a page of another address: applications are at ${applicationOrigin.url()} (TWINFOLD_APPLICATIONS_URL).`,
      );
    },
    /** @throws RequestError 401 */
    async login(request: FastifyRequest, applicationId: string): Promise<Login> {
      const token = request.cookies[visiting()];
      const login = token === undefined ? null : await access.login(token, applicationId);
      if (login === null) throw new RequestError(401, "not-opened", "Open this application from Twinfold's pages.");
      await parts.webSessions.seen(login, fromOf(request));
      return login;
    },
    /** The secret of a browser on its way; several tabs of it have one. */
    arrive(request: FastifyRequest, reply: FastifyReply, instanceId: string, id: string): string {
      const secret = request.cookies[arriving()] ?? newToken();
      reply.setCookie(arriving(), secret, { ...cookie(arrivalPath(instanceId, id)), maxAge: ARRIVES_WITHIN });
      return secret;
    },
    arrived: (request: FastifyRequest): string | undefined => request.cookies[arriving()],
    /** From now on the browser is known at this application, until its login or the application ends. */
    begin(reply: FastifyReply, instanceId: string, id: string, token: string): void {
      reply.setCookie(visiting(), token, cookie(pagesPath(instanceId, id)));
    },
  };
}

export type ApplicationVisits = ReturnType<typeof createApplicationVisits>;
