import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "apps/*/{src,test}/**/*.test.ts", "test/**/*.test.ts"],
    // Two cores and real servers: a test waits for events, never for a stopwatch, so the limits are generous.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
