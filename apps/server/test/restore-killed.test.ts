import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { startServerProcess } from "../../../test/pages/server-process.ts";
import { callerOf } from "./caller.ts";

/** So many that the swap takes a while. */
const FILES = 3_000;

test("a server that is killed while it swaps files has finished the restore when it is there again", {
  timeout: 200_000,
}, async () => {
  const data = mkdtempSync(join(tmpdir(), "twinfold-restore-"));
  const server = await startServerProcess({ TWINFOLD_DATA: data });
  const ask = callerOf(server);
  const call = async (path: string, body?: unknown) =>
    (await ask(body === undefined ? "GET" : "POST", `/api${path}`, body)).json();
  try {
    await call("/login", server.user);
    const [{ id }] = (await call("/instances")) as [{ id: string }];
    const root = join(data, "files", id);
    mkdirSync(root, { recursive: true });
    for (let n = 0; n < FILES; n++) writeFileSync(join(root, `then ${n}`), `content ${n}`);
    const snapshot = (await call(`/instances/${id}/snapshots`, { note: "then" })) as { id: string };
    for (let n = 0; n < FILES; n++) {
      rmSync(join(root, `then ${n}`));
      writeFileSync(join(root, `now ${n}`), `other ${n}`);
    }
    const restoring = call(`/instances/${id}/snapshots/${snapshot.id}/restore`, {}).catch(() => "cut short");
    const journal = join(data, "files/.snapshots", id, "restore/journal.json");
    while (!existsSync(journal)) await setImmediate();
    while (readdirSync(root).length > FILES / 2) await setImmediate();
    await server.kill();
    expect(await restoring).toBe("cut short");
    expect(existsSync(journal)).toBe(true);

    await server.startAgain();
    expect(existsSync(journal)).toBe(false);
    expect(readdirSync(root).length).toBe(FILES);
    for (let n = 0; n < FILES; n += 100) expect(readFileSync(join(root, `then ${n}`), "utf8")).toBe(`content ${n}`);
    const { snapshots } = (await call(`/instances/${id}/snapshots`)) as {
      snapshots: { cause: string; files: number }[];
    };
    expect(snapshots).toMatchObject([
      { cause: "restore", files: FILES },
      { cause: "person", files: FILES },
    ]);
  } finally {
    await server.dispose();
    rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
});
