import type { DropboxHistory, Throttle } from "@twinfold/dropbox";
import type { Engine, EngineSettings } from "@twinfold/engine";
import type { TakenOut, TakingOut } from "./take-out.ts";
import type { StateFolder } from "./trees-file.ts";

/** What a session needs to speak for one account. `save` is called when Dropbox gives something new to remember. */
export interface SyncSessionOptions {
  /** Absolute path of the folder to keep in sync. */
  readonly root: string;
  /** Absolute path in the app folder, `/A/B/C`. */
  readonly remotePath: string;
  /** Where the engine keeps what it has observed; made if missing; may be deleted while no session runs. */
  readonly stateFolder: StateFolder;
  readonly link: {
    readonly appKey: string;
    readonly appSecret?: string | undefined;
    readonly refreshToken: string;
    readonly accountId: string;
    /** For conflict copies: "Ada Lovelace". */
    readonly who: string;
  };
  /** A Dropbox-compatible server instead of Dropbox, such as `http://127.0.0.1:4001`. */
  readonly dropboxUrl?: string | undefined;
  /** Deletions that would be held back for a person's word are done: she has given it before. */
  readonly applyDeletions?: boolean | undefined;
  /** Only Dropbox follows: nothing is changed in the root, and what changes in Dropbox stays there, listed as not synced. */
  readonly oneWay?: boolean | undefined;
  /**
   * Other machines write in the root without this one being told, whatever the kind of its file system: how often everything
   * is looked at for that, in milliseconds. Left out: where the kind says it, and often enough to find it within a minute.
   */
  readonly rescanEvery?: number | undefined;
  /** How often its files were restored, and with which of these not all that Dropbox had could be heard first. */
  readonly epochs?: Pick<EngineSettings, "epoch" | "unheardEpoch"> | undefined;
  /** The pace of what goes to Dropbox and comes from there; sessions that are given one share it. */
  readonly throttle?: Throttle | undefined;
  /** Something worth a line in a log. */
  readonly onWarning?: (message: string) => void;
}

/** One running engine: all of it but how it is run. What goes wrong after opening shows in its status. */
export type SyncSession = Omit<Engine, "run" | "observeOnce" | "recall"> & {
  /** Whether it can go on: no defect has ended it, and nobody has deleted its state folder under it. */
  isSound(): boolean;
  /** Asks for what Dropbox has kept of the files. @throws RemoteError */
  withHistory<T>(work: (history: DropboxHistory) => Promise<T>): Promise<T>;
  /** Takes out of Dropbox what no longer syncs, and tells of it as of what the engine does. @throws SessionError, RemoteError */
  takeOut(what: TakingOut): Promise<TakenOut>;
};
