import type { App } from "../store/apps.ts";
import type { Store } from "../store/store.ts";
import { isScopeName, type ScopeName } from "./scopes.ts";

/** What an app asks its user for, checked. */
export interface AuthorizationRequest {
  readonly app: App;
  /** Null: the code is shown, to be copied. */
  readonly redirect: string | null;
  readonly state: string | null;
  readonly scopes: readonly ScopeName[];
  readonly challenge: string | null;
  readonly challengeMethod: "S256" | "plain" | null;
  readonly offline: boolean;
  readonly forceReapprove: boolean;
  readonly forceReauthentication: boolean;
  /** Ask for what was granted before, too. */
  readonly includeGranted: boolean;
}

export type ParsedRequest =
  | { readonly kind: "good"; readonly request: AuthorizationRequest }
  /** Nobody to send the user back to can be trusted: say it on a page. */
  | { readonly kind: "refused"; readonly why: string }
  /** The app's mistake, told to the app. */
  | { readonly kind: "redirect"; readonly address: string };

const STATE_LENGTH = 2000;

/** Checks what `/oauth2/authorize` was called with (RFC 6749, 7636; Dropbox's OAuth guide). */
export function parseAuthorizationRequest(store: Store, query: URLSearchParams): ParsedRequest {
  const refused = (why: string): ParsedRequest => ({ kind: "refused", why });
  const clientId = query.get("client_id");
  if (clientId === null) return refused("The app that sent you here did not say who it is (client_id is missing).");
  const app = store.apps.byKey(clientId);
  if (app === undefined) return refused(`No app with the key "${clientId}" is registered here (client_id).`);
  const redirect = query.get("redirect_uri");
  if (redirect !== null && !store.apps.redirectAddresses(app.key).includes(redirect))
    return refused(
      `"${app.name}" has not registered the address ${redirect} to return to (redirect_uri). It must match exactly.`,
    );
  const state = query.get("state");
  const wrong = (error: string, description: string): ParsedRequest =>
    redirect === null
      ? refused(`The request of "${app.name}" can't be understood: ${description}.`)
      : { kind: "redirect", address: returnAddress(redirect, { error, error_description: description, state }) };
  if (state !== null && state.length > STATE_LENGTH) return wrong("invalid_request", "state is too long");
  if (query.get("response_type") !== "code") return wrong("unsupported_response_type", "response_type must be code");
  const challenge = query.get("code_challenge");
  const method = query.get("code_challenge_method") ?? "plain";
  if (method !== "S256" && method !== "plain")
    return wrong("invalid_request", "code_challenge_method must be S256 or plain");
  if (challenge !== null && !/^[A-Za-z0-9._~-]{43,128}$/.test(challenge))
    return wrong("invalid_request", "code_challenge must have 43 to 128 unreserved characters");
  const accessType = query.get("token_access_type") ?? "online";
  if (accessType !== "online" && accessType !== "offline" && accessType !== "legacy")
    return wrong("invalid_request", "token_access_type must be online or offline");
  const scopes = scopesOf(app, query.get("scope"));
  if (typeof scopes === "string") return wrong("invalid_scope", scopes);
  return {
    kind: "good",
    request: {
      app,
      redirect,
      state,
      scopes,
      challenge,
      challengeMethod: challenge === null ? null : method,
      offline: accessType === "offline",
      forceReapprove: query.get("force_reapprove") === "true",
      forceReauthentication: query.get("force_reauthentication") === "true",
      includeGranted: query.get("include_granted_scopes") === "user",
    },
  };
}

/** The redirect address with an answer in its query; what is null is left out. */
export function returnAddress(redirect: string, answer: Readonly<Record<string, string | null>>): string {
  const address = new URL(redirect);
  for (const [name, value] of Object.entries(answer)) if (value !== null) address.searchParams.set(name, value);
  return address.href;
}

/** All of the app's scopes when it names none; otherwise those it names. A text says what is wrong. */
function scopesOf(app: App, text: string | null): ScopeName[] | string {
  const wanted = text === null || text.trim() === "" ? app.scopes : text.trim().split(/\s+/);
  const scopes: ScopeName[] = [];
  for (const scope of new Set(wanted)) {
    if (!isScopeName(scope)) return `the scope ${scope} is not known`;
    if (!app.scopes.includes(scope)) return `the app is not registered for the scope ${scope}`;
    scopes.push(scope);
  }
  return scopes;
}
