import type { Mutant } from "./mutant.ts";

const adjust = "execute/adjust.ts";
const downloads = "execute/downloads.ts";
const onDisk = "execute/local-executor.ts";
const atRemote = "execute/remote-executor.ts";

/** What is done: the base that advances, contents that come and go, checks at the last moment. */
export const EXECUTING_MUTANTS: readonly Mutant[] = [
  {
    id: "base-without-place",
    file: adjust,
    find: "store.synced.put({ ...before, parent, name, remoteName, key, since: now });",
    replace: "",
    breaks: "a move that is done does not advance the base",
  },
  {
    id: "base-without-content",
    file: adjust,
    find: "    hash: remote.hash,\n",
    replace: "    hash: before?.hash ?? null,\n",
    breaks: "a transfer that is done does not advance the base",
  },
  {
    id: "agreed-on-place-and-content",
    file: adjust,
    find: "hash: content ? remote.hash",
    replace: "hash: true ? remote.hash",
    breaks: "where only the place is agreed on, Dropbox's content is taken for the base too",
  },
  {
    id: "split-keeps-node",
    file: adjust,
    find: 'store.reidentify("local", adjustment.node, store.newId());',
    replace: "store.local.remove(adjustment.node);",
    breaks: "in a conflict the disk's version is forgotten",
  },
  {
    id: "arrived-unverified",
    file: downloads,
    find: "if (hash !== expectedHash)",
    replace: "if (false)",
    breaks: "what arrived lands without its hash being compared",
  },
  {
    id: "download-overwrites-anything",
    file: downloads,
    find: "path, present?.fingerprint ?? null, wanted.mtime)",
    replace: "path, (await fileSystem.stat(path))?.fingerprint ?? null, wanted.mtime)",
    breaks: "a download lands on whatever is there by now",
  },
  {
    id: "download-of-stale-plan",
    file: downloads,
    find: "if (stale) return;",
    replace: "",
    breaks: "a download lands although the trees have moved on",
  },
  {
    id: "download-forgets-time",
    file: downloads,
    find: "present?.fingerprint ?? null, wanted.mtime)",
    replace: "present?.fingerprint ?? null, null)",
    breaks: "a downloaded file has the time of its arrival",
  },
  {
    id: "staging-left",
    file: downloads,
    find: "Promise.resolve(file?.discard())",
    replace: "Promise.resolve()",
    breaks: "what was staged in vain is left there",
  },
  {
    id: "delete-unchecked-on-disk",
    file: onDisk,
    find: "removeFile(from, present.fingerprint)",
    replace: "removeFile(from, (await fileSystem.stat(from))?.fingerprint ?? present.fingerprint)",
    breaks: "a file on disk is deleted whatever it has become",
  },
  {
    id: "move-unchecked-on-disk",
    file: onDisk,
    find: "fileSystem.move(from, target, present.identity)",
    replace: "fileSystem.move(from, target, (await fileSystem.stat(from))?.identity ?? present.identity)",
    breaks: "whatever has the name by now is moved on disk",
  },
  {
    id: "moved-file-not-read-again",
    file: onDisk,
    find: "fingerprint, size, mtime, hash: null }",
    replace: "fingerprint, size, mtime }",
    breaks: "a write just before a move on disk is not noticed",
  },
  {
    id: "acts-without-a-place",
    file: onDisk,
    find: "if ([folder, present].some(",
    replace: "if ([].some(",
    breaks: "what has no place on disk just now is acted on",
  },
  {
    id: "upload-overwrites-anything",
    file: atRemote,
    find: "base: present?.rev ?? null,",
    replace: "base: undefined,",
    breaks: "an upload replaces whatever version is current",
  },
  {
    id: "delete-unchecked-in-dropbox",
    file: atRemote,
    find: "path: pathOf(store.remote, id),\n      rev,",
    replace: "path: pathOf(store.remote, id),\n      rev: undefined,",
    breaks: "a file in Dropbox is deleted whatever version is current",
  },
  {
    id: "folder-deleted-unread",
    file: atRemote,
    find: "await parts.refresh(signal);",
    replace: "",
    breaks: "a folder in Dropbox is deleted without a look at what came into it",
  },
  {
    id: "move-by-path-in-dropbox",
    file: atRemote,
    find: "id: knownId(present), path }",
    replace: "id: null, path }",
    breaks: "whatever is at the path by now is moved in Dropbox",
  },
  {
    id: "failed-write-forgotten",
    file: atRemote,
    find: "fail(operation, result.error);",
    replace: "",
    breaks: "a write that failed is not tried again",
  },
  {
    id: "base-after-other-move",
    file: atRemote,
    find: "operation.transient !== true &&",
    replace: "",
    breaks: "a step aside in Dropbox is taken for the place that both agreed on",
  },
  {
    id: "no-pause-after-failure",
    file: "execute/failures.ts",
    find: "due: clock.monotonic() + pause * (0.5 + randomness.next() / 2)",
    replace: "due: 0",
    breaks: "what failed is tried again at once, for ever",
  },
  {
    id: "flights-collide",
    file: "execute/in-flight.ts",
    find: "if (collide(flight, other))",
    replace: "if (false)",
    breaks: "a folder is moved or deleted while something in it is under way",
  },
];
