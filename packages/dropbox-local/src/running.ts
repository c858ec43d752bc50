import type { AccountFiles } from "./account-files.ts";
import type { Seed } from "./seed-plan.ts";
import type { Seeded } from "./seeding.ts";
import type { AppAccess } from "./store/apps.ts";

export interface AccountInfo {
  /** `dbid:…` */
  readonly accountId: string;
  readonly email: string;
  readonly name: string;
}

export interface AppInfo {
  readonly appKey: string;
  readonly appSecret: string;
  readonly name: string;
  readonly access: AppAccess;
  readonly redirectUris: readonly string[];
}

/** What a client needs to speak for an account. */
export interface GrantedTokens {
  /** `sl.…`, lives for `accessTokenSeconds`. */
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accountId: string;
}

/** The ready-made account, app and grant, for those who want to begin at once. */
export interface ReadyMade extends GrantedTokens {
  readonly url: string;
  readonly appKey: string;
  readonly appSecret: string;
  readonly email: string;
  readonly password: string;
  /** The app's folder in the account: what is `""` for the app. */
  readonly appFolder: string;
}

/** A local Dropbox that listens. */
export interface RunningDropboxLocal {
  /** Where all of Dropbox's hosts are to be found, without a slash at the end: `http://127.0.0.1:4001`. */
  readonly url: string;
  readonly port: number;

  /** Stops listening, lets requests under way end (at most two seconds), and lets go of the data folder. */
  close(): Promise<void>;

  /** The account with this e-mail address: made if there is none, its name and password set anew if there is. */
  ensureAccount(account: {
    readonly email: string;
    readonly name: string;
    readonly password: string;
  }): Promise<AccountInfo>;

  /**
   * The app with this name, whatever its case, made if there is none; its redirect addresses are then exactly these, and its access cannot
   * change. `developer`, an account id or e-mail address, sees it in the app console from now on, with its secret. `key` and `secret` fix what a new app would otherwise draw at random.
   */
  ensureApp(app: {
    readonly name: string;
    readonly redirectUris?: readonly string[];
    /** `app-folder` by default. */
    readonly access?: AppAccess;
    readonly developer?: string;
    readonly key?: string;
    readonly secret?: string;
  }): Promise<AppInfo>;

  /** Links an account to an app as its user would, with all scopes unless some are named, and a refresh token. */
  grant(link: {
    /** An account id or an e-mail address. */
    readonly account: string;
    /** An app key. */
    readonly app: string;
    readonly scopes?: readonly string[];
  }): Promise<GrantedTokens>;

  /** An account, an app-folder app and a grant that are the same after a restart. */
  readyMade(): Promise<ReadyMade>;

  /** The files of an account (id or e-mail address), as its user sees them. */
  accountFiles(account: string): AccountFiles;

  /**
   * Puts many files into an account (id or e-mail address) at once, durable when it resolves; files that are in the way are
   * replaced.
   * @throws DropboxLocalError `bad-argument`; AccountFilesError `bad-name`, `exists`, `full`
   */
  seed(account: string, seed: Seed): Promise<Seeded>;

  /**
   * Saves all accounts, apps, links and logins as they are now, to reset to later, also after a restart. One of that name is
   * replaced. Takes no space for contents over 64 KiB. @throws DropboxLocalError `bad-argument` for a name that can't be one
   */
  saveSnapshot(name: string): Promise<void>;

  /**
   * Makes all what it was when that snapshot was saved; nothing else is answered meanwhile. Cursors are reset, as Dropbox
   * resets them. Tokens are good as long as the link that they belong to is one of the snapshot's. @throws DropboxLocalError `bad-argument`, `data-newer`
   */
  resetTo(snapshot: string): Promise<void>;
}
