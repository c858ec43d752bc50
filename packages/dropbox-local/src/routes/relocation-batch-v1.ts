import { MAXIMUM_BATCH_ENTRIES } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { tagged } from "../http/api-error.ts";
import type { User } from "../http/user.ts";
import { RelocationFailure } from "../store/failures.ts";
import type { Store } from "../store/store.ts";
import { flagType } from "./argument-types.ts";
import { checkRoute } from "./batch-jobs.ts";
import { relocationError } from "./failure-tags.ts";
import { relocate, relocationPathType, type Verb } from "./relocate.ts";
import { type AnyRoute, userRoute } from "./route.ts";

const argument = z.strictObject({
  entries: z.array(relocationPathType).min(1).max(MAXIMUM_BATCH_ENTRIES),
  autorename: flagType,
  allow_shared_folder: flagType,
  allow_ownership_transfer: flagType,
});
type BatchArg = z.infer<typeof argument>;

/** The deprecated batches are all or nothing: "if one entry fails, the whole transaction will abort" (their own documentation). */
function relocationBatchRoute(verb: Verb): AnyRoute {
  return userRoute<BatchArg>({
    name: `files/${verb}_batch`,
    style: "rpc",
    scope: "files.content.write",
    argument,
    handle: ({ arg, services: { store } }, user) =>
      store.writeBatch(user.ns, () =>
        tagged("async_job_id", {
          async_job_id: store.jobs.create(user.owner, "relocation-v1", outcome(verb, store, user, arg)),
        }),
      ),
  });
}

export const relocationBatchRoutesV1: readonly AnyRoute[] = (["move", "copy"] as const).flatMap((verb) => [
  relocationBatchRoute(verb),
  checkRoute(`files/${verb}_batch/check`, "relocation-v1"),
]);

function outcome(verb: Verb, store: Store, user: User, { entries, autorename }: BatchArg): Record<string, unknown> {
  try {
    return store.attempt(() => ({
      entries: entries.map((entry) => ({ metadata: relocate(verb, store, user, entry, autorename) })),
    }));
  } catch (error) {
    if (!(error instanceof RelocationFailure)) throw error;
    return { failed: relocationError(error.reason) };
  }
}
