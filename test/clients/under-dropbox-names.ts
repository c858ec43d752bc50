import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Running } from "./running.ts";
import { DROPBOX_NAMES, listenWithTls } from "./tls.ts";

/** A loopback address of its own, so that nothing else is in the way at port 443. */
const ADDRESS = "127.77.0.1";

/** Starts a program for which Dropbox's names are the local Dropbox's. */
export type StartProgram = (
  program: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
) => Running;

/**
 * Lets programs that know nothing of a local Dropbox take it for Dropbox: for those that are started here, its names lead there.
 * Needs a mount namespace for each, and so root.
 * @param folder with the certificates that `makeCertificates` has made; also the programs' home
 */
export async function underDropboxNames(
  folder: string,
  dropboxPort: number,
  answered?: (path: string, status: number) => void,
): Promise<{ readonly start: StartProgram; close(): Promise<void> }> {
  const { close } = await listenWithTls(folder, { host: ADDRESS, port: 443 }, dropboxPort, answered);
  const authority = join(folder, "ca.pem");
  const hosts = join(folder, "hosts");
  writeFileSync(hosts, ["127.0.0.1 localhost", ...DROPBOX_NAMES.map((name) => `${ADDRESS} ${name}`), ""].join("\n"));
  return {
    close,
    start(program, args, environment = {}) {
      const env = {
        PATH: process.env.PATH,
        HOME: folder,
        LANG: "C.UTF-8",
        PYTHONDONTWRITEBYTECODE: "1",
        REQUESTS_CA_BUNDLE: authority,
        SSL_CERT_FILE: authority,
        ...environment,
      };
      // The hosts file is another one only inside a mount namespace of the program's own.
      const inside = 'mount --bind "$0" /etc/hosts && exec "$@"';
      const all = ["--mount", "sh", "-c", inside, hosts, program, ...args];
      return new Running(spawn("unshare", all, { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] }));
    },
  };
}
