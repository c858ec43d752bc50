import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { basicCredentials, sameText } from "../http/authenticate.ts";
import { jsonReply, type Reply } from "../http/reply.ts";
import type { Settings } from "../settings.ts";
import type { App } from "../store/apps.ts";
import type { Code, Grant } from "../store/grants.ts";
import type { Store } from "../store/store.ts";
import { ensureAppFolder } from "./app-folder.ts";

class TokenError extends Error {
  override readonly name = "TokenError";
  readonly code: string;
  readonly status: number;
  constructor(code: string, description: string, status = 400) {
    super(description);
    this.code = code;
    this.status = status;
  }
}

/** Answers `/oauth2/token`: a code, or a refresh token, for an access token. Parameters may come in body or query. */
export async function answerTokenRequest(
  store: Store,
  settings: Settings,
  request: IncomingMessage,
  parameters: URLSearchParams,
): Promise<Reply> {
  try {
    const grantType = parameters.get("grant_type");
    switch (grantType) {
      case "authorization_code":
        return noStore(jsonReply(await exchangeCode(store, settings, request, parameters)));
      case "refresh_token":
        return noStore(jsonReply(await refresh(store, settings, request, parameters)));
      default:
        throw new TokenError("unsupported_grant_type", "grant_type must be authorization_code or refresh_token");
    }
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    return noStore(jsonReply({ error: error.code, error_description: error.message }, error.status));
  }
}

async function exchangeCode(
  store: Store,
  settings: Settings,
  request: IncomingMessage,
  parameters: URLSearchParams,
): Promise<Record<string, unknown>> {
  const { app, proven } = clientOf(store, request, parameters);
  const text = required(parameters, "code");
  return store.commit(() => {
    const code = store.grants.findCode(text);
    // A code that was used is worth nothing, and ends nothing either: whoever has it can't do harm with it.
    if (code === undefined || code.used || code.expires <= store.now() || code.app !== app.key)
      throw new TokenError("invalid_grant", "code doesn't exist, has been used, or has expired");
    if ((parameters.get("redirect_uri") ?? null) !== code.redirect)
      throw new TokenError("invalid_grant", "redirect_uri mismatch");
    checkVerifier(code, parameters.get("code_verifier"), proven);
    store.grants.useCode(code);
    ensureAppFolder(store, code.ns, app);
    const { grant, refreshToken } = store.grants.create(
      { ns: code.ns, app: app.key, scopes: code.scopes, public: !proven },
      code.offline,
    );
    const account = store.accounts.byNamespace(code.ns);
    return {
      uid: String(code.ns),
      ...tokenAnswer(store, settings, grant, grant.scopes),
      scope: grant.scopes.join(" "),
      ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
      account_id: account?.id,
    };
  });
}

async function refresh(
  store: Store,
  settings: Settings,
  request: IncomingMessage,
  parameters: URLSearchParams,
): Promise<Record<string, unknown>> {
  const { app, proven } = clientOf(store, request, parameters);
  const text = required(parameters, "refresh_token");
  return store.commit(() => {
    const grant = store.grants.byRefreshToken(text);
    if (grant === undefined || grant.app !== app.key)
      throw new TokenError("invalid_grant", "refresh token is invalid or revoked");
    if (!proven && !grant.public) throw invalidClient();
    const wanted = parameters.get("scope")?.trim().split(/\s+/) ?? grant.scopes;
    if (wanted.some((scope) => !grant.scopes.includes(scope)))
      throw new TokenError("invalid_scope", "the refresh token was not given all of these scopes");
    return tokenAnswer(store, settings, grant, wanted);
  });
}

function tokenAnswer(store: Store, settings: Settings, grant: Grant, scopes: readonly string[]) {
  return {
    access_token: store.grants.newAccessToken(grant, scopes, settings.accessTokenSeconds),
    expires_in: settings.accessTokenSeconds,
    token_type: "bearer",
  };
}

/** The app that calls; `proven` when it showed its secret. A public client (PKCE) names only its key. */
function clientOf(store: Store, request: IncomingMessage, parameters: URLSearchParams): { app: App; proven: boolean } {
  const basic = basicCredentials(request.headers.authorization);
  const app = store.apps.byKey(basic?.key ?? required(parameters, "client_id"));
  if (app === undefined) throw invalidClient();
  // A secret of no characters is how some clients say that they have none.
  const secret = (basic === null ? parameters.get("client_secret") : basic.secret) || null;
  if (secret === null) return { app, proven: false };
  if (!sameText(secret, app.secret)) throw invalidClient();
  return { app, proven: true };
}

function checkVerifier(code: Code, verifier: string | null, proven: boolean): void {
  if (code.challenge === null) {
    // Without PKCE only the secret shows that it is the app who brings the code.
    if (!proven) throw invalidClient();
    return;
  }
  if (verifier === null || verifier === "") throw new TokenError("invalid_grant", "code_verifier is missing");
  const shown = code.challengeMethod === "S256" ? hash("sha256", verifier, "base64url") : verifier;
  if (!sameText(shown, code.challenge)) throw new TokenError("invalid_grant", "code_verifier does not match");
}

function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name);
  if (value === null || value === "") throw new TokenError("invalid_request", `Missing required parameter "${name}"`);
  return value;
}

function invalidClient(): TokenError {
  return new TokenError("invalid_client", "Invalid client_id or client_secret", 401);
}

function noStore(reply: Reply): Reply {
  return { ...reply, headers: { ...reply.headers, "cache-control": "no-store" } };
}
