import { MAXIMUM_POLL_SECONDS, MINIMUM_POLL_SECONDS } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { badInput, routeError, tagged } from "../http/api-error.ts";
import { type Cursor, decodeCursor } from "../store/cursors.ts";
import type { Store } from "../store/store.ts";
import { parentRow } from "./list-folder.ts";
import { openRoute } from "./route.ts";

const argument = z.strictObject({
  cursor: z.string().min(1),
  timeout: z.int().min(MINIMUM_POLL_SECONDS).max(MAXIMUM_POLL_SECONDS).default(MINIMUM_POLL_SECONDS),
});

/** Waits for a change behind a cursor. Needs no token: the cursor itself is the secret. */
export const longpoll = openRoute<z.infer<typeof argument>>({
  name: "files/list_folder/longpoll",
  style: "rpc",
  auth: "none",
  argument,
  handle: async ({ arg, services, signal }) => {
    const { store, settings, polls } = services;
    const cursor = decodeCursor(store.secret, arg.cursor);
    if (cursor === null || store.accounts.byNamespace(cursor.ns) === undefined)
      throw badInput("files/list_folder/longpoll", 'Invalid "cursor" parameter');
    const seconds = arg.timeout + Math.random() * settings.pollJitterSeconds;
    const end = AbortSignal.any([signal, services.closing, polls.end.signal]);
    const changes = await waitForChange(store, cursor, seconds, end);
    if (isReset(store, cursor)) throw routeError(tagged("reset"));
    return polls.backoff === null ? { changes } : { changes, backoff: polls.backoff };
  },
});

function waitForChange(store: Store, cursor: Cursor, seconds: number, end: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (changes: boolean) => {
      clearTimeout(timer);
      stopListening();
      end.removeEventListener("abort", giveUp);
      resolve(changes);
    };
    let seen = cursor.seq;
    const look = () => {
      if (isReset(store, cursor) || hasNews(store, cursor, seen)) settle(true);
      // What was no news once is not looked at again: a poll may wait while much changes elsewhere.
      else seen = store.states.read(cursor.ns).seq;
    };
    const giveUp = () => settle(false);
    const timer = setTimeout(giveUp, seconds * 1000);
    const stopListening = store.onChange(cursor.ns, look);
    end.addEventListener("abort", giveUp);
    if (end.aborted) giveUp();
    else look();
  });
}

/** Whether there is something for this cursor after a place in the log. */
function hasNews(store: Store, cursor: Cursor, since: number): boolean {
  // A listing that was not read to its end has more to tell.
  if (cursor.listing !== null) return true;
  if (store.states.read(cursor.ns).seq === since) return false;
  const parent = parentRow(store, cursor);
  return parent !== undefined && store.log.hasChanges(cursor, parent, since);
}

function isReset(store: Store, cursor: Cursor): boolean {
  // An account that a snapshot did not have is gone with all its cursors.
  return store.states.find(cursor.ns)?.epoch !== cursor.epoch;
}
