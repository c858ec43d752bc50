import { createHmac } from "node:crypto";

/** An account in a notification: by its id, and by its user's number as in version 1 of Dropbox's API. */
export interface ChangedAccount {
  readonly id: string;
  readonly uid: number;
}

/** The body that tells an app whose files have changed; what has changed is not in it. */
export function notificationBody(accounts: readonly ChangedAccount[]): string {
  return JSON.stringify({
    list_folder: { accounts: accounts.map(({ id }) => id) },
    delta: { users: accounts.map(({ uid }) => uid) },
  });
}

/** What shows the app that a notification is from here: for `X-Dropbox-Signature`, in hex. */
export function signatureOf(body: string, appSecret: string): string {
  return createHmac("sha256", appSecret).update(body).digest("hex");
}
