import type * as z from "zod";
import { routeError, type Tagged, tagged } from "../http/api-error.ts";
import type { User } from "../http/user.ts";
import type { JobKind } from "../store/jobs.ts";
import type { Store } from "../store/store.ts";
import { jobType } from "./argument-types.ts";
import { type AnyRoute, userRoute } from "./route.ts";

/**
 * Does a batch under one hold of the account's lock, in one transaction. Answers its results at once, or a job id under which
 * they can be asked for: the work is done by then, since a job that could be lost in a crash would be worth nothing.
 */
export function launch(
  store: Store,
  user: User,
  kind: JobKind,
  asynchronous: boolean,
  work: () => readonly Tagged[],
): Promise<Tagged> {
  return store.writeBatch(user.ns, () => {
    const entries = work();
    if (!asynchronous) return tagged("complete", { entries });
    return tagged("async_job_id", { async_job_id: store.jobs.create(user.owner, kind, { entries }) });
  });
}

/** The route that asks for a job's result; one that failed as a whole has none, but the reason. */
export function checkRoute(name: string, kind: JobKind): AnyRoute {
  return userRoute<z.infer<typeof jobType>>({
    name,
    style: "rpc",
    scope: "files.content.write",
    argument: jobType,
    handle: async ({ arg, services: { store } }, user) => {
      const result = store.jobs.find(user.owner, kind, arg.async_job_id);
      if (result === undefined) throw routeError(tagged("invalid_async_job_id"));
      return tagged("failed" in result ? "failed" : "complete", result);
    },
  });
}
