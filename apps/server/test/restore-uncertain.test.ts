import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Instance, Snapshot } from "@twinfold/api";
import { type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { KillOrders } from "../../../packages/workspaces/test/killing-steps.ts";
import { eachStepStandsOnTheLast } from "../../../test/pages/each-step.ts";
import { type ServerProcess, startServerProcess } from "../../../test/pages/server-process.ts";
import { callerOf } from "./caller.ts";
import { linkAs } from "./link-as.ts";
import { PATIENCE } from "./linked-server.ts";
import type { OwnServer } from "./own-server.ts";
import { json, unitIds } from "./people.ts";

const ADA = { email: "ada@dropbox.example", name: "Ada L.", password: "engine" };
const FOLDER = "/Apps/Twinfold/Analytical Engines/First Space/Master";
/** More than the guard of mass deletions lets pass without a question. */
const RESULTS = 150;
const KILLING = new URL("../../../packages/workspaces/test/killing-steps.ts", import.meta.url).href;

let dropbox: RunningDropboxLocal;
let folder: string;
let server: ServerProcess;
let own: Pick<OwnServer, "call" | "url">;
let id: string;
let root: string;
let snapshotId: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-uncertain-"));
  dropbox = await startDropboxLocal({ dataFolder: join(folder, "dropbox") });
  await dropbox.ensureAccount(ADA);
  const app = await dropbox.ensureApp({ name: "Twinfold" });
  server = await startServerProcess({
    TWINFOLD_DATA: join(folder, "data"),
    TWINFOLD_DROPBOX_URL: dropbox.url,
    DROPBOX_APP_KEY: app.appKey,
    DROPBOX_APP_SECRET: app.appSecret,
    NODE_OPTIONS: `--import ${KILLING}`,
    KILL_ORDERS: join(folder, "orders"),
  });
  const call = callerOf(server);
  own = { call, url: server.url };
  await call("POST", "/api/login", server.user);
  id = (await unitIds(own)).get("First Space/Master") ?? "";
  root = join(folder, "data/files", id);
  await linkAs(own, dropbox, own, ADA);
  await call("POST", `/api/instances/${id}/always-on`, { on: true });
}, 180_000);
afterAll(async () => {
  await server.dispose();
  await dropbox.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

const put = (name: string, content: string) => {
  mkdirSync(join(root, name, ".."), { recursive: true });
  writeFileSync(join(root, name), content);
};
const here = (name: string) => readFileSync(join(root, name), "utf8");
const edit = (name: string, content: string) =>
  dropbox
    .accountFiles(ADA.email)
    .upload(`${FOLDER}/${name}`, Readable.from([Buffer.from(content)]), { ifExists: "overwrite" });
async function inDropbox(name: string): Promise<string> {
  const { content } = await dropbox.accountFiles(ADA.email).read(`${FOLDER}/${name}`);
  return text(Readable.from(content));
}
const results = async () => {
  const files = dropbox.accountFiles(ADA.email);
  return (await files.get(`${FOLDER}/results`)) === null ? 0 : (await files.list(`${FOLDER}/results`)).length;
};
const status = async () => (await json<Instance>(own.call("GET", `/api/instances/${id}`))).sync;
const becomesUpToDate = () => vi.waitFor(async () => expect((await status()).state).toBe("up to date"), PATIENCE);

/** @param orders when, counted in the folder in which the restore is put together */
async function restoreKilled(orders: Omit<KillOrders, "below">): Promise<void> {
  const below = join(folder, "data/files/.snapshots", id, "restore");
  writeFileSync(join(folder, "orders"), JSON.stringify({ below: `${below}/`, ...orders }));
  const path = `/api/instances/${id}/snapshots/${snapshotId}/restore`;
  await expect(own.call("POST", path, {})).rejects.toThrow();
  rmSync(join(folder, "orders"));
  // It has ended by itself; what is known of it does so too.
  await server.kill();
  expect(existsSync(below)).toBe(true);
}

describe("a restore that was killed right before it was sure", { timeout: 240_000 }, () => {
  eachStepStandsOnTheLast();

  test("is undone at the next start", async () => {
    put("paper.txt", "then");
    await becomesUpToDate();
    ({ id: snapshotId } = await json<Snapshot>(own.call("POST", `/api/instances/${id}/snapshots`, { note: "then" })));
    for (let n = 0; n < RESULTS; n++) put(`results/${n}.txt`, `result ${n}`);
    await vi.waitFor(async () => expect(await results()).toBe(RESULTS), PATIENCE);
    await becomesUpToDate();
    await restoreKilled({ before: "renameSync" });
    expect(existsSync(join(folder, "data/files/.snapshots", id, "restore/journal.json"))).toBe(false);
    // Both sides go on before the server is there again.
    put("paper.txt", "edited on disk");
    await edit("paper.txt", "edited in Dropbox");
    await server.startAgain();
    expect(readdirSync(join(root, "results"))).toHaveLength(RESULTS);
  });

  test("the disk does not win for it: the version of Dropbox keeps its name, the other comes beside it", async () => {
    await vi.waitFor(async () => {
      const copies = readdirSync(root).filter((name) => name.includes("conflicted copy"));
      expect(copies.map(here)).toEqual(["edited on disk"]);
      expect([here("paper.txt"), await inDropbox("paper.txt")]).toEqual(["edited in Dropbox", "edited in Dropbox"]);
    }, PATIENCE);
  });

  test("what it would have deleted is asked about when a person deletes it", async () => {
    rmSync(join(root, "results"), { recursive: true });
    await vi.waitFor(async () => expect((await status()).held).toBeGreaterThan(0), PATIENCE);
    expect(await results()).toBe(RESULTS);
    await own.call("POST", `/api/instances/${id}/sync`, { command: "bring back held" });
    await vi.waitFor(() => expect(readdirSync(join(root, "results"))).toHaveLength(RESULTS), PATIENCE);
  });
});

describe("a restore that was killed right after it was sure", { timeout: 240_000 }, () => {
  eachStepStandsOnTheLast();

  test("is done at the next start, and wins there without a question", async () => {
    await restoreKilled({ after: "renameSync" });
    expect(here("paper.txt")).toBe("edited in Dropbox");
    await edit("paper.txt", "edited in Dropbox once more");
    await server.startAgain();
    expect([here("paper.txt"), existsSync(join(root, "results"))]).toEqual(["then", false]);
    await vi.waitFor(async () => {
      expect(await results()).toBe(0);
      expect(await inDropbox("paper.txt")).toBe("then");
      const copies = readdirSync(root).filter((name) => name.includes("conflicted copy"));
      expect(copies.map(here)).toContain("edited in Dropbox once more");
    }, PATIENCE);
    expect((await status()).held).toBe(0);
  });
});
