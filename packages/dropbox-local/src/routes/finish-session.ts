import { MAXIMUM_BATCH_ENTRIES } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { nested, routeError, type Tagged, tagged } from "../http/api-error.ts";
import { discard } from "../http/receive.ts";
import type { User } from "../http/user.ts";
import type { ReceivedContent } from "../store/contents.ts";
import { WriteFailure } from "../store/failures.ts";
import { LockContention } from "../store/namespace-lock.ts";
import type { Store } from "../store/store.ts";
import { SessionFailure } from "../store/upload-sessions.ts";
import { commitType, hashType } from "./argument-types.ts";
import { checkRoute } from "./batch-jobs.ts";
import { commitFile } from "./commit-file.ts";
import { writeError } from "./failure-tags.ts";
import { userRoute } from "./route.ts";
import { receiveBody } from "./upload.ts";
import { cursorType, finishError, pieceOf } from "./upload-session.ts";

const argument = z.strictObject({ cursor: cursorType, commit: commitType, content_hash: hashType.nullish() });
type FinishArg = z.infer<typeof argument>;

export const uploadSessionFinish = userRoute<FinishArg>({
  name: "files/upload_session/finish",
  style: "upload",
  scope: "files.content.write",
  argument,
  handle: async (call, user) => {
    const { store } = call.services;
    const { cursor, commit, content_hash } = call.arg;
    const received = await receiveBody(call, user, content_hash);
    try {
      if (received.size > 0) {
        if (store.sessions.isConcurrent(user.owner, cursor.session_id))
          throw new SessionFailure("concurrent_session_data_not_allowed");
        const piece = pieceOf(received);
        await store.commit(() => store.sessions.append(user.owner, cursor.session_id, cursor.offset, piece, false));
      }
    } catch (error) {
      await discard(received, store.packs);
      throw error instanceof SessionFailure ? routeError(finishError(error)) : error;
    }
    try {
      const total = cursor.offset + received.size;
      const content = await store.sessions.content(user.owner, cursor.session_id, total, false, store.contents);
      return await store.write(user.ns, () => finish(store, user, cursor.session_id, commit, content));
    } catch (error) {
      const tag = failureTag(error);
      throw tag === null ? error : routeError(tag);
    }
  },
});

const batchArgument = z.strictObject({ entries: z.array(argument).max(MAXIMUM_BATCH_ENTRIES) });

export const uploadSessionFinishBatch = userRoute<z.infer<typeof batchArgument>>({
  name: "files/upload_session/finish_batch_v2",
  style: "rpc",
  scope: "files.content.write",
  argument: batchArgument,
  handle: async ({ arg, services: { store } }, user) => ({ entries: await finishAll(store, user, arg.entries) }),
});

/** The old route gives a job id; its work, too, is done by then. */
export const uploadSessionFinishBatchV1 = userRoute<z.infer<typeof batchArgument>>({
  name: "files/upload_session/finish_batch",
  style: "rpc",
  scope: "files.content.write",
  argument: batchArgument,
  handle: async ({ arg, services: { store } }, user) => {
    const entries = await finishAll(store, user, arg.entries);
    return tagged("async_job_id", {
      async_job_id: await store.commit(() => store.jobs.create(user.owner, "finish", { entries })),
    });
  },
});

export const uploadSessionFinishBatchCheck = checkRoute("files/upload_session/finish_batch/check", "finish");

/** The entry of a session that can't be finished, as it will be answered. */
interface Failed {
  readonly failure: Tagged;
}

/** Finishes many sessions under one hold of the account's lock, in one transaction; each succeeds or fails by itself. */
async function finishAll(store: Store, user: User, entries: readonly FinishArg[]): Promise<Tagged[]> {
  const contents: (ReceivedContent | Failed)[] = [];
  for (const { cursor } of entries) contents.push(await contentOf(store, user, cursor.session_id, cursor.offset));
  try {
    return await store.writeBatch(user.ns, () =>
      entries.map(({ cursor, commit }, index) => {
        const content = contents[index];
        if (content === undefined) throw new Error("a content for each entry");
        if ("failure" in content) return content.failure;
        return finishOne(store, user, cursor.session_id, commit, content);
      }),
    );
  } catch (error) {
    // Seen in the field: the batch is answered, and every entry of it was refused.
    if (error instanceof LockContention)
      return entries.map(() => nested("failure", tagged("too_many_write_operations")));
    throw error;
  }
}

async function contentOf(store: Store, user: User, id: string, offset: number): Promise<ReceivedContent | Failed> {
  try {
    return await store.sessions.content(user.owner, id, offset, true, store.contents);
  } catch (error) {
    if (error instanceof SessionFailure) return { failure: nested("failure", finishError(error)) };
    throw error;
  }
}

function finishOne(
  store: Store,
  user: User,
  id: string,
  commit: FinishArg["commit"],
  content: ReceivedContent,
): Tagged {
  try {
    return tagged(
      "success",
      store.attempt(() => finish(store, user, id, commit, content)),
    );
  } catch (error) {
    const failure = failureTag(error);
    if (failure === null) throw error;
    return nested("failure", failure);
  }
}

/** Within a transaction. */
function finish(store: Store, user: User, id: string, commit: FinishArg["commit"], content: ReceivedContent) {
  // Another request may have finished it since its content was looked at.
  store.sessions.isConcurrent(user.owner, id);
  const { metadata } = commitFile(store, user, commit, content);
  store.sessions.remove(id);
  return metadata;
}

function failureTag(error: unknown): Tagged | null {
  if (error instanceof SessionFailure) return finishError(error);
  if (error instanceof WriteFailure) return nested("path", writeError(error.reason));
  return null;
}
