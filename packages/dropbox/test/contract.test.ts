import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { contentHash } from "@twinfold/dropbox-rules";
import { type ContentHash, systemClock, systemRandomness } from "@twinfold/engine";
import { remoteContract } from "@twinfold/engine/testing/remote-contract.ts";
import { afterAll, beforeAll } from "vitest";
import { dropboxHosts, openDropboxAccount, parseRemotePath } from "../src/index.ts";

let folder: string;
let dropbox: RunningDropboxLocal;
let count = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-remote-"));
  dropbox = await startDropboxLocal({ dataFolder: folder });
});
afterAll(async () => {
  await dropbox.close();
  rmSync(folder, { recursive: true, force: true });
});

remoteContract("Dropbox, by way of the local Dropbox", async () => {
  const ready = await dropbox.readyMade();
  const path = parseRemotePath(`/Contract/${++count}`);
  const open = () =>
    openDropboxAccount({
      hosts: dropboxHosts(dropbox.url),
      app: ready,
      refreshToken: ready.refreshToken,
      clock: systemClock,
      randomness: systemRandomness,
    });
  const [mine, others] = [open(), open()];
  return {
    remote: mine.folder(path, "Ada Lovelace"),
    other: others.folder(path, "Ada Lovelace"),
    hash: (content) => contentHash(content) as ContentHash,
    async close() {
      await Promise.all([mine.close(), others.close()]);
    },
  };
});
