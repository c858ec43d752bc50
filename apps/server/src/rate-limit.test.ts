import { expect, test } from "vitest";
import { createRateLimit } from "./rate-limit.ts";

test("so many in any minute, each key by itself; who is refused is told how long to wait, and is let in then", () => {
  const limit = createRateLimit(2);
  limit.take("ada", 0);
  limit.take("ada", 20_000);
  expect(() => limit.take("ada", 30_000)).toThrow(
    expect.objectContaining({ status: 429, retryAfter: 30, message: "Too many tries: wait 30 seconds." }),
  );
  limit.take("grace", 30_000);
  // What was refused does not count.
  limit.take("ada", 60_000);
  expect(() => limit.take("ada", 79_001)).toThrow(expect.objectContaining({ retryAfter: 1 }));
  limit.take("ada", 80_000);
  limit.forget("ada");
  limit.take("ada", 80_001);
});
