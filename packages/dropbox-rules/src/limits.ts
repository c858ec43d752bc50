/**
 * Dropbox's documented limits. Bytes where a name says size or bytes. Sources: the public API specification, the
 * performance and data ingress guides; where neither says, the comment does.
 */

/** The content hash covers blocks of this many bytes; concurrent upload sessions take pieces that are multiples of it. */
export const BLOCK_SIZE = 4 * 1024 * 1024;

/** The largest body of one upload, append or append_batch request. */
export const MAXIMUM_REQUEST_SIZE = 150 * 1024 * 1024;

/** The largest file, however it is uploaded: 2^41 less one block (specification, upload_session/start). */
export const MAXIMUM_FILE_SIZE = 2 ** 41 - BLOCK_SIZE;

/** The most entries in one start_batch, append_batch, finish_batch, move_batch, copy_batch or delete_batch. */
export const MAXIMUM_BATCH_ENTRIES = 1000;

/** The most paths in one create_folder_batch. */
export const MAXIMUM_FOLDER_BATCH_ENTRIES = 10_000;

/** The most entries that one move, copy or deletion of a folder may touch. */
export const MAXIMUM_RELOCATED_ENTRIES = 10_000;

/** The most entries that one page of a listing holds. */
export const MAXIMUM_PAGE_ENTRIES = 2000;

/** The most entries of one download_zip, and its most bytes; no file in it may be larger than the third. */
export const MAXIMUM_ZIP_ENTRIES = 10_000;
export const MAXIMUM_ZIP_SIZE = 20 * 1024 ** 3;
export const MAXIMUM_ZIP_FILE_SIZE = 4 * 1024 ** 3;

/**
 * All header lines of a request together: the default of Envoy, which answers at Dropbox's edge. What travels in
 * `Dropbox-API-Arg`, such as the argument of append_batch, must fit.
 */
export const MAXIMUM_HEADER_BYTES = 60 * 1024;

/** The most characters (code points, as rclone counts them) of one component of a path. */
export const MAXIMUM_NAME_LENGTH = 255;

/** How long a long poll may be asked to wait, in seconds; the server adds up to the third at random. */
export const MINIMUM_POLL_SECONDS = 30;
export const MAXIMUM_POLL_SECONDS = 480;
export const POLL_JITTER_SECONDS = 90;

/** How long an access token lives, in seconds. */
export const ACCESS_TOKEN_SECONDS = 14_400;

/** How long an upload session can be appended to and finished, in seconds. */
export const UPLOAD_SESSION_SECONDS = 7 * 24 * 3600;

/** The most revisions that one list_revisions gives. */
export const MAXIMUM_REVISIONS = 100;
