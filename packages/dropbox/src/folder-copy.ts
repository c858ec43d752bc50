import { MAXIMUM_BATCH_ENTRIES } from "@twinfold/dropbox-rules";
import type { Clock } from "@twinfold/engine";
import { z } from "zod";
import { runBatch, sortResults } from "./batch-job.ts";
import type { Pacing } from "./pacing.ts";
import { refusalOf } from "./refusal.ts";
import type { Transport } from "./transport.ts";

interface FolderCopyParts {
  readonly transport: Transport;
  readonly pacing: Pacing;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Names become parts of paths that are asked for. */
const named = z.object({ ".tag": z.string(), name: z.string().regex(/^[^/]+$/) });
const page = z.object({ entries: z.array(named), cursor: z.string(), has_more: z.boolean() });

const BATCH = "files/copy_batch_v2";
const CHECK = "files/copy_batch/check_v2";

/**
 * Lets Dropbox copy a folder with all that is in it to a name that nothing else can have: where something is there, an
 * earlier try, of which no answer came, has made it. One request; more than 10,000 files are not copied at once (API:
 * `too_many_files`), so such a folder's own folders are copied one by one, and its files in batches.
 * @returns whether there was anything to copy @throws RemoteError, DropboxApiError, ConnectionError, ZodError
 */
export async function copyFolder(parts: FolderCopyParts, from: string, to: string): Promise<boolean> {
  const refusal = await refusalOf(
    parts,
    "files/copy_v2",
    { from_path: from, to_path: to, autorename: false },
    parts.signal,
  );
  if (refusal === null || refusal.tags.startsWith("to/conflict")) return true;
  if (refusal.tags.startsWith("from_lookup/not_found")) return false;
  if (!refusal.tags.startsWith("too_many_files")) throw refusal;
  const made = await refusalOf(parts, "files/create_folder_v2", { path: to, autorename: false }, parts.signal);
  if (made !== null && !made.tags.startsWith("path/conflict/folder")) throw made;
  const files: string[] = [];
  const folders: string[] = [];
  for await (const one of childrenOf(parts, from)) (one[".tag"] === "folder" ? folders : files).push(one.name);
  for (let start = 0; start < files.length; start += MAXIMUM_BATCH_ENTRIES)
    await copyFiles(parts, from, to, files.slice(start, start + MAXIMUM_BATCH_ENTRIES));
  for (const name of folders) await copyFolder(parts, `${from}/${name}`, `${to}/${name}`);
  return true;
}

async function* childrenOf({ transport, pacing, signal }: FolderCopyParts, path: string) {
  let [route, argument]: [string, unknown] = ["files/list_folder", { path, include_non_downloadable_files: true }];
  for (;;) {
    const asked = { route, argument };
    const answer = page.parse(await pacing.persist(signal, () => transport.rpc(asked.route, asked.argument, signal)));
    yield* answer.entries;
    if (!answer.has_more) return;
    [route, argument] = ["files/list_folder/continue", { cursor: answer.cursor }];
  }
}

async function copyFiles(parts: FolderCopyParts, from: string, to: string, names: readonly string[]): Promise<void> {
  let left = names;
  await parts.pacing.persist(parts.signal, async () => {
    const entries = left.map((name) => ({ from_path: `${from}/${name}`, to_path: `${to}/${name}` }));
    const results = await runBatch(parts, BATCH, CHECK, { entries, autorename: false });
    const { refused, busy, refusal } = sortResults(BATCH, left, results);
    // Gone since it was listed; or copied by an earlier try.
    const unexpected = refused.find(([, { tags }]) => !/(^|\/)(from_lookup\/not_found|to\/conflict)(\/|$)/.test(tags));
    if (unexpected !== undefined) throw unexpected[1];
    left = busy;
    if (refusal !== null) throw refusal;
  });
}
