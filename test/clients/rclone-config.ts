import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** The link of an account to an app, as the local Dropbox grants it. */
interface Link {
  readonly appKey: string;
  readonly appSecret: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Writes rclone's configuration with the remote `box:`. @returns the options that every call of rclone needs */
export function rcloneConfig(folder: string, link: Link, settings: readonly string[]): readonly string[] {
  const file = join(folder, "rclone.conf");
  const expiry = new Date(Date.now() + 4 * 3600 * 1000).toISOString();
  const token = { access_token: link.accessToken, token_type: "bearer", refresh_token: link.refreshToken, expiry };
  const lines = ["[box]", "type = dropbox", `client_id = ${link.appKey}`, `client_secret = ${link.appSecret}`];
  writeFileSync(file, [...lines, ...settings, `token = ${JSON.stringify(token)}`, ""].join("\n"), { mode: 0o600 });
  return ["--config", file, "--ca-cert", join(folder, "ca.pem")];
}
