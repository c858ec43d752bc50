import { MAXIMUM_BATCH_ENTRIES } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { nested, routeError, tagged } from "../http/api-error.ts";
import { discard, type Received } from "../http/receive.ts";
import type { User } from "../http/user.ts";
import { type Piece, SessionFailure } from "../store/upload-sessions.ts";
import { flagType, hashType, tagType } from "./argument-types.ts";
import { sessionError } from "./failure-tags.ts";
import { type Call, userRoute } from "./route.ts";
import { receiveBody } from "./upload.ts";

const sessionType = tagType(["sequential", "concurrent"], "sequential");

export const cursorType = z.strictObject({ session_id: z.string(), offset: z.int().min(0) });

const startArgument = z.strictObject({
  close: flagType,
  session_type: sessionType,
  content_hash: hashType.nullish(),
});

export const uploadSessionStart = userRoute<z.infer<typeof startArgument>>({
  name: "files/upload_session/start",
  style: "upload",
  scope: "files.content.write",
  argument: startArgument,
  handle: async (call, user) => {
    const { store } = call.services;
    const concurrent = call.arg.session_type === "concurrent";
    if (concurrent && call.arg.close) throw routeError(tagged("concurrent_session_close_not_allowed"));
    const received = await receiveBody(call, user, call.arg.content_hash);
    if (concurrent && received.size > 0) {
      await discard(received, store.packs);
      throw routeError(tagged("concurrent_session_data_not_allowed"));
    }
    const first = received.size === 0 ? null : pieceOf(received);
    return {
      session_id: await store.commit(() => store.sessions.start(user.owner, concurrent, first, call.arg.close)),
    };
  },
});

const startBatchArgument = z.strictObject({
  session_type: sessionType,
  num_sessions: z.int().min(1).max(MAXIMUM_BATCH_ENTRIES),
});

export const uploadSessionStartBatch = userRoute<z.infer<typeof startBatchArgument>>({
  name: "files/upload_session/start_batch",
  style: "rpc",
  scope: "files.content.write",
  argument: startBatchArgument,
  handle: async ({ arg, services: { store } }, user) => {
    const concurrent = arg.session_type === "concurrent";
    const start = () => store.sessions.start(user.owner, concurrent, null, false);
    return { session_ids: await store.commit(() => Array.from({ length: arg.num_sessions }, start)) };
  },
});

const appendArgument = z.strictObject({ cursor: cursorType, close: flagType, content_hash: hashType.nullish() });
type AppendArg = z.infer<typeof appendArgument>;

export const uploadSessionAppend = userRoute<AppendArg>({
  name: "files/upload_session/append_v2",
  style: "upload",
  scope: "files.content.write",
  argument: appendArgument,
  handle: append,
});

/** The deprecated route: its argument is the cursor itself. */
export const uploadSessionAppendV1 = userRoute<z.infer<typeof cursorType>>({
  name: "files/upload_session/append",
  style: "upload",
  scope: "files.content.write",
  argument: cursorType,
  handle: (call, user) => append({ ...call, arg: { cursor: call.arg, close: false } }, user),
});

async function append(call: Call<AppendArg>, user: User): Promise<null> {
  const { store } = call.services;
  const { cursor, close, content_hash } = call.arg;
  const received = await receiveBody(call, user, content_hash);
  try {
    await store.commit(() =>
      store.sessions.append(user.owner, cursor.session_id, cursor.offset, pieceOf(received), close),
    );
    return null;
  } catch (error) {
    await discard(received, store.packs);
    if (error instanceof SessionFailure) throw routeError(sessionError(error.reason));
    throw error;
  }
}

export function pieceOf(received: Received): Piece {
  return { ...received, length: received.size };
}

/** A session's failure as the finishing routes tell it: some are tags of their own, the others are those of a lookup. */
export function finishError(failure: SessionFailure) {
  const { reason } = failure;
  if (typeof reason === "string" && reason.startsWith("concurrent_session_")) return tagged(reason);
  return nested("lookup_failed", sessionError(reason));
}
