import fc from "fast-check";
import { expect, test } from "vitest";
import { type Client, clientOf, type Json, readAll, startTestDropbox, succeeded, tagsOf } from "./harness.ts";

/** Few and nested, so that a folder is often deleted, moved and made anew above one that is followed. */
const PATHS = ["/a", "/a/B", "/a/B/a", "/a/B/c", "/a/c", "/B", "/B/a", "/c"];
const path = fc.constantFrom(...PATHS);

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

/**
 * Follows one folder with all below it, read page by page. A folder that is gone is listed anew as soon as it is there again, as
 * a client must.
 */
class Follower {
  readonly #client: Client;
  readonly #path: string;
  readonly #picture = new Map<string, Json>();
  #cursor: string | null = null;

  constructor(client: Client, path: string) {
    this.#client = client;
    this.#path = path;
  }

  /** Reads one page; a new listing's pages have `limit` entries. @returns whether there is more */
  async read(limit: number): Promise<boolean> {
    const answer =
      this.#cursor === null
        ? await this.#client.rpc("files/list_folder", { path: this.#path, recursive: true, limit })
        : await this.#client.rpc("files/list_folder/continue", { cursor: this.#cursor });
    if (answer.status === 409) {
      expect(["path/not_found", "path/not_folder"]).toContain(tagsOf(answer));
      this.#picture.clear();
      this.#cursor = null;
      return false;
    }
    const page = succeeded(answer);
    apply(this.#picture, page.entries);
    this.#cursor = page.cursor;
    return page.has_more;
  }

  /** Reads to the end: then the picture must be the tree. @returns all entries */
  async finish(): Promise<Json[]> {
    while (await this.read(2000));
    // The last page of a listing says nothing of what has changed since its first.
    while (await this.read(2000));
    const listing = await this.#client.rpc("files/list_folder", { path: this.#path, recursive: true });
    const fresh = listing.status === 409 ? [] : (await readAll(this.#client, succeeded(listing))).entries;
    expect([...this.#picture.values()].sort(byPath)).toEqual(fresh.sort(byPath));
    return fresh;
  }
}

test("who follows the changes of a folder has it as it is, whatever happens between two reads", {
  timeout: 120_000,
}, async () => {
  const { client, dropbox, ready } = await startTestDropbox();
  const usage = async (): Promise<number> => (await client.ok("users/get_space_usage", null)).used;
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      // A fresh app for each run: an empty folder, the same account.
      const app = await dropbox.ensureApp({ name: `Run ${run++}` });
      const { accessToken } = await dropbox.grant({ account: ready.accountId, app: app.appKey });
      const before = await usage();
      const mine = clientOf(dropbox.url, accessToken);
      const whole = new Follower(mine, "");
      const parts = ["/a", "/a/b", "/a/b/a"].map((folder) => new Follower(mine, folder));
      await whole.read(2);
      for (const one of steps) {
        await take(mine, one);
        if (one.kind !== "read") continue;
        for (const follower of [whole, ...parts]) await follower.read(one.limit);
      }
      for (const part of parts) await part.finish();
      const fresh = await whole.finish();
      const bytes = fresh.reduce((sum, entry) => sum + (entry.size ?? 0), 0);
      expect((await usage()) - before).toBe(bytes);
      await dropbox.accountFiles(ready.accountId).delete(`/Apps/${app.name}`);
    }),
    { numRuns: 80 },
  );
});

function byPath(a: Json, b: Json): number {
  return a.path_lower < b.path_lower ? -1 : 1;
}
