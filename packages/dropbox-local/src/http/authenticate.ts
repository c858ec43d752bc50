import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { ScopeName } from "../oauth/scopes.ts";
import type { App } from "../store/apps.ts";
import { appFolder, type Scope, wholeAccount } from "../store/paths.ts";
import type { Store } from "../store/store.ts";
import { authError, badInput, tagged, taggedError } from "./api-error.ts";
import type { User } from "./user.ts";

/** The user for whom a request speaks, by its access token. @throws ApiError 400, 401, 422 */
export function authenticateUser(
  store: Store,
  route: string,
  request: IncomingMessage,
  query: URLSearchParams,
  required: ScopeName | null,
): User {
  const authorization = request.headers.authorization ?? query.get("authorization");
  if (authorization === null || authorization === undefined)
    throw badInput(route, 'Must provide HTTP header "Authorization" or URL parameter "authorization".');
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (bearer === undefined)
    throw badInput(
      route,
      `Invalid authorization value in HTTP header "Authorization". Expecting "Bearer <access token>".`,
    );
  const token = store.grants.findAccessToken(bearer);
  const app = token === undefined ? undefined : store.apps.byKey(token.grant.app);
  if (token === undefined || app === undefined) throw authError(tagged("invalid_access_token"));
  if (token.expires <= store.now()) throw authError(tagged("expired_access_token"));
  if (required !== null && !token.scopes.includes(required))
    throw authError(tagged("missing_scope", { required_scope: required }));
  const { ns } = token.grant;
  checkPathRoot(route, request, ns);
  return { ns, token, scope: scopeOf(ns, app), owner: { ns, app: app.key } };
}

/** What an app can see of an account. */
export function scopeOf(ns: number, app: App): Scope {
  return app.access === "full" ? wholeAccount(ns) : appFolder(ns, app.name);
}

/** The app for which a request speaks, by its key and secret. @throws ApiError */
export function authenticateApp(store: Store, route: string, request: IncomingMessage): App {
  const credentials = basicCredentials(request.headers.authorization);
  if (credentials === null) throw badInput(route, 'Must provide HTTP header "Authorization: Basic <key and secret>".');
  const app = store.apps.byKey(credentials.key);
  if (app === undefined || !sameText(app.secret, credentials.secret)) throw authError(tagged("invalid_access_token"));
  return app;
}

export function basicCredentials(header: string | undefined): { key: string; secret: string } | null {
  const encoded = /^Basic +(\S+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString();
  const colon = text.indexOf(":");
  return colon < 0 ? null : { key: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/** Compares secrets without telling by the time it takes how much was right. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** An account here has one namespace: its home is its root. */
function checkPathRoot(route: string, request: IncomingMessage, ns: number): void {
  const header = request.headers["dropbox-api-path-root"];
  if (typeof header !== "string") return;
  let root: { ".tag"?: unknown; root?: unknown; namespace_id?: unknown };
  try {
    root = JSON.parse(header);
  } catch {
    throw badInput(route, 'HTTP header "Dropbox-API-Path-Root": could not decode input as JSON');
  }
  const own = String(ns);
  if (root[".tag"] === "home") return;
  if (root[".tag"] === "root" && root.root === own) return;
  if (root[".tag"] === "root")
    throw taggedError(
      422,
      tagged("invalid_root", { invalid_root: { ".tag": "user", root_namespace_id: own, home_namespace_id: own } }),
    );
  if (root[".tag"] === "namespace_id" && root.namespace_id === own) return;
  throw taggedError(422, tagged("no_permission"));
}
