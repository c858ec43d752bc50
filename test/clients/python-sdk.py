"""Calls what the official Python SDK offers for files, happy and unhappy; the test looks at what it prints last."""

import datetime
import hashlib
import json
import sys
import threading
import time
import urllib.request

import dropbox
from dropbox import common, exceptions, files, sharing, users

key, secret, refresh_token = sys.argv[1:]
done = []


def step(name):
    done.append(name)


def refused(call, error_class=exceptions.ApiError):
    """The error that a call must raise."""
    try:
        call()
    except error_class as error:
        return error
    raise AssertionError(f"{error_class.__name__} was expected")


def content_hash(data):
    blocks = [data[i : i + 4 * 1024 * 1024] for i in range(0, len(data), 4 * 1024 * 1024)]
    return hashlib.sha256(b"".join(hashlib.sha256(block).digest() for block in blocks)).hexdigest()


def finished(launched, check):
    """A batch's entries, asked for until they are there."""
    while launched.is_async_job_id():
        status = check(launched.get_async_job_id())
        if status.is_complete():
            return status.get_complete().entries
        time.sleep(0.05)
    return launched.get_complete().entries


dbx = dropbox.Dropbox(oauth2_refresh_token=refresh_token, app_key=key, app_secret=secret, max_retries_on_error=0)

account = dbx.users_get_current_account()
assert account.name.display_name == "Ada Byron", account
assert dbx.users_get_account(account.account_id).is_teammate
assert dbx.users_get_account_batch([account.account_id])[0].email == "ada@example.org"
assert dbx.users_get_space_usage().allocation.is_individual()
values = dbx.users_features_get_values([users.UserFeature.file_locking]).values
assert values[0].is_file_locking(), values
assert dbx.check_user("echo").result == "echo"
assert dropbox.Dropbox(app_key=key, app_secret=secret, oauth2_refresh_token=refresh_token).check_app("echo").result == "echo"
rooted = dbx.with_path_root(common.PathRoot.root(account.root_info.root_namespace_id))
assert rooted.files_list_folder("").entries == []
refused(lambda: dbx.with_path_root(common.PathRoot.root("1")).files_list_folder(""), exceptions.PathRootError)
step("users, check, path root")

when = datetime.datetime(2020, 2, 3, 4, 5, 6)
first = dbx.files_upload(b"hello", "/Docs/ünï.txt", client_modified=when, content_hash=content_hash(b"hello"))
assert first.client_modified.replace(tzinfo=None) == when and first.content_hash == content_hash(b"hello")
conflict = refused(lambda: dbx.files_upload(b"other", "/Docs/ünï.txt")).error.get_path()
assert conflict.reason.is_conflict() and conflict.reason.get_conflict().is_file()
renamed = dbx.files_upload(b"other", "/Docs/ünï.txt", autorename=True)
assert renamed.name == "ünï (1).txt", renamed
second = dbx.files_upload(b"hello again", "/docs/ÜNÏ.txt", mode=files.WriteMode.update(first.rev))
assert second.id == first.id and second.rev > first.rev
stale = dbx.files_upload(b"third", "/Docs/ünï.txt", mode=files.WriteMode.update(first.rev), autorename=True)
assert "conflicted copy" in stale.name, stale
wrong = refused(lambda: dbx.files_upload(b"x", "/x", content_hash="0" * 64))
assert wrong.error.is_content_hash_mismatch()
step("upload")

metadata, response = dbx.files_download("/docs/ünï.txt")
assert metadata.rev == second.rev and response.content == b"hello again"
assert dbx.files_download(f"rev:{first.rev}")[1].content == b"hello"
assert dbx.files_download("/docs/ünï.txt", rev=first.rev)[1].content == b"hello"
missing = refused(lambda: dbx.files_download("/none"))
assert missing.error.get_path().is_not_found() and missing.request_id
assert refused(lambda: dbx.files_download("/docs")).error.get_path().is_not_file()
assert dbx.files_download_zip("/Docs")[1].content[:2] == b"PK"
assert dbx.files_get_metadata(first.id).path_display == "/Docs/ünï.txt"
assert refused(lambda: dbx.files_get_metadata("/none")).error.get_path().is_not_found()
link = dbx.files_get_temporary_link("/Docs/ünï.txt").link
assert link.startswith("https://")
step("download")

start = dbx.files_upload_session_start(b"Hello ")
cursor = files.UploadSessionCursor(start.session_id, 6)
dbx.files_upload_session_append_v2(b"Drop", cursor)
again = refused(lambda: dbx.files_upload_session_append_v2(b"Drop", cursor))
assert again.error.get_incorrect_offset().correct_offset == 10
cursor.offset = 10
whole = dbx.files_upload_session_finish(b"box!", cursor, files.CommitInfo("/sessions/one"))
assert whole.content_hash == content_hash(b"Hello Dropbox!")
sessions = dbx.files_upload_session_start_batch(4).session_ids
for index, session in enumerate(sessions[:2]):
    dbx.files_upload_session_append_v2(b"%d" % index, files.UploadSessionCursor(session, 0), close=True)
appended = dbx.files_upload_session_append_batch(
    b"twothree",
    [
        files.UploadSessionAppendBatchArgEntry(files.UploadSessionCursor(sessions[2], 0), 3, close=True),
        files.UploadSessionAppendBatchArgEntry(files.UploadSessionCursor(sessions[3], 0), 5, close=True),
    ],
)
assert all(entry.is_success() for entry in appended.entries), appended
finish = [
    files.UploadSessionFinishArg(files.UploadSessionCursor(session, size), files.CommitInfo(f"/sessions/{index}"))
    for index, (session, size) in enumerate(zip(sessions, [1, 1, 3, 5]))
]
results = dbx.files_upload_session_finish_batch_v2(finish).entries
assert [entry.is_success() for entry in results] == [True] * 4, results
concurrent = dbx.files_upload_session_start(b"", session_type=files.UploadSessionType.concurrent).session_id
block = b"a" * 4 * 1024 * 1024
dbx.files_upload_session_append_v2(block, files.UploadSessionCursor(concurrent, len(block)))
dbx.files_upload_session_append_v2(block, files.UploadSessionCursor(concurrent, 0))
dbx.files_upload_session_append_v2(b"end", files.UploadSessionCursor(concurrent, 2 * len(block)), close=True)
large = dbx.files_upload_session_finish(
    b"", files.UploadSessionCursor(concurrent, 2 * len(block) + 3), files.CommitInfo("/sessions/large")
)
assert large.content_hash == content_hash(block + block + b"end")
assert refused(lambda: dbx.files_upload_session_append_v2(b"", files.UploadSessionCursor("none", 0))).error.is_not_found()
step("upload sessions")

listing = dbx.files_list_folder("", recursive=True, limit=3)
entries = list(listing.entries)
while listing.has_more:
    listing = dbx.files_list_folder_continue(listing.cursor)
    entries += listing.entries
assert len(entries) == 11, [entry.path_display for entry in entries]
heard = []
poll = threading.Thread(target=lambda: heard.append(dbx.files_list_folder_longpoll(listing.cursor, timeout=30).changes))
poll.start()
dbx.files_delete_v2("/Docs")
poll.join()
assert heard == [True]
changes = dbx.files_list_folder_continue(listing.cursor).entries
assert [type(entry).__name__ for entry in changes] == ["DeletedMetadata"], changes
assert isinstance(dbx.files_get_metadata("/Docs", include_deleted=True), files.DeletedMetadata)
deleted = dbx.files_list_folder("", include_deleted=True).entries
assert any(isinstance(entry, files.DeletedMetadata) and entry.name == "Docs" for entry in deleted), deleted
assert dbx.files_list_folder_get_latest_cursor("").cursor
refused(lambda: dbx.files_list_folder("/none"))
step("list, long poll, deleted")

history = dbx.files_list_revisions("/Docs/ünï.txt")
assert history.is_deleted and [entry.rev for entry in history.entries] == [second.rev, first.rev]
assert dbx.files_restore("/Docs/ünï.txt", first.rev).content_hash == content_hash(b"hello")
assert refused(lambda: dbx.files_restore("/Docs/ünï.txt", "123456789")).error.is_invalid_revision()
step("revisions")

folder = dbx.files_create_folder_v2("/New").metadata
assert refused(lambda: dbx.files_create_folder_v2("/new")).error.get_path().get_conflict().is_folder()
assert dbx.files_create_folder_v2("/New", autorename=True).metadata.name == "New (1)"
made = finished(dbx.files_create_folder_batch([f"/many/{n}" for n in range(100)]), dbx.files_create_folder_batch_check)
assert len(made) == 100 and made[99].get_success().metadata.name == "99"
moved = dbx.files_move_v2("/New", "/Moved/here").metadata
assert moved.id == folder.id and moved.path_display == "/Moved/here"
assert refused(lambda: dbx.files_move_v2("/none", "/x")).error.get_from_lookup().is_not_found()
copied = dbx.files_copy_v2("/sessions/one", "/sessions/copy").metadata
assert copied.id != whole.id and copied.content_hash == whole.content_hash
pairs = [files.RelocationPath(f"/many/{n}", f"/moved/{n}") for n in range(3)] + [files.RelocationPath("/none", "/x")]
outcome = finished(dbx.files_move_batch_v2(pairs), dbx.files_move_batch_check_v2)
assert [entry.is_success() for entry in outcome] == [True, True, True, False]
outcome = finished(dbx.files_copy_batch_v2(pairs[:0] + [files.RelocationPath("/sessions/0", "/copies/0")]), dbx.files_copy_batch_check_v2)
assert outcome[0].is_success()
outcome = finished(dbx.files_delete_batch([files.DeleteArg("/many/5"), files.DeleteArg("/none")]), dbx.files_delete_batch_check)
assert [entry.is_success() for entry in outcome] == [True, False]
assert refused(lambda: dbx.files_delete_v2("/none")).error.get_path_lookup().is_not_found()
reference = dbx.files_copy_reference_get("/sessions/one").copy_reference
assert dbx.files_copy_reference_save(reference, "/sessions/saved").metadata.content_hash == whole.content_hash
step("folders, moves, copies, batches")

found = dbx.files_search_v2("copy").matches
assert [match.metadata.get_metadata().path_display for match in found] == ["/sessions/copy"], found
upload_link = dbx.files_get_temporary_upload_link(files.CommitInfo("/by link")).link
request = urllib.request.Request(upload_link, b"linked", {"Content-Type": "application/octet-stream"})
assert json.load(urllib.request.urlopen(request))["content-hash"] == content_hash(b"linked")
shared = dbx.sharing_create_shared_link_with_settings("/sessions/one")
assert isinstance(shared, sharing.FileLinkMetadata)
exists = refused(lambda: dbx.sharing_create_shared_link_with_settings("/sessions/one")).error
assert exists.is_shared_link_already_exists()
assert [link.url for link in dbx.sharing_list_shared_links("/sessions/one").links] == [shared.url]
assert dbx.sharing_get_shared_link_metadata(shared.url).id == whole.id
assert dbx.sharing_get_shared_link_file(shared.url)[1].content == b"Hello Dropbox!"
dbx.sharing_revoke_shared_link(shared.url)
assert refused(lambda: dbx.sharing_get_shared_link_metadata(shared.url)).error.is_shared_link_not_found()
assert "not implemented" in refused(lambda: dbx.sharing_share_folder("/sessions"), exceptions.BadInputError).message
refused(lambda: dbx.files_permanently_delete("/sessions/one"), exceptions.BadInputError)
step("search and links")

dbx.auth_token_revoke()
refused(lambda: dbx.users_get_current_account(), exceptions.AuthError)
step("revoke")
print(json.dumps(done))
