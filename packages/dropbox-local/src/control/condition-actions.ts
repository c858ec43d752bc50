import * as z from "zod";
import type { Conditions } from "../conditions.ts";
import { PROFILE_NAMES, profileNamed } from "../profiles.ts";
import { type Action, namespaceOf } from "./action.ts";
import { faultsFrom } from "./fault-plan.ts";

const durationType = z.number().min(0);
const rateType = z.number().min(1).nullable();

const conditionsType = z.strictObject({
  latencyMs: durationType.optional(),
  commitMs: durationType.optional(),
  lockWaitMs: durationType.optional(),
  uploadBytesPerSecond: rateType.optional(),
  downloadBytesPerSecond: rateType.optional(),
  requestsPerSecond: rateType.optional(),
} satisfies Record<keyof Conditions, z.ZodType>);
const bandwidthType = z.strictObject({
  accountId: z.string(),
  uploadBytesPerSecond: rateType.optional(),
  downloadBytesPerSecond: rateType.optional(),
});
const profileType = z.strictObject({ name: z.enum(PROFILE_NAMES) });
const backoffType = z.strictObject({ seconds: z.int().min(0).nullable() });

/** How the way to the server is, and what goes wrong on it. */
export const CONDITION_ACTIONS: Readonly<Record<string, Action>> = {
  "GET conditions": async ({ services }) => services.settings.conditions,
  "POST conditions": async ({ services }, body) =>
    Object.assign(services.settings.conditions, conditionsType.parse(body)),
  "POST profile": async ({ services }, body) =>
    Object.assign(services.settings.conditions, profileNamed(profileType.parse(body).name)),
  "POST bandwidth": async ({ services }, body) => {
    const { accountId, ...rates } = bandwidthType.parse(body);
    services.bandwidth.give(namespaceOf(services, accountId), rates);
    return {};
  },
  "POST faults": async ({ faults }, body) => {
    for (const fault of faultsFrom(body)) faults.add(fault);
    return {};
  },
  "GET faults": async ({ faults }) => ({ met: faults.met() }),
  "DELETE faults": async ({ faults }) => {
    faults.clear();
    return {};
  },
  "POST poll-backoff": async ({ services: { polls } }, body) => {
    polls.backoff = backoffType.parse(body).seconds;
    return {};
  },
  "POST end-polls": async ({ services: { polls } }) => {
    const { end } = polls;
    polls.end = new AbortController();
    end.abort();
    return {};
  },
  "DELETE stats": async ({ stats }) => {
    stats?.reset();
    return {};
  },
};
