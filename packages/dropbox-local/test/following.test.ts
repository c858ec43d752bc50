import fc from "fast-check";
import { expect, test } from "vitest";
import { type Client, clientOf, type Json, readAll, startTestDropbox } from "./harness.ts";

const NAMES = ["a", "B", "c"];
const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((names) => `/${names.join("/")}`);

type Step =
  | { readonly kind: "put"; readonly path: string; readonly content: string }
  | { readonly kind: "folder" | "delete" | "restore"; readonly path: string }
  | { readonly kind: "move" | "copy"; readonly path: string; readonly to: string }
  | { readonly kind: "read"; readonly limit: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), path, content: fc.constantFrom("x", "yy", "zzz") }),
  fc.record({ kind: fc.constantFrom("folder" as const, "delete" as const, "restore" as const), path }),
  fc.record({ kind: fc.constantFrom("move" as const, "copy" as const), path, to: path }),
  fc.record({ kind: fc.constant("read" as const), limit: fc.constantFrom(1, 3, 2000) }),
);

/** Does one step; what the server refuses is no change, which is as good a step as any. */
async function take(client: Client, one: Step): Promise<void> {
  switch (one.kind) {
    case "put":
      await client.upload("files/upload", { path: one.path, mode: "overwrite" }, one.content);
      return;
    case "folder":
      await client.rpc("files/create_folder_v2", { path: one.path });
      return;
    case "delete":
      await client.rpc("files/delete_v2", { path: one.path });
      return;
    case "restore": {
      const history = await client.rpc("files/list_revisions", { path: one.path });
      const rev = history.json?.entries?.at(-1)?.rev;
      if (rev !== undefined) await client.rpc("files/restore", { path: one.path, rev });
      return;
    }
    case "move":
    case "copy":
      await client.rpc(`files/${one.kind}_v2`, { from_path: one.path, to_path: one.to });
      return;
    case "read":
      return;
  }
}

/** Keeps a picture of the tree by Dropbox's own rules for applying entries (specification, list_folder). */
function apply(picture: Map<string, Json>, entries: readonly Json[]): void {
  for (const entry of entries) {
    const key = entry.path_lower;
    if (entry[".tag"] !== "folder")
      for (const other of [...picture.keys()]) if (other.startsWith(`${key}/`)) picture.delete(other);
    if (entry[".tag"] === "deleted") picture.delete(key);
    else picture.set(key, entry);
  }
}

test("who follows the changes has the tree, whatever happens between two reads", { timeout: 120_000 }, async () => {
  const { client, dropbox, ready } = await startTestDropbox();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      // A fresh app for each run: an empty folder, the same account.
      const app = await dropbox.ensureApp({ name: `Run ${run++}` });
      const { accessToken } = await dropbox.grant({ account: ready.accountId, app: app.appKey });
      const mine = clientOf(dropbox.url, accessToken);
      const picture = new Map<string, Json>();
      let listing = await mine.ok("files/list_folder", { path: "", recursive: true, limit: 2 });
      apply(picture, listing.entries);
      for (const one of [...steps, { kind: "read", limit: 2000 } as const]) {
        await take(mine, one);
        if (one.kind !== "read") continue;
        listing = await mine.ok("files/list_folder/continue", { cursor: listing.cursor });
        apply(picture, listing.entries);
      }
      const rest = await readAll(mine, listing);
      apply(picture, rest.entries.slice(listing.entries.length));
      const fresh = await readAll(mine, await mine.ok("files/list_folder", { path: "", recursive: true }));
      expect([...picture.values()].sort(byPath)).toEqual(fresh.entries.sort(byPath));
      const bytes = fresh.entries.reduce((sum, entry) => sum + (entry.size ?? 0), 0);
      expect((await client.ok("users/get_space_usage", null)).used).toBe(bytes);
      await dropbox.accountFiles(ready.accountId).delete(`/Apps/${app.name}`);
    }),
    { numRuns: 60 },
  );
});

function byPath(a: Json, b: Json): number {
  return a.path_lower < b.path_lower ? -1 : 1;
}
