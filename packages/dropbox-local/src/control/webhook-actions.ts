import * as z from "zod";
import type { Services } from "../routes/route.ts";
import type { Webhook } from "../store/webhooks.ts";
import { type Action, ControlError } from "./action.ts";

const webhookType = z.strictObject({ appKey: z.string(), uri: z.string() });

/** The addresses that apps are told at when files of their users change. */
export const WEBHOOK_ACTIONS: Readonly<Record<string, Action>> = {
  "GET webhooks": async ({ services: { store } }) => ({
    webhooks: store.webhooks.all().map(({ app, uri, enabled, givenUp, failure }) => ({
      appKey: app,
      uri,
      enabled,
      givenUp,
      failure,
    })),
  }),
  "POST webhook": async ({ services }, body) => {
    const { appKey, uri } = webhookType.parse(body);
    if (services.store.apps.byKey(appKey) === undefined)
      throw new ControlError(`There is no app with the key ${appKey}.`);
    return { advice: await services.webhooks.register(appKey, uri) };
  },
  "DELETE webhook": async ({ services }, body) => {
    const { store } = services;
    const { id } = webhookAt(services, webhookType.parse(body));
    await store.commit(() => store.webhooks.remove(id));
    return {};
  },
};

function webhookAt({ store }: Services, { appKey, uri }: z.infer<typeof webhookType>): Webhook {
  const webhook = store.webhooks.find(appKey, uri);
  if (webhook === undefined) throw new ControlError(`The app ${appKey} has no webhook ${uri}.`);
  return webhook;
}
