import sharp from "sharp";
import { type Client, clientOf, type Json, type TestDropbox } from "./harness.ts";

/** What a recording relies on: files, folders, tokens and jobs that were there before it was made. */
export interface Fixture {
  readonly client: Client;
  readonly test: TestDropbox;
  /** Tells that a value in the recording stands for one of ours. */
  same(recorded: string, ours: string): void;
}

export type Prepare = (fixture: Fixture) => Promise<unknown>;

const nothing: Prepare = async () => {};

const files =
  (...paths: string[]): Prepare =>
  async ({ client }) => {
    for (const path of paths) await client.put(path, `content of ${path}`);
  };

const folders =
  (...paths: string[]): Prepare =>
  async ({ client }) => {
    for (const path of paths) await client.ok("files/create_folder_v2", { path });
  };

const fixturesOf = (folder: string) => `/dropbox_api_fixtures/${folder}`;

/** The folders that lay beside each other when listings by namespace were recorded, in their order. */
const LISTED = [
  "chunked_uploader",
  "get_metadata",
  "get_thumbnail_batch",
  "get_shared_link_metadata",
  "copy_batch",
  "create_file_request",
  "delete",
  "list_folder",
  "upload",
  "search",
];

const ownNamespace: Prepare = async ({ client, same }) => {
  const { root_info } = await client.ok("users/get_current_account", null);
  same("70721710", root_info.root_namespace_id);
  for (const name of LISTED) await client.ok("files/create_folder_v2", { path: fixturesOf(name) });
};

/** A copy reference to a file of its own, made by `maker`, that stands for the recorded one. */
async function reference({ same }: Fixture, maker: Client): Promise<void> {
  await maker.put("/file.txt", "some");
  const { copy_reference } = await maker.ok("files/copy_reference/get", { path: "/file.txt" });
  same("WI-v4zliNDByb3JwejZlNw", copy_reference);
}

async function picture(client: Client, path: string, width: number, height: number): Promise<void> {
  const image = sharp({ create: { width, height, channels: 3, background: "teal" } });
  await client.put(path, await image.png().toBuffer());
}

/** What each recording needs; a recording that is neither here nor excused fails the test. */
export const PREPARATIONS: Readonly<Record<string, Prepare>> = {
  "chunked_uploader/success": nothing,
  "chunked_uploader/success_with_empty_string": nothing,
  "client/raise_on_401": ({ test }) => test.control("POST", "expire-access-tokens"),
  "copy/malformed_path": nothing,
  "copy_batch/success": files(`${fixturesOf("copy_batch")}/regular_file.txt`),
  "copy_reference_get/not_found": nothing,
  "copy_reference_get/success_file": files("/file.txt"),
  "copy_reference_save/conflict": async (fixture) => {
    await files("/copied-file.txt")(fixture);
    await reference(fixture, fixture.client);
  },
  "copy_reference_save/invalid_reference": nothing,
  "copy_reference_save/malformed_path": (fixture) => reference(fixture, fixture.client),
  "copy_reference_save/no_permission": async (fixture) => {
    const { url } = fixture.test.dropbox;
    // Made by another app.
    await reference(fixture, clientOf(url, fixture.test.ready.accessToken));
  },
  "copy_reference_save/success_file": (fixture) => reference(fixture, fixture.client),
  "create_folder/conflict": files("/b.jpg"),
  "create_folder/malformed_path": nothing,
  "create_folder/success": nothing,
  "create_folder_batch/autorename_true": folders("/Create Batch 1"),
  "create_folder_batch/large_entries": nothing,
  "create_folder_batch_check/invalid_async_job_id": nothing,
  "create_folder_batch_check/mixed_entries": async ({ client, same }) => {
    const ten = Array.from({ length: 10 }, (_, index) => `/Folder ${index}`);
    await client.ok("files/create_folder_batch", { paths: ten });
    const paths = [...ten, "/a\\b", "/c//d", "/e/..", "/Folder 0/folder", "/Folder 1/folder"];
    const { async_job_id } = await client.ok("files/create_folder_batch", { paths, force_async: true });
    same(
      "dbjid:AAA8ixe2PLtuFEtS216inFdIa5J8PM5f8c9IcRimbLVqQ-0-bzq0yFEv1yu4UeCSUyZqQn80SjL5cbY-Ow9RBNQE",
      async_job_id,
    );
  },
  "delete/invalid_parent_rev": files(`${fixturesOf("delete")}/wont_be_deleted.txt`),
  "delete/not_found": nothing,
  "delete/success_file": files(`${fixturesOf("delete")}/will_be_deleted.txt`),
  "delete/success_folder": folders(`${fixturesOf("delete")}/folder`),
  "delete_batch/multiple_entry_success": folders("/folder_to_delete_1", "/folder_to_delete_2"),
  "delete_batch/single_entry_success": files("/folder_to_delete/file_to_delete.docx"),
  "delete_batch_check/invalid_async_job_id": nothing,
  "delete_batch_check/mixed_entries": async (fixture) => {
    await folders("/folder_to_delete_1")(fixture);
    await files("/kept", "/folder_to_delete_2/file_to_delete.docx")(fixture);
    const entries = [
      { path: "/folder_to_delete_1" },
      { path: "/kept", parent_rev: "1c0576c68d6" },
      { path: "/folder_to_delete_2/file_to_delete.docx" },
      { path: "/none" },
    ];
    const { async_job_id } = await fixture.client.ok("files/delete_batch", { entries });
    fixture.same(
      "dbjid:AAC2JUPMEtK-kEg7QVrNEemnX-FfQkJ_0r_tJJ2UpHhwvrUGrpw19CH4U5cfZKWPLxLVJoKgffTOy_zSKk6W953h",
      async_job_id,
    );
  },
  "download/not_found": nothing,
  "download/success": ({ client }) => client.put("/file.txt", "Hola Leo!\n"),
  "get_account/no_account": nothing,
  "get_account_batch/no_account": nothing,
  "get_current_account/success": nothing,
  "get_metadata/deleted": async (fixture) => {
    const path = `${fixturesOf("get_metadata")}/deleted_file.txt`;
    await files(path)(fixture);
    await fixture.client.ok("files/delete_v2", { path });
  },
  "get_metadata/not_found": nothing,
  "get_metadata/success_file": files(`${fixturesOf("get_metadata")}/file.txt`),
  "get_metadata/success_folder": folders(`${fixturesOf("get_metadata")}/folder`),
  "get_space_usage/success": nothing,
  "get_temporary_link/success": files("/img.png"),
  "get_thumbnail/not_found": nothing,
  // Both as large as the recorded thumbnails tell.
  "get_thumbnail/success": ({ client }) => picture(client, "/img.png", 640, 520),
  "get_thumbnail_batch/not_found": nothing,
  "get_thumbnail_batch/success": ({ client }) =>
    picture(client, `${fixturesOf("get_thumbnail_batch")}/img.png`, 320, 320),
  "list_folder/invalid_namespace_id": nothing,
  "list_folder/not_found": nothing,
  "list_folder/success": async (fixture) => {
    await folders("/dropbox_api_fixtures")(fixture);
    await files("/Get Started with Dropbox.pdf", "/photo.jpg")(fixture);
    await folders("/orders (dev)")(fixture);
    await files("/img.jpg", "/0030.png", "/test.png", "/test2.png", "/target.txt")(fixture);
    await folders("/Homework", "/Chicken Bones")(fixture);
  },
  "list_folder/success_shared_folder": async (fixture) => {
    const folder = `${fixturesOf("list_folder")}/shared_folder`;
    await files(`${folder}/cow.txt`)(fixture);
    const { url } = await fixture.client.ok("sharing/create_shared_link_with_settings", { path: folder });
    fixture.same("https://www.dropbox.com/sh/11zmten5htl4v8h/AADZuLhttEDjpsDE_TifuATga?dl=0", url);
  },
  "list_folder/success_with_namespace_id": ownNamespace,
  "list_folder/unset_namespace_id": ownNamespace,
  "list_folder_longpoll/list_folder": folders(fixturesOf("list_folder_longpoll")),
  "list_revisions/not_found": nothing,
  "move/not_found": nothing,
  "move/success_file": files("/img.png"),
  "move/success_folder": folders("/folder", "/test"),
  "move/success_rename": files("/a.jpg", "/photo.jpg"),
  "permanently_delete/invalid_account": files(`${fixturesOf("permanently_delete")}/file.txt`),
  "restore/invalid_revision": files("/file.txt"),
  "restore/success": async ({ client, same }) => {
    const first = await client.put("/file.txt", "the first one!");
    await client.put("/file.txt", "another", { mode: "overwrite" });
    same("1a6a24061bdd", first.rev);
  },
  "search/not_found": nothing,
  "search/success": files(`${fixturesOf("search")}/findable_file.txt`),
  "search_continue/search": folders(fixturesOf("create_file_request"), "/profiles"),
  "token_revoke/success": nothing,
  "upload/success_io": nothing,
  "upload/success_overwrite": files(`${fixturesOf("upload")}/file.txt`),
  "upload/success_update": ({ client }) => client.put(`${fixturesOf("upload")}/file.txt`, "Hola Dropbox!"),
  "upload_by_chunks/success_add": files(`${fixturesOf("upload_by_chunks")}/file.txt`),
  "upload_session_append_v2/offset_error": nothing,
  "upload_session_append_v2/success": nothing,
  "upload_session_finish/success": nothing,
  "upload_session_start/success": nothing,
};

const FETCHES = "a server must not fetch from addresses that its callers name";

/** What is not replayed here, and why. */
export const EXCUSED: Readonly<Record<string, string>> = {
  "authenticator/success_with_refresh_token": "has a test of its own: the code must come from a consent page",
  "authenticator/success_with_short_lived_token": "has a test of its own: the code must come from a consent page",
  "upload/too_many_write_operations": "has a test of its own: its requests were made at the same time",
  "list_folder_continue/list_folder":
    "an empty first page with more to come, as Dropbox may answer, is never answered here",
  "get_temporary_link/not_found": "asks for a preview, which is not implemented",
  "save_url/invalid_url": FETCHES,
  "save_url/success_dropbox": FETCHES,
  "save_url/success_external": FETCHES,
  "save_url_check_job_status/failed": FETCHES,
};

/** Fields that Dropbox has added since the recordings, or of what does not exist here. */
export const NEWER: ReadonlySet<string> = new Set([
  "is_downloadable",
  "content_hash",
  "has_more",
  "visibility_policies",
  "can_set_expiry",
  "can_remove_expiry",
  "allow_download",
  "can_allow_download",
  "can_disallow_download",
  "allow_comments",
  "team_restricts_comments",
]);
export const ABSENT: ReadonlySet<string> = new Set(["shared_folder_id", "sharing_info", "profile_photo_url"]);

/** What a value must look like, by its field; others must be equal. */
export const FORMS: Readonly<Record<string, RegExp>> = {
  id: /^id:[\w-]{22}$/,
  rev: /^[0-9a-f]{9,}$/,
  client_modified: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  server_modified: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  content_hash: /^[0-9a-f]{64}$/,
  cursor: /^[\w-]{100,}$/,
  async_job_id: /^dbjid:AA[\w-]{84}$/,
  thumbnail: /^\/9j\/[\w+/]+=*$/,
  session_id: /^[\w:-]{18,}$/,
  copy_reference: /^[\w-]{20,}$/,
  expires: /^20[4-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  link: /^https?:\/\/[^/]+\/apitl\/1\/AA[\w-]{100,}$/,
  url: /^https?:\/\/[^/]+\/[\w/]+.*\bdl=0$/,
  account_id: /^dbid:AA[\w-]{33}$/,
  root_namespace_id: /^\d+$/,
  home_namespace_id: /^\d+$/,
  referral_link: /^https:\/\/www\.dropbox\.com\/referrals\//,
  country: /^[A-Z]{2}$/,
  locale: /^[a-z]{2}(-[A-Z]{2})?$/,
  email: /^[^@]+@[^@]+$/,
  uid: /^\d+$/,
  access_token: /./,
  refresh_token: /./,
  scope: /files\.content\.write/,
};

/** Fields whose values are the account's own, and so only have a type. */
export const OWN_VALUES: ReadonlySet<string> = new Set([
  "size",
  "used",
  "allocated",
  "given_name",
  "surname",
  "familiar_name",
  "display_name",
  "abbreviated_name",
]);

export type { Json };
