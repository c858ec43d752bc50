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

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Who asks at the applications' origin: the cookies that a browser has there, each for one application. */
export function createApplicationVisits(parts: {
  readonly access: ApplicationAccess;
  readonly applicationOrigin: () => ApplicationOrigin;
  readonly webSessions: WebSessions;
}) {
  const { access, applicationOrigin } = parts;
  // With `__Host-`, which is for all paths, no neighbour in the domain can put another in its place.
  const prefix = () => {
    const { isSecure, isEachItsOwn } = applicationOrigin();
    if (!isSecure) return "";
    return isEachItsOwn ? "__Host-" : "__Secure-";
  };
  const arriving = () => `${prefix()}twinfold_arriving`;
  const visiting = () => `${prefix()}twinfold_application`;
  const cookie = (path: string) =>
    ({
      path: prefix() === "__Host-" ? "/" : path,
      httpOnly: true,
      sameSite: "lax",
      secure: applicationOrigin().isSecure,
    }) as const;

  return {
    /** What is at one application's origin is none of another's. @throws RequestError 404 */
    checkHost({ host }: FastifyRequest, applicationId: string): void {
      const { isEachItsOwn, of } = applicationOrigin();
      if (isEachItsOwn && !(UUID.test(applicationId) && new URL(of(applicationId)).host === host))
        throw new RequestError(404, "other-host", "There is no such application at this address.");
    },
    /** Another site's pages, and other applications', may lead here, and that is all. @throws RequestError 403 */
    checkSource({ method, headers }: FastifyRequest, applicationId: string): void {
      const origin = applicationOrigin().of(applicationId);
      if (!isFromElsewhere(headers, origin)) return;
      if (isOpening(method, headers)) return;
      throw new RequestError(
        403,
        "other-origin",
        `This request came from a page of another address: the application is at ${origin} (TWINFOLD_APPLICATIONS_URL).`,
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
