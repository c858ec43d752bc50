import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Snapshot } from "@twinfold/api";
import { expect, test } from "vitest";
import { startServerProcess } from "../../../test/pages/server-process.ts";
import { callerOf, cookieOf } from "./caller.ts";
import { json } from "./people.ts";
import { openShell } from "./shell.ts";

test("a restore waits for what a program still writes after its terminal is gone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-hung-up-"));
  // As where no namespaces are allowed: there a program may outlive its terminal.
  writeFileSync(join(folder, "unshare"), "#!/bin/sh\nexit 1\n");
  chmodSync(join(folder, "unshare"), 0o755);
  const data = join(folder, "data");
  const server = await startServerProcess({ TWINFOLD_DATA: data, PATH: `${folder}:${process.env.PATH}` });
  try {
    const call = callerOf(server);
    const login = await call("POST", "/api/login", server.user);
    const cookie = cookieOf(login);
    const [{ id }] = await json<[{ id: string }]>(call("GET", "/api/instances"));
    const path = `/api/instances/${id}`;
    const file = join(data, "files", id, "result.txt");
    const application = await json<{ id: string }>(call("POST", `${path}/application`, {}));
    writeFileSync(file, "of an earlier run");
    const then = await json<Snapshot>(call("POST", `${path}/snapshots`, {}));
    const shell = await openShell(server, cookie, application.id);
    const lastWork = "while kill -0 $$; do sleep 0.1; done; sleep 0.5; echo the last result > result.txt";
    await shell.run(`(trap '' HUP; ${lastWork}) > /dev/null 2>&1 & true`);
    const { safety } = await json<{ safety: Snapshot }>(call("POST", `${path}/snapshots/${then.id}/restore`, {}));
    expect(readFileSync(file, "utf8")).toBe("of an earlier run");
    const kept = await call("GET", `${path}/snapshots/${safety.id}/file?path=result.txt`);
    expect(await kept.text()).toBe("the last result\n");
  } finally {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}, 120_000);
