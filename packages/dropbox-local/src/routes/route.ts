import type { IncomingMessage } from "node:http";
import type * as z from "zod";
import type { Bandwidth } from "../http/bandwidth.ts";
import type { Reply } from "../http/reply.ts";
import type { User } from "../http/user.ts";
import type { ScopeName } from "../oauth/scopes.ts";
import type { Settings } from "../settings.ts";
import type { Store } from "../store/store.ts";
import type { WebhookDeliverer } from "../webhooks/deliverer.ts";

/** What every route may use. */
export interface Services {
  readonly store: Store;
  readonly settings: Settings;
  /** Ends when the server closes. */
  readonly closing: AbortSignal;
  readonly polls: PollControl;
  readonly bandwidth: Bandwidth;
  readonly webhooks: WebhookDeliverer;
}

/** What the control API may do to long polls. */
export interface PollControl {
  /** Seconds that every long poll's answer asks its caller to wait; null for none. */
  backoff: number | null;
  /** Aborted, and replaced, to make all waiting polls answer at once. */
  end: AbortController;
}

export interface Call<A> {
  readonly arg: A;
  readonly services: Services;
  readonly request: IncomingMessage;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

interface RouteBase<A> {
  /** As in the address: `files/list_folder`. */
  readonly name: string;
  readonly argument: z.ZodType<A>;
  /** `rpc`: JSON in the body; `upload`: JSON in a header, bytes in the body; `download`: JSON in a header, bytes answered. */
  readonly style: "rpc" | "upload" | "download";
}

export interface UserRoute<A> extends RouteBase<A> {
  readonly auth: "user";
  /** Null where any token will do. */
  readonly scope: ScopeName | null;
  /** @returns the result, to be sent as JSON, or a whole reply */
  handle(call: Call<A>, user: User): Promise<unknown>;
}

/** A route that needs no user: an app's, by key and secret, or anybody's. */
export interface OpenRoute<A> extends RouteBase<A> {
  readonly auth: "app" | "none";
  handle(call: Call<A>): Promise<unknown>;
}

/** A route whose argument's type is its own business. */
export type AnyRoute = UserRoute<never> | OpenRoute<never>;

export function userRoute<A>(route: Omit<UserRoute<A>, "auth">): AnyRoute {
  return { ...route, auth: "user" } as AnyRoute;
}

export function openRoute<A>(route: OpenRoute<A>): AnyRoute {
  return route as AnyRoute;
}

/** A whole reply in place of a JSON result. */
export class WholeReply {
  readonly reply: Reply;
  constructor(reply: Reply) {
    this.reply = reply;
  }
}
