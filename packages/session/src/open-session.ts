import {
  type DropboxAccount,
  type DropboxHistory,
  dropboxHosts,
  openDropboxAccount,
  parseRemotePath,
  type RemotePath,
  RemotePathError,
} from "@twinfold/dropbox";
import { contentHasher } from "@twinfold/dropbox-rules";
import {
  type Activity,
  createEngine,
  type DeletionLimits,
  type Engine,
  type EngineStatus,
  type PlanReport,
  type Remote,
  type Store,
  systemClock,
  systemRandomness,
} from "@twinfold/engine";
import { type FolderPlace, type OpenedFileSystem, openFileSystem, type StagingOwner } from "@twinfold/filesystem";
import { compileIgnoreRules } from "@twinfold/ignore";
import { type DurableStore, openStore, refusalOf } from "@twinfold/store";
import type { Binding } from "./binding.ts";
import { createLastingEngine, type LastingEngine } from "./lasting-engine.ts";
import { type Lease, mayHoldLease, takeLease } from "./lease.ts";
import { checkRoot } from "./roots.ts";
import { SessionError } from "./session-error.ts";
import { copyState, openState, stateFolderError } from "./state-folder.ts";
import type { SyncSession, SyncSessionOptions } from "./sync-session.ts";
import { takeOut } from "./take-out.ts";
import { hasTrees, inWords } from "./trees-file.ts";

const NO_LIMITS: DeletionLimits = { files: Infinity, share: 1, emptied: Infinity };

interface Parts<S extends Store> {
  readonly remote: Remote;
  /** @throws what the store says: it writes down that it is there */
  readonly engine: () => Engine;
  readonly fileSystem: OpenedFileSystem;
  readonly store: S;
  readonly account: DropboxAccount;
}

/** @throws SessionError `remote-path` */
function remotePathOf(options: SyncSessionOptions): RemotePath {
  try {
    return parseRemotePath(options.remotePath);
  } catch (error) {
    if (error instanceof RemotePathError) throw new SessionError("remote-path", error.message, error);
    throw error;
  }
}

function openAccount({ link, dropboxUrl, throttle }: SyncSessionOptions): DropboxAccount {
  return openDropboxAccount({
    throttle,
    hosts: dropboxHosts(dropboxUrl),
    app: { appKey: link.appKey, appSecret: link.appSecret },
    refreshToken: link.refreshToken,
    clock: systemClock,
    randomness: systemRandomness,
  });
}

function compose<S extends Store>(
  options: SyncSessionOptions,
  root: string,
  openTrees: (binding: Binding) => S,
): Parts<S> {
  const remotePath = remotePathOf(options);
  const { link } = options;
  const session = sessionName(link.accountId);
  const { rescanEvery } = options;
  const shared = rescanEvery !== undefined;
  const lives = (owner: StagingOwner) => mayHoldLease(stagingOf(root), ROOT_LEASE, owner);
  const fileSystem = openFileSystem({ root, hasher: contentHasher, session, shared, lives });
  const account = openAccount(options);
  const store = openTrees({ rootIdentity: fileSystem.rootIdentity, accountId: link.accountId, remotePath });
  const remote = account.folder(remotePath, link.who, options.onWarning);
  const engine = () =>
    createEngine({
      fileSystem,
      remote,
      store,
      clock: systemClock,
      randomness: systemRandomness,
      compileIgnore: compileIgnoreRules,
      settings: {
        ...(options.applyDeletions ? { deletionLimits: NO_LIMITS } : {}),
        ...(options.oneWay ? { oneWay: true } : {}),
        ...(rescanEvery === undefined ? {} : { rescanEvery }),
        ...options.epochs,
      },
    });
  return { engine, remote, fileSystem, store, account };
}

/** Where each engine at a root, on whatever host, has a lease of its own until all that it staged has landed. */
const stagingOf = (root: string): FolderPlace => ({ root, names: [".twinfold"], rootIs: "the folder that is synced" });
const ROOT_LEASE = "lease-";

/** What one link's session at a root is known by there. */
function sessionName(accountId: string): string {
  return accountId.replace(/[^A-Za-z0-9_-]/g, "_");
}

async function closeParts({ fileSystem, store, account }: Parts<Store>): Promise<void> {
  await account.close();
  store.close();
  await fileSystem.close().catch(() => undefined);
}

/**
 * Starts one engine on a real folder and a real Dropbox folder.
 * @throws SessionError; what goes wrong later shows in the status
 */
export async function openSyncSession(options: SyncSessionOptions): Promise<SyncSession> {
  const root = checkRoot(options.root);
  const lease: Lease = takeLease(options.stateFolder, "lease.json", root);
  let parts: Parts<DurableStore> | null = null;
  let engine: LastingEngine;
  let rootLease: Lease | null = null;
  try {
    // Another engine for the same root and link, with another state folder or on another machine, sees this one.
    rootLease = takeLease(stagingOf(root), `${ROOT_LEASE}${sessionName(options.link.accountId)}.json`, root);
    parts = compose(options, root, (binding) =>
      openState(options.stateFolder, binding, (message) => options.onWarning?.(message)),
    );
    engine = createLastingEngine(parts.engine, parts.store, inWords(options.stateFolder));
  } catch (error) {
    if (parts !== null) await closeParts(parts);
    rootLease?.release();
    lease.release();
    if (refusalOf(error) !== null) throw stateFolderError(options.stateFolder, error);
    throw error;
  }
  const open = parts;
  let ended: Promise<void> | null = null;
  let failure: unknown = null;
  const listeners = new Set<(activity: Activity) => void>();
  const running = engine.run().catch((error: unknown) => {
    failure = error;
    options.onWarning?.(
      `the session ended by an error: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
    );
  });

  async function end(flushSeconds: number): Promise<void> {
    await engine.stop(flushSeconds);
    await running;
    rootLease?.release();
    await closeParts(open);
    lease.release();
  }

  return {
    status() {
      const status = engine.status();
      if (failure === null || status.state !== "stopped") return status;
      return {
        ...status,
        state: "needs attention",
        message: failure instanceof Error ? failure.message : String(failure),
      };
    },
    onStatus: engine.onStatus,
    onActivity(listener) {
      const stop = engine.onActivity(listener);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
    plan: engine.plan,
    why: engine.why,
    whyIn: engine.whyIn,
    notSynced: engine.notSynced,
    notSyncedWithFixes: engine.notSyncedWithFixes,
    conflicts: engine.conflicts,
    *inRemote(enter) {
      if (ended !== null) return;
      for (const one of engine.inRemote(enter)) {
        yield one;
        // Whoever reads it takes its time, and the trees may have been closed meanwhile.
        if (ended !== null) return;
      }
    },
    wait: engine.wait,
    pause: engine.pause,
    resume: engine.resume,
    announce: engine.announce,
    resolveHeld: engine.resolveHeld,
    withHistory: (work) => withHistory(options, work),
    async takeOut(what) {
      // Parts of its own, with nothing remembered: files of the state folder that this process opened twice would lose their locks.
      const own = compose(options, checkRoot(options.root), () => openStore(":memory:"));
      try {
        return await takeOut(own.fileSystem, own.remote, what, (one) => {
          for (const listener of listeners) listener(one);
        });
      } finally {
        await closeParts(own);
      }
    },
    isSound: () => failure === null && hasTrees(options.stateFolder),
    stop(flushSeconds = 10) {
      if (ended === null) ended = end(flushSeconds);
      else void engine.stop(flushSeconds);
      return ended;
    },
  };
}

/** What a start would do: looks at both sides, with what is remembered of them, and changes neither. @throws SessionError */
export function planOnce(options: SyncSessionOptions): Promise<PlanReport> {
  return onCopy(options, ({ engine }) => engine().observeOnce());
}

/** How things stood when the last session ended, as far as it is remembered. @throws SessionError */
export function recallStatus(options: SyncSessionOptions): Promise<EngineStatus> {
  return onCopy(options, ({ engine }) => engine().recall());
}

/** Asks for what Dropbox has kept of the files, whether a session runs or not. @throws SessionError, RemoteError */
export async function withHistory<T>(
  options: SyncSessionOptions,
  work: (history: DropboxHistory) => Promise<T>,
): Promise<T> {
  const remotePath = remotePathOf(options);
  const account = openAccount(options);
  try {
    return await work(account.history(remotePath));
  } finally {
    await account.close();
  }
}

/** Works beside a session, or while none runs, on a copy of what is remembered. */
async function onCopy<T>(options: SyncSessionOptions, work: (parts: Parts<Store>) => Promise<T>): Promise<T> {
  const parts = compose(options, checkRoot(options.root), (binding) => copyState(options.stateFolder, binding));
  try {
    return await work(parts);
  } finally {
    await closeParts(parts);
  }
}
