import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

/** A server that offers applications of the test's own, which are in a file beside it for as long. */
export async function startWithApplications(
  applications: readonly object[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly server: ServerProcess; dispose(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-catalogue-"));
  const file = join(folder, "applications.json");
  writeFileSync(file, JSON.stringify(applications));
  const server = await startServerProcess({ ...environment, TWINFOLD_APPLICATIONS_FILE: file });
  return {
    server,
    async dispose() {
      await server.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
