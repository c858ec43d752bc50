/** Calls what the official JavaScript SDK offers for files, happy and unhappy; the test looks at what it prints last. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { contentHash } from "@twinfold/dropbox-rules";
import { Dropbox, DropboxAuth, DropboxResponseError, type files } from "dropbox";
import { Browser } from "../../packages/dropbox-local/test/browser.ts";

const [clientId = "", email = "", password = ""] = process.argv.slice(2);
const done: string[] = [];

/** The error that a call must be refused with: its status, and its tags joined by slashes. */
async function refusal(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => assert.fail("it was not refused"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DropboxResponseError)) throw error;
  return `${error.status} ${error.error?.error_summary?.replace(/\/\.*$/, "") ?? error.error}`;
}

/** What Dropbox's own type has no field for: the bytes of a download. */
async function bytesOf(download: Promise<{ result: unknown }>): Promise<Buffer> {
  return ((await download).result as { fileBinary: Buffer }).fileBinary;
}

type Batch<Entry> = { ".tag": "complete"; entries: Entry[] } | { ".tag": string };

/** A batch's entries, asked for until they are there. */
async function finished<Entry>(
  launched: { ".tag": string; async_job_id?: string },
  check: (job: { async_job_id: string }) => Promise<{ result: Batch<Entry> }>,
): Promise<Entry[]> {
  let status = launched as Batch<Entry>;
  while (status[".tag"] !== "complete") {
    await sleep(20);
    status = (await check({ async_job_id: launched.async_job_id ?? "" })).result;
  }
  return (status as { entries: Entry[] }).entries;
}

const auth = new DropboxAuth({ clientId });
const address = await auth.getAuthenticationUrl("", "state", "code", "offline", undefined, "none", true);
const browser = new Browser(new URL(String(address)).origin);
const consent = await browser.submit(await browser.open(String(address)), "/login", { email, password });
const shown = await browser.submit(consent, "/oauth2/authorize", { decision: "allow" });
const code = /id="code"[^>]*value="([^"]+)"/.exec(shown.html)?.[1] ?? "";
const { result: granted } = await auth.getAccessTokenFromCode("", code);
const { refresh_token, access_token } = granted as { refresh_token: string; access_token: string };
assert.match(access_token, /^sl\./);
auth.setRefreshToken(refresh_token);
await auth.refreshAccessToken();
assert.match(auth.getAccessToken(), /^sl\./);
assert.notEqual(auth.getAccessToken(), access_token);
const dbx = new Dropbox({ auth });
done.push("login by PKCE");

const { result: account } = await dbx.usersGetCurrentAccount();
assert.equal(account.email, email);
assert.equal((await dbx.usersGetAccount({ account_id: account.account_id })).result.is_teammate, true);
assert.equal((await dbx.usersGetSpaceUsage()).result.allocation[".tag"], "individual");
assert.equal((await dbx.checkUser({ query: "echo" })).result.result, "echo");
const root = (namespace: string) =>
  new Dropbox({ auth, pathRoot: JSON.stringify({ ".tag": "root", root: namespace }) }).filesListFolder({ path: "" });
assert.deepEqual((await root(account.root_info.root_namespace_id)).result.entries, []);
assert.match(await refusal(root("1")), /^422 invalid_root/);
done.push("users, check, path root");

const path = "/Docs/ünï.txt";
const client_modified = "2020-02-03T04:05:06Z";
const hello = contentHash(Buffer.from("hello"));
const { result: first } = await dbx.filesUpload({ path, contents: "hello", client_modified, content_hash: hello });
assert.deepEqual([first.client_modified, first.content_hash], [client_modified, hello]);
assert.equal(await refusal(dbx.filesUpload({ path, contents: "other" })), "409 path/conflict/file");
assert.equal((await dbx.filesUpload({ path, contents: "other", autorename: true })).result.name, "ünï (1).txt");
const mode: files.WriteModeUpdate = { ".tag": "update", update: first.rev };
const { result: second } = await dbx.filesUpload({ path: "/docs/ÜNÏ.txt", contents: "hello again", mode });
assert.equal(second.id, first.id);
const { result: stale } = await dbx.filesUpload({ path, contents: "third", mode, autorename: true });
assert.match(stale.name, /conflicted copy/);
const wrong = dbx.filesUpload({ path: "/x", contents: "x", content_hash: "0".repeat(64) });
assert.equal(await refusal(wrong), "409 content_hash_mismatch");
done.push("upload");

assert.equal((await bytesOf(dbx.filesDownload({ path: "/docs/ünï.txt" }))).toString(), "hello again");
assert.equal((await bytesOf(dbx.filesDownload({ path: `rev:${first.rev}` }))).toString(), "hello");
assert.equal(await refusal(dbx.filesDownload({ path: "/none" })), "409 path/not_found");
assert.equal(await refusal(dbx.filesDownload({ path: "/docs" })), "409 path/not_file");
assert.equal((await bytesOf(dbx.filesDownloadZip({ path: "/Docs" }))).subarray(0, 2).toString(), "PK");
const { result: temporary } = await dbx.filesGetTemporaryLink({ path });
assert.equal(new URL(temporary.link).protocol, "https:");
assert.equal(await (await fetch(temporary.link)).text(), "hello again");
done.push("download");

const { session_id } = (await dbx.filesUploadSessionStart({ contents: "Hello " })).result;
const piece = { cursor: { session_id, offset: 6 }, contents: "Drop" };
await dbx.filesUploadSessionAppendV2(piece);
assert.equal(await refusal(dbx.filesUploadSessionAppendV2(piece)), "409 incorrect_offset");
const { result: whole } = await dbx.filesUploadSessionFinish({
  cursor: { session_id, offset: 10 },
  commit: { path: "/sessions/one" },
  contents: "box!",
});
assert.equal(whole.content_hash, contentHash(Buffer.from("Hello Dropbox!")));
const { session_ids } = (await dbx.filesUploadSessionStartBatch({ num_sessions: 2 })).result;
for (const id of session_ids)
  await dbx.filesUploadSessionAppendV2({ cursor: { session_id: id, offset: 0 }, contents: id, close: true });
const batch = await dbx.filesUploadSessionFinishBatchV2({
  entries: session_ids.map((id, index) => ({
    cursor: { session_id: id, offset: id.length },
    commit: { path: `/sessions/${index}` },
  })),
});
assert.deepEqual(
  batch.result.entries.map((entry) => entry[".tag"]),
  ["success", "success"],
);
const block = Buffer.alloc(4 * 1024 * 1024, "a");
const session_type = { ".tag": "concurrent" } as const;
const concurrent = (await dbx.filesUploadSessionStart({ contents: "", session_type })).result.session_id;
const append = (offset: number, contents: Buffer, close = false) =>
  dbx.filesUploadSessionAppendV2({ cursor: { session_id: concurrent, offset }, contents, close });
await Promise.all([append(block.length, block), append(0, block)]);
await append(2 * block.length, Buffer.from("end"), true);
const { result: large } = await dbx.filesUploadSessionFinish({
  cursor: { session_id: concurrent, offset: 2 * block.length + 3 },
  commit: { path: "/sessions/large" },
  contents: "",
});
assert.equal(large.content_hash, contentHash(Buffer.concat([block, block, Buffer.from("end")])));
const downloaded = await bytesOf(dbx.filesDownload({ path: "/sessions/large" }));
assert.equal(contentHash(downloaded), large.content_hash);
done.push("upload sessions");

let { result: listing } = await dbx.filesListFolder({ path: "", recursive: true, limit: 3 });
const entries = [...listing.entries];
while (listing.has_more) {
  listing = (await dbx.filesListFolderContinue({ cursor: listing.cursor })).result;
  entries.push(...listing.entries);
}
assert.equal(entries.length, 9);
const poll = dbx.filesListFolderLongpoll({ cursor: listing.cursor, timeout: 30 });
await dbx.filesDeleteV2({ path: "/Docs" });
assert.equal((await poll).result.changes, true);
const { result: changes } = await dbx.filesListFolderContinue({ cursor: listing.cursor });
assert.deepEqual(
  changes.entries.map((entry) => `${entry[".tag"]} ${entry.path_display}`),
  ["deleted /Docs"],
);
const { result: gone } = await dbx.filesGetMetadata({ path: "/Docs", include_deleted: true });
assert.equal(gone[".tag"], "deleted");
assert.equal(await refusal(dbx.filesListFolder({ path: "/none" })), "409 path/not_found");
done.push("list, long poll, deleted");

const { result: history } = await dbx.filesListRevisions({ path });
assert.deepEqual([history.is_deleted, history.entries.map(({ rev }) => rev)], [true, [second.rev, first.rev]]);
assert.equal((await dbx.filesRestore({ path, rev: first.rev })).result.content_hash, hello);
assert.equal(await refusal(dbx.filesRestore({ path, rev: "123456789" })), "409 invalid_revision");
done.push("revisions");

const { metadata: folder } = (await dbx.filesCreateFolderV2({ path: "/New" })).result;
assert.equal(await refusal(dbx.filesCreateFolderV2({ path: "/new" })), "409 path/conflict/folder");
const paths = Array.from({ length: 100 }, (_, number) => `/many/${number}`);
const { result: making } = await dbx.filesCreateFolderBatch({ paths });
assert.equal((await finished(making, (job) => dbx.filesCreateFolderBatchCheck(job))).length, 100);
const { result: moved } = await dbx.filesMoveV2({ from_path: "/New", to_path: "/Moved/here" });
assert.deepEqual(
  [(moved.metadata as files.FolderMetadata).id, moved.metadata.path_display],
  [folder.id, "/Moved/here"],
);
const none = { from_path: "/none", to_path: "/x" };
assert.equal(await refusal(dbx.filesMoveV2(none)), "409 from_lookup/not_found");
const { result: copy } = await dbx.filesCopyV2({ from_path: "/sessions/one", to_path: "/sessions/copy" });
assert.notEqual((copy.metadata as files.FileMetadata).id, whole.id);
const { result: moving } = await dbx.filesMoveBatchV2({
  entries: [{ from_path: "/many/1", to_path: "/moved/1" }, none],
});
const outcome = await finished(moving, (job) => dbx.filesMoveBatchCheckV2(job));
assert.deepEqual(
  outcome.map((entry) => entry[".tag"]),
  ["success", "failure"],
);
const { result: deleting } = await dbx.filesDeleteBatch({ entries: [{ path: "/many/5" }, { path: "/none" }] });
assert.equal((await finished(deleting, (job) => dbx.filesDeleteBatchCheck(job))).length, 2);
done.push("folders, moves, copies, batches");

const { result: found } = await dbx.filesSearchV2({ query: "copy" });
assert.equal(found.matches.length, 1);
const { result: shared } = await dbx.sharingCreateSharedLinkWithSettings({ path: "/sessions/one" });
assert.equal((await bytesOf(dbx.sharingGetSharedLinkFile({ url: shared.url }))).toString(), "Hello Dropbox!");
await dbx.sharingRevokeSharedLink({ url: shared.url });
assert.match(await refusal(dbx.sharingGetSharedLinkMetadata({ url: shared.url })), /^409 shared_link_not_found/);
assert.match(
  await refusal(dbx.sharingShareFolder({ path: "/sessions" })),
  /^400 .*not implemented by the local Dropbox/,
);
done.push("search and links");

await dbx.authTokenRevoke();
assert.match(await refusal(dbx.usersGetCurrentAccount()), /^401 invalid_access_token/);
done.push("revoke");
console.log(JSON.stringify(done));
