import { defineConfig } from "vitest/config";
import { PATH } from "./install.ts";

/** Apart from the other tests: what runs here is had from npm and PyPI first. */
export default defineConfig({
  test: {
    include: ["test/applications/*.application.ts"],
    globalSetup: "test/applications/install.ts",
    env: { PATH },
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
