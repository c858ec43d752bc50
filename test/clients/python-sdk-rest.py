"""Calls the rest of what the official Python SDK offers, each route once well and once badly; see python-sdk.py."""

import base64
import json
import sys

import dropbox
from dropbox import auth, check, exceptions, files, sharing, users

key, secret, refresh_token, picture = sys.argv[1:5]
# Each route's fields, as the local Dropbox knows them.
routes = json.loads(sys.argv[5])
done = []
dbx = dropbox.Dropbox(oauth2_refresh_token=refresh_token, app_key=key, app_secret=secret, max_retries_on_error=0)


def refused(call, error_class=exceptions.ApiError):
    """The error that a call must raise."""
    try:
        call()
    except error_class as error:
        return error
    raise AssertionError(f"{error_class.__name__} was expected")


def outcome(launched, check_job):
    """What a job of one of the deprecated batches has come to."""
    return check_job(launched.get_async_job_id())


file = dbx.files_alpha_upload(b"a", "/Old/a.txt")
assert dbx.files_alpha_get_metadata(file.id).name == "a.txt"
assert refused(lambda: dbx.files_alpha_get_metadata("/none")).error.get_path().is_not_found()
assert dbx.files_create_folder("/Old/folder").path_lower == "/old/folder"
assert dbx.files_move("/Old/a.txt", "/Old/b.txt").id == file.id
assert dbx.files_copy("/Old/b.txt", "/Old/c.txt").name == "c.txt"
assert dbx.files_delete("/Old/c.txt").name == "c.txt"
assert refused(lambda: dbx.files_delete("/Old/c.txt")).error.get_path_lookup().is_not_found()
away = [files.RelocationPath("/Old/b.txt", "/Old/d.txt")]
assert outcome(dbx.files_move_batch(away), dbx.files_move_batch_check).get_complete().entries[0].metadata.id == file.id
failed = outcome(dbx.files_copy_batch(away), dbx.files_copy_batch_check).get_failed()
assert failed.get_from_lookup().is_not_found(), failed
session = dbx.files_upload_session_start(b"12").session_id
dbx.files_upload_session_append(b"34", session, 2)
dbx.files_upload_session_append_v2(b"", files.UploadSessionCursor(session, 4), close=True)
finish = [files.UploadSessionFinishArg(files.UploadSessionCursor(session, 4), files.CommitInfo("/Old/session"))]
finished = outcome(dbx.files_upload_session_finish_batch(finish), dbx.files_upload_session_finish_batch_check)
assert finished.get_complete().entries[0].is_success(), finished
done.append("deprecated routes")

dbx.files_upload(base64.b64decode(picture), "/Old/picture.png")
assert dbx.files_get_thumbnail("/Old/picture.png")[1].content[:2] == b"\xff\xd8"
assert dbx.files_get_thumbnail_v2(files.PathOrLink.path("/Old/picture.png"))[1].content[:2] == b"\xff\xd8"
thumbnails = dbx.files_get_thumbnail_batch([files.ThumbnailArg("/Old/picture.png")]).entries
assert thumbnails[0].is_success(), thumbnails
assert refused(lambda: dbx.files_get_thumbnail("/Old/d.txt")).error.is_unsupported_extension()
done.append("thumbnails")

found = dbx.files_search("/Old", "picture")
assert [match.metadata.name for match in found.matches] == ["picture.png"] and not found.more
first = dbx.files_search_v2("o", files.SearchOptions(path="", max_results=1))
assert first.has_more and len(dbx.files_search_continue_v2(first.cursor).matches) == 1
link = dbx.sharing_create_shared_link("/Old/picture.png")
assert [one.url for one in dbx.sharing_get_shared_links("/Old/picture.png").links] == [link.url]
assert dbx.sharing_list_folders().entries == dbx.sharing_list_mountable_folders().entries == []
assert dbx.sharing_list_received_files().entries == []
assert refused(lambda: dbx.sharing_list_folders_continue("x")).error.is_invalid_cursor()
done.append("search, shared links")

# Every route once more, with a field that its argument does not have.
count = 0
for module in (auth, check, files, sharing, users):
    namespace = module.__name__.split(".")[-1]
    for route in module.ROUTES.values():
        name = f"{namespace}/{route.name}" + (f"_v{route.version}" if route.version > 1 else "")
        if name not in routes:
            continue
        definition = getattr(route.arg_type, "definition", None)
        missing = set(getattr(definition, "_all_field_names_", ())) - set(routes[name])
        assert not missing, (name, missing)
        host, style, kind = (route.attrs[attribute] for attribute in ("host", "style", "auth"))
        body = b"" if style == "upload" else None
        # Where an app or its user may call, the user does.
        caller = "user" if "user" in kind else kind
        error = refused(
            lambda: dbx.request_json_string(host, name, style, '{"no_such_field": 1}', caller, body),
            exceptions.BadInputError,
        )
        assert error.message.startswith(f'Error in call to API function "{name}": '), error
        count += 1
assert count > 50, count
done.append("each argument's fields, and a malformed one, at every route")

dbx.auth_token_revoke()
refused(lambda: dbx.auth_token_revoke(), exceptions.AuthError)
done.append("revoke")
print(json.dumps(done))
