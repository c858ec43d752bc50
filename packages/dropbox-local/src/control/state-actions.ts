import * as z from "zod";
import { parseSeed } from "../seed-plan.ts";
import { plant } from "../seeding.ts";
import { type Action, namespaceOf } from "./action.ts";

const seedType = z.looseObject({ accountId: z.string() });

/** What accounts hold, made at once. */
export const STATE_ACTIONS: Readonly<Record<string, Action>> = {
  "POST seed": async ({ services }, body) => {
    const { accountId, ...seed } = seedType.parse(body);
    return plant(services.store, namespaceOf(services, accountId), parseSeed(seed));
  },
};
