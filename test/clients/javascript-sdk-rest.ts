/** Calls the rest of what the official JavaScript SDK offers, each route once well and once badly; see javascript-sdk.ts. */
import assert from "node:assert/strict";
import { Dropbox, DropboxResponseError } from "dropbox";
import { PICTURE } from "./picture.ts";

const [clientId = "", clientSecret = "", refreshToken = "", routes = ""] = process.argv.slice(2);
const done: string[] = [];
const dbx = new Dropbox({ clientId, clientSecret, refreshToken });

/** What a job of one of the deprecated batches has come to. */
async function outcome(
  launched: Promise<{ result: unknown }>,
  check: (job: { async_job_id: string }) => Promise<{ result: unknown }>,
): Promise<{ ".tag": string; entries?: unknown[]; failed?: unknown }> {
  const { async_job_id } = (await launched).result as { async_job_id: string };
  return (await check({ async_job_id })).result as { ".tag": string };
}

const { result: file } = await dbx.filesAlphaUpload({ path: "/Old/a.txt", contents: "a" });
assert.equal((await dbx.filesAlphaGetMetadata({ path: file.id })).result.name, "a.txt");
assert.equal((await dbx.filesCreateFolder({ path: "/Old/folder" })).result.path_lower, "/old/folder");
const moved = (await dbx.filesMove({ from_path: "/Old/a.txt", to_path: "/Old/b.txt" })).result;
assert.equal((moved as { id?: string }).id, file.id);
assert.equal((await dbx.filesCopy({ from_path: "/Old/b.txt", to_path: "/Old/c.txt" })).result.name, "c.txt");
assert.equal((await dbx.filesDelete({ path: "/Old/c.txt" })).result.name, "c.txt");
const away = { entries: [{ from_path: "/Old/b.txt", to_path: "/Old/d.txt" }] };
const relocated = await outcome(dbx.filesMoveBatch(away), (job) => dbx.filesMoveBatchCheck(job));
assert.equal(relocated.entries?.length, 1);
const failed = await outcome(dbx.filesCopyBatch(away), (job) => dbx.filesCopyBatchCheck(job));
assert.equal(failed[".tag"], "failed");
const copied = await outcome(
  dbx.filesCopyBatchV2({ entries: [{ from_path: "/Old/d.txt", to_path: "/Old/e.txt" }] }),
  (job) => dbx.filesCopyBatchCheckV2(job),
);
assert.deepEqual([copied[".tag"], copied.entries?.length], ["complete", 1]);
const { session_id } = (await dbx.filesUploadSessionStart({ contents: "12" })).result;
// The SDK's type of this argument has no field for the bytes, which the SDK takes all the same.
await dbx.filesUploadSessionAppend({ session_id, offset: 2, contents: "34" } as { session_id: string; offset: number });
const cursor = { session_id, offset: 4 };
await dbx.filesUploadSessionAppendV2({ cursor, contents: "", close: true });
const entries = [{ cursor, commit: { path: "/Old/session" } }];
const finished = await outcome(dbx.filesUploadSessionFinishBatch({ entries }), (job) =>
  dbx.filesUploadSessionFinishBatchCheck(job),
);
assert.match(JSON.stringify(finished.entries), /^\[\{"\.tag":"success"/);
done.push("deprecated routes");

await dbx.filesUpload({ path: "/Old/picture.png", contents: PICTURE });
const size = { ".tag": "w64h64" } as const;
const jpeg = async (thumbnail: Promise<{ result: unknown }>) =>
  ((await thumbnail).result as { fileBinary: Buffer }).fileBinary.subarray(0, 2).toString("hex");
assert.equal(await jpeg(dbx.filesGetThumbnail({ path: "/Old/picture.png", size })), "ffd8");
const resource = { ".tag": "path", path: "/Old/picture.png" } as const;
assert.equal(await jpeg(dbx.filesGetThumbnailV2({ resource, size })), "ffd8");
const { result: thumbnails } = await dbx.filesGetThumbnailBatch({ entries: [{ path: "/Old/picture.png", size }] });
assert.equal(thumbnails.entries[0]?.[".tag"], "success");
done.push("thumbnails");

const { result: found } = await dbx.filesSearch({ path: "/Old", query: "picture" });
assert.deepEqual([found.matches.length, found.more], [1, false]);
const { result: first } = await dbx.filesSearchV2({ query: "o", options: { path: "", max_results: 1 } });
assert.ok(first.has_more && first.cursor !== undefined);
assert.equal((await dbx.filesSearchContinueV2({ cursor: first.cursor })).result.matches.length, 1);
assert.match((await dbx.filesListFolderGetLatestCursor({ path: "" })).result.cursor, /./);
const { copy_reference } = (await dbx.filesCopyReferenceGet({ path: "/Old/picture.png" })).result;
assert.equal(
  (await dbx.filesCopyReferenceSave({ copy_reference, path: "/saved.png" })).result.metadata.name,
  "saved.png",
);
const { link } = (await dbx.filesGetTemporaryUploadLink({ commit_info: { path: "/by link" } })).result;
const headers = { "content-type": "application/octet-stream" };
assert.equal((await fetch(link, { method: "POST", headers, body: "linked" })).status, 200);
done.push("search, cursors, references, upload links");

const { url } = (await dbx.sharingCreateSharedLink({ path: "/Old/picture.png" })).result;
assert.equal((await dbx.sharingGetSharedLinks({ path: "/Old/picture.png" })).result.links[0]?.url, url);
assert.equal((await dbx.sharingListSharedLinks({})).result.links.length, 1);
assert.equal((await dbx.sharingGetSharedLinkMetadata({ url })).result.name, "picture.png");
assert.deepEqual((await dbx.sharingListFolders({})).result.entries, []);
assert.deepEqual((await dbx.sharingListMountableFolders({})).result.entries, []);
assert.deepEqual((await dbx.sharingListReceivedFiles({})).result.entries, []);
const { account_id } = (await dbx.usersGetCurrentAccount()).result;
assert.equal((await dbx.usersGetAccountBatch({ account_ids: [account_id] })).result.length, 1);
const features = [{ ".tag": "file_locking" } as const];
assert.equal((await dbx.usersFeaturesGetValues({ features })).result.values.length, 1);
assert.equal((await new Dropbox({ clientId, clientSecret }).checkApp({ query: "echo" })).result.result, "echo");
done.push("shared links, users, check");

// Every route once more, with a field that its argument does not have.
const methods = dbx as unknown as Record<string, (this: unknown, argument: unknown) => Promise<unknown>>;
const refused: string[] = [];
for (const method in methods) {
  const call = methods[method];
  if (!/^(files|users|check|auth|sharing)[A-Z]/.test(method) || call === undefined || call.length === 0) continue;
  let route = "";
  const request = (name: string) => {
    route = name;
  };
  call.call({ request }, {});
  if (!routes.split(",").includes(route)) continue;
  const caller =
    route === "check/app" ? (new Dropbox({ clientId, clientSecret }) as unknown as typeof methods) : methods;
  const error: unknown = await caller[method]?.call(caller, { no_such_field: 1 }).then(
    () => assert.fail(`${route} was not refused`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DropboxResponseError, `${route}: ${error}`);
  assert.match(`${error.status} ${error.error}`, new RegExp(`^400 Error in call to API function "${route}": `));
  refused.push(route);
}
assert.ok(refused.length > 50, refused.join());
done.push("a malformed argument at every route");

await dbx.authTokenRevoke();
// An access token that is still held is as good as none.
for (const call of [() => dbx.usersGetCurrentAccount(), () => dbx.usersGetSpaceUsage(), () => dbx.authTokenRevoke()])
  await assert.rejects(call, (error: DropboxResponseError<unknown>) => error.status === 401);
done.push("revoke");
console.log(JSON.stringify(done));
