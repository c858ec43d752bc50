import { expect, test } from "vitest";
import { RemoteError } from "../ports/remote.ts";
import { createTroubles } from "./troubles.ts";

test("a rest that ended after the last cycle had left the remote alone is over at once, and not slept over", () => {
  let now = 0;
  const troubles = createTroubles({ now: () => now, monotonic: () => now, sleep: async () => undefined });
  troubles.remote(new RemoteError("offline", "no answer", { retryAfter: 1_000 }));
  const began = now;
  now = 400;
  expect([troubles.remoteRests(), troubles.nextTry(began)]).toEqual([true, 600]);
  now = 1_200;
  expect(troubles.nextTry(began)).toBe(0);
  expect([troubles.remoteRests(), troubles.nextTry(now)]).toEqual([false, null]);
});
