import { defineConfig } from "vitest/config";

/** Apart from the other tests: what runs here is had from PyPI first. */
export default defineConfig({
  test: {
    include: ["test/clients/*.client.ts"],
    globalSetup: "test/clients/install.ts",
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
