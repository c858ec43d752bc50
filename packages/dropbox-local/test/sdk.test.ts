import { Dropbox, DropboxAuth } from "dropbox";
import sharp from "sharp";
import { expect, test } from "vitest";
import { type Json, startTestDropbox } from "./harness.ts";

/** Dropbox's own JavaScript SDK, unchanged but for where its requests go: it insists on https and Dropbox's hosts. */
function redirected(url: string): typeof fetch {
  return async (input, init) => {
    const target = new URL(String(input));
    const response = await fetch(url + target.pathname + target.search, init);
    // It expects node-fetch's way of giving bytes.
    return Object.assign(response, { buffer: async () => Buffer.from(await response.clone().arrayBuffer()) });
  };
}

async function sdk() {
  const test = await startTestDropbox();
  const { appKey, appSecret, refreshToken } = test.ready;
  const auth = new DropboxAuth({
    clientId: appKey,
    clientSecret: appSecret,
    refreshToken,
    fetch: redirected(test.dropbox.url),
  });
  return { ...test, dbx: new Dropbox({ auth, fetch: redirected(test.dropbox.url) }) };
}

test("it refreshes its token and finds its account", async () => {
  const { dbx, ready } = await sdk();
  const { result } = await dbx.usersGetCurrentAccount();
  expect(result.account_id).toBe(ready.accountId);
  expect((await dbx.usersGetSpaceUsage()).result.used).toBe(0);
  expect((await dbx.checkUser({ query: "echo" })).result).toEqual({ result: "echo" });
});

test("files go up, down, away and back", async () => {
  const { dbx } = await sdk();
  const { result: file } = await dbx.filesUpload({ path: "/Ünïcode/a.txt", contents: "hello", mute: true });
  const { result: listing } = await dbx.filesListFolder({ path: "", recursive: true });
  expect(listing.entries.map((entry) => entry.path_display)).toEqual(["/Ünïcode", "/Ünïcode/a.txt"]);
  const downloaded: Json = (await dbx.filesDownload({ path: file.id })).result;
  expect(downloaded.fileBinary.toString()).toBe("hello");
  expect(downloaded.rev).toBe(file.rev);
  await dbx.filesMoveV2({ from_path: "/Ünïcode", to_path: "/plain" });
  await dbx.filesCopyV2({ from_path: "/plain", to_path: "/copy" });
  await dbx.filesCreateFolderV2({ path: "/empty" });
  await dbx.filesDeleteV2({ path: "/plain" });
  const { result: changes } = await dbx.filesListFolderContinue({ cursor: listing.cursor });
  expect(changes.entries.map((entry) => `${entry[".tag"]} ${entry.path_display}`)).toEqual([
    "deleted /Ünïcode",
    "folder /copy",
    "file /copy/a.txt",
    "folder /empty",
    "deleted /plain",
  ]);
  const { result: history } = await dbx.filesListRevisions({ path: "/plain/a.txt" });
  expect(history.is_deleted).toBe(true);
  await dbx.filesRestore({ path: "/plain/a.txt", rev: history.entries[0]?.rev ?? "" });
  const { result: polled } = await dbx.filesListFolderLongpoll({ cursor: changes.cursor, timeout: 30 });
  expect(polled.changes).toBe(true);
});

test("sessions, batches and zips", async () => {
  const { dbx } = await sdk();
  const { result: started } = await dbx.filesUploadSessionStart({ contents: "Hello " });
  const session_id = started.session_id;
  await dbx.filesUploadSessionAppendV2({ cursor: { session_id, offset: 6 }, contents: "Drop", close: false });
  const { result: file } = await dbx.filesUploadSessionFinish({
    cursor: { session_id, offset: 10 },
    commit: { path: "/folder/session.txt" },
    contents: "box!",
  });
  expect(file.content_hash).toBe("16dff8700700b9aa627e24bbf832940c084b41ade5c5d6fe5417963a547ed9c2");
  const { result: batch } = await dbx.filesUploadSessionStartBatch({ num_sessions: 2 });
  for (const id of batch.session_ids)
    await dbx.filesUploadSessionAppendV2({ cursor: { session_id: id, offset: 0 }, contents: id, close: true });
  const { result: finished } = await dbx.filesUploadSessionFinishBatchV2({
    entries: batch.session_ids.map((id, index) => ({
      cursor: { session_id: id, offset: id.length },
      commit: { path: `/folder/${index}` },
    })),
  });
  expect(finished.entries.map((entry) => entry[".tag"])).toEqual(["success", "success"]);
  const { result: moved } = await dbx.filesMoveBatchV2({
    entries: [{ from_path: "/folder/0", to_path: "/folder/zero" }],
  });
  if (moved[".tag"] === "async_job_id")
    expect((await dbx.filesMoveBatchCheckV2({ async_job_id: moved.async_job_id })).result[".tag"]).toBe("complete");
  const zip: Json = (await dbx.filesDownloadZip({ path: "/folder" })).result;
  expect(zip.metadata.name).toBe("folder");
  expect(zip.fileBinary.subarray(0, 2).toString()).toBe("PK");
});

test("links, search, copies by reference and thumbnails", async () => {
  const { dbx, dropbox } = await sdk();
  const contents = await sharp({ create: { width: 90, height: 60, channels: 3, background: "teal" } })
    .png()
    .toBuffer();
  const { result: file } = await dbx.filesUpload({ path: "/d/picture.png", contents });
  const { result: temporary } = await dbx.filesGetTemporaryLink({ path: file.id });
  expect(temporary.metadata.rev).toBe(file.rev);
  expect(Buffer.from(await (await fetch(temporary.link)).arrayBuffer()).equals(contents)).toBe(true);
  const { result: found } = await dbx.filesSearchV2({ query: "PICTURE" });
  expect(found.matches).toHaveLength(1);
  const { result: reference } = await dbx.filesCopyReferenceGet({ path: "/d/picture.png" });
  const { copy_reference } = reference;
  const { result: saved } = await dbx.filesCopyReferenceSave({ copy_reference, path: "/saved.png" });
  expect(saved.metadata.name).toBe("saved.png");
  const size = { ".tag": "w32h32" } as const;
  const resource = { ".tag": "path", path: "/saved.png" } as const;
  const small: Json = (await dbx.filesGetThumbnailV2({ resource, size })).result;
  expect(await sharp(small.fileBinary).metadata()).toMatchObject({ format: "jpeg", width: 32, height: 21 });
  const { result: link } = await dbx.sharingCreateSharedLinkWithSettings({ path: "/d" });
  expect(link.url.startsWith(dropbox.url)).toBe(true);
  const { result: links } = await dbx.sharingListSharedLinks({ path: "/d/picture.png" });
  expect(links.links.map((one) => one.url)).toEqual([link.url]);
  const linked: Json = (await dbx.sharingGetSharedLinkFile({ url: link.url, path: "/picture.png" })).result;
  expect(linked.size).toBe(contents.length);
  await dbx.sharingRevokeSharedLink({ url: link.url });
  const { result: features } = await dbx.usersFeaturesGetValues({ features: [{ ".tag": "file_locking" }] });
  expect(features.values).toHaveLength(1);
});

test("errors come as the SDK's own, with status and union", async () => {
  const { dbx } = await sdk();
  const missing: Json = await dbx.filesGetMetadata({ path: "/none" }).catch((error) => error);
  expect([missing.name, missing.status]).toEqual(["DropboxResponseError", 409]);
  expect(missing.error.error).toEqual({ ".tag": "path", path: { ".tag": "not_found" } });
  const malformed: Json = await dbx.filesListFolder({ path: "no slash" }).catch((error) => error);
  expect([malformed.status, malformed.error]).toEqual([400, expect.stringContaining("did not match pattern")]);
  const absent: Json = await dbx.sharingShareFolder({ path: "/a" }).catch((error) => error);
  expect(absent.error).toContain("not implemented by the local Dropbox");
});
