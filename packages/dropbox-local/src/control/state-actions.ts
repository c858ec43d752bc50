import * as z from "zod";
import { parseSeed } from "../seed-plan.ts";
import { plant } from "../seeding.ts";
import { type Action, namespaceOf } from "./action.ts";

const seedType = z.looseObject({ accountId: z.string() });

const nameType = z.strictObject({ name: z.string() });

/** What all accounts hold: made at once, saved, and put back. */
export const STATE_ACTIONS: Readonly<Record<string, Action>> = {
  "POST seed": async ({ services }, body) => {
    const { accountId, ...seed } = seedType.parse(body);
    return plant(services.store, namespaceOf(services, accountId), parseSeed(seed));
  },
  "GET snapshots": async ({ services: { store } }) => ({
    snapshots: (await store.snapshots.list()).map(({ name, saved }) => ({
      name,
      saved: new Date(saved).toISOString(),
    })),
  }),
  "POST snapshot": async ({ services: { store } }, body) => {
    await store.snapshots.save(nameType.parse(body).name);
    return {};
  },
  "DELETE snapshot": async ({ services: { store } }, body) => {
    await store.snapshots.remove(nameType.parse(body).name);
    return {};
  },
  "POST reset": async ({ services: { store } }, body) => {
    await store.reset(nameType.parse(body).name);
    return {};
  },
};
