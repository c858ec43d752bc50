import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "parts",
          include: ["packages/*/{src,test}/**/*.test.ts", "apps/*/{src,test}/**/*.test.ts", "bench/**/*.test.ts"],
          // One for each core, where one core less is usual. What one file has imported the next need not import again.
          maxWorkers: "100%",
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: ["test/**/*.test.ts"],
          // Commands, servers and browsers are waited for much of the time: one more than there are cores keeps those busy.
          maxWorkers: availableParallelism() + 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
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
