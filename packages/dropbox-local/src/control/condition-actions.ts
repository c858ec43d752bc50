import * as z from "zod";
import type { Conditions } from "../conditions.ts";
import { FaultSchema } from "../http/faults.ts";
import { PROFILE_NAMES, profileNamed } from "../profiles.ts";
import { ALL_ROUTES } from "../routes/all-routes.ts";
import { type Action, ControlError, namespaceOf } from "./action.ts";

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

/** What a fault may be told to hit, beside `*` and the beginnings of these. */
const FAULTY = [...ALL_ROUTES.map((route) => route.name), "oauth2/token"];

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
    const asked = z.array(FaultSchema).parse(Array.isArray(body) ? body : [body]);
    for (const { route } of asked)
      if (!hitsSomething(route))
        throw new ControlError(`There is no route ${route}: a fault there would never happen.`);
    for (const fault of asked) faults.add(fault);
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

function hitsSomething(route: string): boolean {
  return FAULTY.some((name) => (route.endsWith("*") ? name.startsWith(route.slice(0, -1)) : name === route));
}
