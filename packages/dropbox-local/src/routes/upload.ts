import * as z from "zod";
import { routeError, tagged } from "../http/api-error.ts";
import { discard, type Received, receive, TooLarge } from "../http/receive.ts";
import type { User } from "../http/user.ts";
import { WriteFailure } from "../store/failures.ts";
import type { Store } from "../store/store.ts";
import { commitFields, hashType } from "./argument-types.ts";
import { commitFile } from "./commit-file.ts";
import { writeError } from "./failure-tags.ts";
import { type AnyRoute, type Call, userRoute } from "./route.ts";

const argument = z.strictObject({ ...commitFields, content_hash: hashType.nullish() });

/** The alpha route, deprecated, does the same. */
export const uploadRoutes: readonly AnyRoute[] = ["files/upload", "files/alpha/upload"].map((name) =>
  userRoute<z.infer<typeof argument>>({
    name,
    style: "upload",
    scope: "files.content.write",
    argument,
    handle: async (call, user) => {
      const { store } = call.services;
      const received = await receiveBody(call, user, call.arg.content_hash);
      const content = { ...received, slices: received.slice === null ? [] : [received.slice] };
      try {
        const committed = await store.write(user.ns, () => commitFile(store, user, call.arg, content));
        if (!committed.newContent) await discard(received, store.packs);
        return committed.metadata;
      } catch (error) {
        if (!(error instanceof WriteFailure)) throw error;
        throw routeError(
          tagged("path", { reason: writeError(error.reason), upload_session_id: await keep(store, user, received) }),
        );
      }
    },
  }),
);

/**
 * Takes in the body of an upload, as large as one request may be, with the hash that the caller says it has.
 * @throws ApiError 409 `payload_too_large`, `content_hash_mismatch`: tags that every such route has
 */
export async function receiveBody(
  call: Call<unknown>,
  user: Pick<User, "ns">,
  hash: string | null | undefined,
): Promise<Received> {
  const { store, settings, bandwidth } = call.services;
  try {
    const received = await receive(bandwidth.incoming(user.ns, call.request), store.packs, settings.maximumRequestSize);
    if (hash === null || hash === undefined || hash === received.hash) return received;
    await discard(received, store.packs);
    throw routeError(tagged("content_hash_mismatch"));
  } catch (error) {
    if (error instanceof TooLarge) throw routeError(tagged("payload_too_large"));
    throw error;
  }
}

/** What could not be saved is kept as a finished upload, so that its sender can try another path without sending it again. */
function keep(store: Store, user: User, received: Received): Promise<string> {
  const piece = { ...received, length: received.size };
  return store.commit(() => store.sessions.start(user.owner, false, piece, true));
}
