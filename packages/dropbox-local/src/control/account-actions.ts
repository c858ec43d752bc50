import * as z from "zod";
import { type Action, type Clock, namespaceOf } from "./action.ts";

const accountType = z.strictObject({ accountId: z.string() });
const linkType = z.strictObject({ accountId: z.string(), appKey: z.string() });
const clockType = z.strictObject({ seconds: z.number().min(0) });

/** What happens to accounts and their links, and to what expires with time. */
export const ACCOUNT_ACTIONS: Readonly<Record<string, Action>> = {
  "POST expire-access-tokens": async ({ services: { store } }) => {
    await store.commit(() => store.grants.expireAccessTokens());
    return {};
  },
  "POST reset-cursors": async ({ services }, body) => {
    const { store } = services;
    const ns = namespaceOf(services, accountType.parse(body).accountId);
    await store.commit(() => {
      store.states.write(ns).epoch++;
    });
    return {};
  },
  "POST revoke-link": async ({ services }, body) => {
    const { store } = services;
    const { accountId, appKey } = linkType.parse(body);
    const ns = namespaceOf(services, accountId);
    await store.commit(() => store.grants.revokeLink(ns, appKey));
    return {};
  },
  "GET clock": async ({ clock }) => timeOf(clock),
  "POST advance-clock": async ({ clock }, body) => {
    clock.advance(clockType.parse(body).seconds * 1000);
    return timeOf(clock);
  },
};

function timeOf(clock: Clock) {
  return { now: new Date(clock.now()).toISOString(), aheadSeconds: clock.ahead() / 1000 };
}
