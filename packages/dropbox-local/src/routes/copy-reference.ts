import * as z from "zod";
import { nested, routeError, tagged } from "../http/api-error.ts";
import type { User } from "../http/user.ts";
import type { Entry } from "../store/entries.ts";
import { LookupFailure, RelocationFailure, WriteFailure } from "../store/failures.ts";
import { writePath } from "../store/paths.ts";
import { copy } from "../store/relocation.ts";
import { signed, verified } from "../store/signed.ts";
import type { Store } from "../store/store.ts";
import { readPathType, writePathType } from "./argument-types.ts";
import { writeError } from "./failure-tags.ts";
import { lookup, orPathError } from "./metadata.ts";
import { formatTime, metadata } from "./metadata-shape.ts";
import { userRoute } from "./route.ts";

/** How long a reference lives, as recorded: 30 years, which is for ever. */
const LIFETIME = 30 * 365.25 * 24 * 3600 * 1000;

const heldType = z.object({ ns: z.number(), app: z.string(), id: z.string() });

const getArgument = z.strictObject({ path: readPathType });

/** A text by which the same app can copy a file or folder into another of its users' accounts. */
export const getCopyReference = userRoute<z.infer<typeof getArgument>>({
  name: "files/copy_reference/get",
  style: "rpc",
  scope: "files.content.write",
  argument: getArgument,
  handle: async ({ arg, services: { store } }, { owner, scope }) => {
    const entry = orPathError(() => lookup(store, scope, arg.path));
    return {
      metadata: metadata(scope, entry, true),
      copy_reference: signed(store.secret, "copy-reference", { ...owner, id: entry.id }),
      expires: formatTime(store.now() + LIFETIME),
    };
  },
});

const saveArgument = z.strictObject({ copy_reference: z.string(), path: writePathType });

export const saveCopyReference = userRoute<z.infer<typeof saveArgument>>({
  name: "files/copy_reference/save",
  style: "rpc",
  scope: "files.content.write",
  argument: saveArgument,
  handle: async ({ arg, services: { store } }, user) => {
    try {
      return await store.write(user.ns, () => {
        const from = referred(store, user, arg.copy_reference);
        const to = writePath(store.tree.entries, user.scope, arg.path, from.folder);
        const copied = copy(store.tree, from, { ...to, ns: user.ns }, { autorename: false });
        return { metadata: metadata(user.scope, copied, true) };
      });
    } catch (error) {
      throw saveError(error);
    }
  },
});

/** What a reference stands for. @throws ApiError 409 `invalid_copy_reference`, `no_permission`, `not_found` */
function referred(store: Store, user: User, reference: string): Entry {
  const held = heldType.safeParse(verified(store.secret, "copy-reference", reference));
  if (!held.success) throw routeError(tagged("invalid_copy_reference"));
  // Only the app that made it may save it (specification).
  if (held.data.app !== user.owner.app) throw routeError(tagged("no_permission"));
  const entry = store.tree.entries.aliveById(held.data.ns, held.data.id);
  if (entry === undefined) throw routeError(tagged("not_found"));
  return entry;
}

function saveError(error: unknown): unknown {
  if (error instanceof WriteFailure) return routeError(nested("path", writeError(error.reason)));
  if (error instanceof LookupFailure) return routeError(nested("path", tagged("malformed_path")));
  if (!(error instanceof RelocationFailure)) return error;
  const { reason } = error;
  if (reason === "too_many_files") return routeError(tagged("too_many_files"));
  if (reason === "insufficient_quota") return routeError(nested("path", tagged("insufficient_space")));
  if (typeof reason === "object" && "to" in reason) return routeError(nested("path", writeError(reason.to)));
  return routeError(nested("path", tagged("conflict", { conflict: tagged("folder") })));
}
