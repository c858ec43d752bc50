import { randomBytes } from "node:crypto";
import type { Store } from "../store/store.ts";
import { callWebhook, WebhookFailure } from "./call.ts";

/** The most addresses of one app. */
const MAXIMUM_WEBHOOKS = 20;

/**
 * Registers an address of an app's, or enables it again, once it has shown that it wants notifications: it answers a GET with
 * the `challenge` that stands in the query (Dropbox's page on webhooks).
 * @returns what its developer should change all the same; null when there is nothing
 * @throws WebhookFailure
 */
export async function registerWebhook(
  store: Store,
  app: string,
  uri: string,
  patience: number,
  stopped: AbortSignal,
): Promise<string | null> {
  const address = webhookAddress(uri);
  const there = store.webhooks.ofApp(app);
  if (there.length >= MAXIMUM_WEBHOOKS && !there.some((webhook) => webhook.uri === uri))
    throw new WebhookFailure(`An app can have ${MAXIMUM_WEBHOOKS} webhooks: remove another first.`);
  const challenge = randomBytes(24).toString("base64url");
  address.searchParams.append("challenge", challenge);
  const { status, headers, text } = await callWebhook(address.href, {}, patience, stopped);
  if (status !== 200) throw new WebhookFailure(`It answered the challenge with the status ${status}, not 200.`);
  if (text !== challenge) throw new WebhookFailure("It did not answer with the challenge that stands in the query.");
  await store.commit(() => {
    if (store.apps.byKey(app) === undefined) throw new WebhookFailure("Its app was deleted meanwhile.");
    store.webhooks.add(app, uri);
  });
  const harmless =
    /^text\/plain\b/i.test(headers.get("content-type") ?? "") && headers.get("x-content-type-options") === "nosniff";
  return harmless
    ? null
    : "It answers with what stands in its query, and not as text/plain with X-Content-Type-Options: nosniff: that can be used against its visitors.";
}

/** @throws WebhookFailure */
function webhookAddress(uri: string): URL {
  const address = URL.canParse(uri) ? new URL(uri) : null;
  if (address === null || !["http:", "https:"].includes(address.protocol))
    throw new WebhookFailure(`"${uri}" is not a whole address: it begins with https:// or http://.`);
  if (address.username !== "" || address.password !== "" || address.hash !== "")
    throw new WebhookFailure("The address can have no user, no password and no #.");
  return address;
}
