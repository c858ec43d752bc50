import { systemClock, systemRandomness } from "@twinfold/engine";
import { expect, onTestFinished, test } from "vitest";
import { startTestDropbox } from "../../dropbox-local/test/harness.ts";
import { dropboxHosts, openDropboxAccount, parseRemotePath } from "../src/index.ts";
import { fileMetadata, folderMetadata, nestedTags, refusal, startScriptedDropbox } from "./scripted-dropbox.ts";
import { accountAt } from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

const [FROM, TO] = [parseRemotePath("/Space/Paper"), parseRemotePath("/Space/Paper (before)")];
const FILES = ["a", "b", "c", "d", "e", "f", "g"].map((name) => `/${name}.txt`);
const DEEPER = ["/figures/1.svg", "/figures/2.svg", "/figures/raw/1.csv"];

/** A folder in a local Dropbox that copies no more than so many entries at once. */
async function withFolder(maximumRelocatedEntries: number) {
  const { client, control, dropbox, ready } = await startTestDropbox({ stats: true, maximumRelocatedEntries });
  for (const path of [...FILES, ...DEEPER]) await client.put(`${FROM}${path}`, `content of ${path}`);
  const account = openDropboxAccount({
    ...{ hosts: dropboxHosts(dropbox.url), app: ready, refreshToken: ready.refreshToken },
    ...{ clock: systemClock, randomness: systemRandomness },
  });
  onTestFinished(() => account.close());
  await control("DELETE", "stats");
  return {
    ...{ client, control, account },
    /** Paths with hashes of contents. */
    async tree(path: string): Promise<unknown[]> {
      const { entries } = await client.ok("files/list_folder", { path, recursive: true });
      const told = entries.map((one: { path_display: string; content_hash?: string }) => [
        ...[one.path_display.slice(path.length), one.content_hash ?? "folder"],
      ]);
      return told.sort();
    },
    async requests(): Promise<Record<string, number>> {
      const { routes } = (await control("GET", "stats")) as { routes: Record<string, { requests: number }> };
      const told = Object.entries(routes).map(([route, { requests }]) => [route, requests] as const);
      return Object.fromEntries(told.filter(([route]) => route.startsWith("files/")));
    },
  };
}

test("a folder is copied whole, by one request", async () => {
  const { account, tree, requests } = await withFolder(10_000);
  expect(await account.copyFolder(FROM, TO)).toBe(true);
  expect(await requests()).toEqual({ "files/copy_v2": 1 });
  expect(await tree(TO)).toEqual(await tree(FROM));
});

test("of one with more in it than Dropbox copies at once, its folders are copied one by one and its files in a batch", async () => {
  const { account, tree, requests } = await withFolder(6);
  expect(await account.copyFolder(FROM, TO)).toBe(true);
  expect(await requests()).toMatchObject({ "files/copy_v2": 2, "files/copy_batch_v2": 1, "files/create_folder_v2": 1 });
  expect(await tree(TO)).toEqual(await tree(FROM));
});

test("and of its folders again, where they hold too much", async () => {
  const { account, tree } = await withFolder(3);
  expect(await account.copyFolder(FROM, TO)).toBe(true);
  expect(await tree(TO)).toEqual(await tree(FROM));
});

test("where nothing is, there is nothing to copy", async () => {
  const { account } = await withFolder(10_000);
  expect(await account.copyFolder(parseRemotePath("/Space/Other"), TO)).toBe(false);
});

test("a copy of which no answer came was made", async () => {
  const { account, control, tree } = await withFolder(10_000);
  await control("POST", "faults", { route: "files/copy_v2", count: 1, cut: "after" });
  expect(await account.copyFolder(FROM, TO)).toBe(true);
  expect(await tree(TO)).toEqual(await tree(FROM));
});

test.each([
  ["insufficient_quota", "full"],
  ["to/no_write_permission", "refused"],
])("that Dropbox refuses it (%s) is told", async (tags, code) => {
  const dropbox = await startScriptedDropbox();
  dropbox.on("files/copy_v2", () => refusal(tags));
  const account = accountAt(dropbox.url, { clock: new TestClock("hasty") });
  await expect(account.copyFolder(FROM, TO)).rejects.toMatchObject({ code });
});

test("a file of a batch that is gone since it was listed is left out; one that Dropbox refuses is told", async () => {
  const dropbox = await startScriptedDropbox();
  const failures = ["from_lookup/not_found", "insufficient_quota"].map((tags) => ({
    ...{ ".tag": "failure", failure: { ".tag": "relocation_error", relocation_error: nestedTags(tags) } },
  }));
  const entries = ["a", "b"].map((name) => fileMetadata(`${FROM}/${name}`));
  dropbox.on("files/copy_v2", () => refusal("too_many_files"));
  dropbox.on("files/create_folder_v2", () => ({ json: { metadata: folderMetadata(TO) } }));
  dropbox.on("files/list_folder", () => ({ json: { entries, cursor: "c", has_more: false } }));
  const account = accountAt(dropbox.url, { clock: new TestClock("hasty") });
  const answers = (results: readonly unknown[]) =>
    dropbox.on("files/copy_batch_v2", () => ({ json: { ".tag": "complete", entries: results } }));
  answers([failures[0], { ".tag": "success", success: entries[1] }]);
  expect(await account.copyFolder(FROM, TO)).toBe(true);
  answers([failures[0], failures[1]]);
  await expect(account.copyFolder(FROM, TO)).rejects.toMatchObject({ code: "full" });
});
