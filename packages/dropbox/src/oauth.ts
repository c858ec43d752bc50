import { createHash, randomBytes } from "node:crypto";
import { request } from "undici";
import { z } from "zod";
import type { DropboxHosts } from "./hosts.ts";

/** What Twinfold asks for (README, "Register an app"). */
export const SCOPES = [
  "account_info.read",
  "files.metadata.read",
  "files.metadata.write",
  "files.content.read",
  "files.content.write",
] as const;

export type OAuthErrorCode =
  /** The code or refresh token is wrong, used, expired or revoked. */
  | "invalid_grant"
  /** The app's key, secret or redirect address is not what Dropbox has. */
  | "invalid_client"
  /** No answer, or one that says later. */
  | "network"
  | "unexpected";

export class OAuthError extends Error {
  override readonly name = "OAuthError";
  readonly code: OAuthErrorCode;
  /** Seconds after which Dropbox wants to be asked again, where it named some. */
  readonly retryAfter: number | undefined;
  constructor(code: OAuthErrorCode, message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}

export interface App {
  readonly appKey: string;
  /** Apps with PKCE alone have none. */
  readonly appSecret?: string | undefined;
}

export interface Pkce {
  readonly verifier: string;
  readonly challenge: string;
}

/** A fresh verifier and its S256 challenge (RFC 7636). */
export function newPkce(): Pkce {
  const verifier = randomBytes(48).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** The page on which the user allows the app; without a redirect address Dropbox shows the code for copying. */
export function authorizationUrl(options: {
  readonly hosts: DropboxHosts;
  readonly appKey: string;
  readonly challenge: string;
  readonly state?: string;
  readonly redirectUri?: string;
  /** Ask for the login page even if someone is logged in: to choose another account. */
  readonly reauthenticate?: boolean;
}): string {
  const url = new URL("/oauth2/authorize", `${options.hosts.web}/`);
  const set = (name: string, value: string | undefined) => {
    if (value !== undefined) url.searchParams.set(name, value);
  };
  set("client_id", options.appKey);
  set("response_type", "code");
  set("redirect_uri", options.redirectUri);
  set("state", options.state);
  set("code_challenge", options.challenge);
  set("code_challenge_method", "S256");
  set("token_access_type", "offline");
  set("scope", SCOPES.join(" "));
  // The consent page is shown each time: it tells which account is about to be linked.
  set("force_reapprove", "true");
  set("force_reauthentication", options.reauthenticate ? "true" : undefined);
  return url.href;
}

const tokenAnswer = z.object({
  access_token: z.string(),
  expires_in: z.number().default(14_400),
  refresh_token: z.string().optional(),
  account_id: z.string().optional(),
  scope: z.string().optional(),
});

export interface AccessToken {
  readonly accessToken: string;
  /** Seconds from now. */
  readonly expiresIn: number;
}

export interface Grant extends AccessToken {
  readonly refreshToken: string;
  readonly accountId: string;
}

/** The code that the user brought back, for tokens. @throws OAuthError */
export async function exchangeCode(options: {
  readonly hosts: DropboxHosts;
  readonly app: App;
  readonly code: string;
  readonly verifier: string;
  readonly redirectUri?: string;
  readonly signal?: AbortSignal;
}): Promise<Grant> {
  const answer = await askForToken(options.hosts, options.app, options.signal, {
    grant_type: "authorization_code",
    code: options.code,
    code_verifier: options.verifier,
    ...(options.redirectUri === undefined ? {} : { redirect_uri: options.redirectUri }),
  });
  if (answer.refresh_token === undefined || answer.account_id === undefined) {
    throw new OAuthError("unexpected", "Dropbox gave no lasting authorization: the app must allow offline access.");
  }
  return {
    accessToken: answer.access_token,
    expiresIn: answer.expires_in,
    refreshToken: answer.refresh_token,
    accountId: answer.account_id,
  };
}

/** A new access token. @throws OAuthError `invalid_grant` when the link is at an end */
export async function refreshAccessToken(options: {
  readonly hosts: DropboxHosts;
  readonly app: App;
  readonly refreshToken: string;
  readonly signal?: AbortSignal | undefined;
}): Promise<AccessToken> {
  const answer = await askForToken(options.hosts, options.app, options.signal, {
    grant_type: "refresh_token",
    refresh_token: options.refreshToken,
  });
  return { accessToken: answer.access_token, expiresIn: answer.expires_in };
}

async function askForToken(
  hosts: DropboxHosts,
  app: App,
  signal: AbortSignal | undefined,
  form: Record<string, string>,
): Promise<z.infer<typeof tokenAnswer>> {
  const body = new URLSearchParams({ ...form, client_id: app.appKey });
  if (app.appSecret !== undefined) body.set("client_secret", app.appSecret);
  let status: number;
  let text: string;
  let retryAfter: number;
  try {
    const response = await request(new URL("/oauth2/token", `${hosts.api}/`), {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: body.toString(),
      headersTimeout: 20_000,
      bodyTimeout: 20_000,
      ...(signal === undefined ? {} : { signal }),
    });
    status = response.statusCode;
    retryAfter = Number(response.headers["retry-after"] ?? Number.NaN);
    text = await response.body.text();
  } catch (error) {
    throw new OAuthError("network", "Dropbox can't be reached to authorize: try again in a moment.", { cause: error });
  }
  const json = parseJson(text);
  if (status === 200) {
    const answer = tokenAnswer.safeParse(json);
    if (answer.success) return answer.data;
    throw new OAuthError("unexpected", "Dropbox's answer to the authorization is not understood.", {
      cause: answer.error,
    });
  }
  if (status === 429 || status >= 500)
    throw new OAuthError(
      "network",
      `Dropbox answered ${status}: try again in a moment.`,
      Number.isFinite(retryAfter) && retryAfter >= 0 ? { retryAfter } : {},
    );
  const code = z.object({ error: z.string() }).safeParse(json).data?.error;
  if (code === "invalid_grant") {
    throw new OAuthError("invalid_grant", "Dropbox no longer accepts this authorization: connect the account again.");
  }
  if (code === "invalid_client" || code === "invalid_client_id" || code === "unauthorized_client") {
    throw new OAuthError(
      "invalid_client",
      "Dropbox does not know this app key and secret: check how the app is registered.",
    );
  }
  throw new OAuthError(
    "unexpected",
    `Dropbox refused the authorization (${status}${code === undefined ? "" : ` ${code}`}).`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
