import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "packages/*/{src,test}/**/*.test.ts",
      "apps/*/{src,test}/**/*.test.ts",
      "bench/**/*.test.ts",
      "test/**/*.test.ts",
    ],
    // One for each core, where one core less is usual: servers and browsers are waited for most of the time.
    maxWorkers: "100%",
    // Hundreds of commands and servers begin: each compiles half as long where the last one has left what it had compiled.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url)) },
    // Two cores and real servers: a test waits for events, never for a stopwatch, so the limits are generous.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Where others share the machine a process may get no turn for seconds. What passes at the second try is printed as
    // retried: a defect to find, of the test or of the code, but no reason to hold back everybody's work.
    retry: process.env.CI === undefined ? 0 : 1,
  },
});
