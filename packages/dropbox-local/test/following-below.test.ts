import { describe, expect, test } from "vitest";
import { brief, type Client, clientOf, type Json, startTestDropbox } from "./harness.ts";

/** Somebody who follows `/Org/Space`, and who has all of the account to work with above it. */
async function follower(recursive: boolean) {
  const { dropbox, ready, client: appClient } = await startTestDropbox();
  const app = await dropbox.ensureApp({ name: "Whole", access: "full" });
  const { accessToken } = await dropbox.grant({ account: ready.accountId, app: app.appKey });
  const client = clientOf(dropbox.url, accessToken);
  await client.put("/Org/Space/old", "1");
  await client.put("/Org/Space/Deep/old", "2");
  const { cursor } = await client.ok("files/list_folder", { path: "/Org/Space", recursive });
  return { client, appClient, cursor, files: dropbox.accountFiles(ready.accountId) };
}

/** What a long poll says, long before its time is over. */
function poll(client: Client, cursor: string): Promise<Json> {
  return client.ok("files/list_folder/longpoll", { cursor, timeout: 480 });
}

async function changes(client: Client, cursor: string): Promise<string[]> {
  const page = await client.ok("files/list_folder/continue", { cursor });
  expect(page.has_more).toBe(false);
  return page.entries.map(brief);
}

describe.each([{ recursive: true }, { recursive: false }])(
  "who follows a folder (recursive: $recursive)",
  ({ recursive }) => {
    test("is woken and told when a folder above it is deleted", async () => {
      const { client, cursor } = await follower(recursive);
      const waiting = poll(client, cursor);
      await client.ok("files/delete_v2", { path: "/Org" });
      expect(await waiting).toEqual({ changes: true });
      expect(await client.refusal("files/list_folder/continue", { cursor })).toBe("path/not_found");
    });

    test("is woken when the folder itself is deleted, or a folder above it is renamed", async () => {
      const { client, cursor } = await follower(recursive);
      const waiting = [poll(client, cursor)];
      await client.ok("files/delete_v2", { path: "/Org/Space" });
      await client.put("/Org/Space/again", "3");
      const listing = await client.ok("files/list_folder", { path: "/Org/Space", recursive });
      waiting.push(poll(client, listing.cursor));
      await client.ok("files/move_v2", { from_path: "/Org", to_path: "/Company" });
      for (const one of waiting) expect(await one).toEqual({ changes: true });
    });

    test("is told that the old content is gone when all was made anew meanwhile", async () => {
      const { client, cursor } = await follower(recursive);
      await client.ok("files/delete_v2", { path: "/Org" });
      await client.put("/Org/Space/new", "3");
      const told = await changes(client, cursor);
      const self = recursive ? ["folder /Org/Space"] : [];
      expect(told).toEqual(["deleted /Org/Space", ...self, "file /Org/Space/new"]);
    });

    test("hears nothing of what is done to the folders above afterwards", async () => {
      const { client, cursor } = await follower(recursive);
      await client.ok("files/delete_v2", { path: "/Org/Space" });
      await client.ok("files/delete_v2", { path: "/Org" });
      await client.put("/Org/Space/new", "3");
      const page = await client.ok("files/list_folder/continue", { cursor });
      expect(new Set(page.entries.map(brief).filter((entry: string) => /^deleted/.test(entry)))).toEqual(
        new Set(["deleted /Org/Space"]),
      );
      await client.put("/Org/beside", "4");
      expect(await changes(client, page.cursor)).toEqual([]);
    });
  },
);

test("an app whose folder is deleted, by itself or with what holds it, must list anew", async () => {
  const { client, appClient, files } = await follower(true);
  for (const path of ["/Apps/Twinfold", "/Apps"]) {
    await appClient.put("/a", "x");
    const { cursor } = await appClient.ok("files/list_folder", { path: "", recursive: true });
    const waiting = poll(appClient, cursor);
    await files.delete(path);
    expect(await waiting).toEqual({ changes: true });
    expect(await appClient.refusal("files/list_folder/continue", { cursor })).toBe("reset");
    const listing = await appClient.ok("files/list_folder", { path: "", recursive: true });
    expect(listing.entries).toEqual([]);
    await client.put(`/elsewhere${path}/file`, "x");
    expect(await changes(appClient, listing.cursor)).toEqual([]);
  }
});
