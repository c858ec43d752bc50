import { scopeOf } from "../http/authenticate.ts";
import { discard, type Received, receive, TooLarge } from "../http/receive.ts";
import { jsonReply, type Reply, textReply } from "../http/reply.ts";
import { WriteFailure } from "../store/failures.ts";
import { LockContention } from "../store/namespace-lock.ts";
import type { CommitInfo } from "./argument-types.ts";
import { commitFile } from "./commit-file.ts";
import type { LinkCall } from "./link-call.ts";

const GONE = "This link has expired, or was used.";

class UsedUp extends Error {
  override readonly name = "UsedUp";
}

/** Takes the one file that a temporary upload link is for. The answers are those that the specification lists. */
export async function answerTemporaryUpload({ name, request, services }: LinkCall): Promise<Reply> {
  const { store, settings, bandwidth } = services;
  const link = store.links.uploadLink(name);
  const app = link === undefined ? undefined : store.apps.byKey(link.owner.app);
  if (link === undefined || app === undefined) return textReply(409, "There is no such link.");
  if (link.expires <= store.now()) return textReply(410, GONE);
  if (request.headers["content-type"] !== "application/octet-stream")
    return textReply(400, "The Content-Type must be application/octet-stream.");
  const { ns } = link.owner;
  const commit = JSON.parse(link.commitInfo) as CommitInfo;
  let received: Received | null = null;
  let kept = false;
  try {
    received = await receive(bandwidth.incoming(ns, request), store.packs, settings.maximumRequestSize);
    const content = { ...received, slices: received.slice === null ? [] : [received.slice] };
    kept = await store.write(ns, () => {
      // Somebody else may have used it, or its app may be gone, while this file was on its way.
      if ((store.links.uploadLink(name)?.expires ?? 0) === 0) throw new UsedUp();
      store.links.useUpUploadLink(name);
      return commitFile(store, { ns, scope: scopeOf(ns, app) }, commit, content).newContent;
    });
    return jsonReply({ "content-hash": received.hash });
  } catch (error) {
    if (error instanceof TooLarge) return textReply(413, "The file is too large for one request.");
    if (error instanceof UsedUp) return textReply(410, GONE);
    if (error instanceof LockContention) return textReply(409, "Too much is being written just now: try it again.");
    if (error instanceof WriteFailure) return textReply(409, `The file was not saved: ${error.message}.`);
    throw error;
  } finally {
    if (received !== null && !kept) await discard(received, store.packs);
  }
}
