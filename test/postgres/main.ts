import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/**
 * Runs the server's tests on a real PostgreSQL, as Debian's package `postgresql` has it: a cluster of its own in a temporary
 * folder, on a socket there, run by an unprivileged user and gone afterwards. Each server in a test gets a database of its own.
 * Arguments are vitest's; without any it is the whole suite of the server.
 */
const INSTALLED = "/usr/lib/postgresql";
const USER = "twinfold";
/** Milliseconds that it may take to start. */
const START = 30_000;

/** Where the newest version's programs are. */
function programs(): string {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).filter((name) => /^\d+$/.test(name)) : [];
  const newest = versions.map(Number).sort((a, b) => b - a)[0];
  if (newest !== undefined) return join(INSTALLED, String(newest), "bin");
  console.error("There is no PostgreSQL here: install it with `apt-get install postgresql`.");
  process.exit(2);
}

/** PostgreSQL does not run as root: then it is the package's own user. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ["-u", "-g"].map((flag) =>
    Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout),
  );
  return { uid: uid ?? 0, gid: gid ?? 0 };
}

const bin = programs();
const user = unprivileged();
const folder = mkdtempSync(join(tmpdir(), "twinfold-postgres-"));
chmodSync(folder, 0o711);
if (user !== undefined) chownSync(folder, user.uid, user.gid);
const cluster = join(folder, "data");
const as = { ...user, cwd: folder };
const made = spawnSync(join(bin, "initdb"), ["-D", cluster, "-U", USER, "--auth=trust", "--no-sync", "-E", "UTF8"], {
  ...as,
  encoding: "utf8",
});
if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
// Nothing of it is to last: no waiting for the disk.
const settings = ["listen_addresses=", "fsync=off", "max_connections=200"].flatMap((one) => ["-c", one]);
const server = spawn(join(bin, "postgres"), ["-D", cluster, "-k", folder, ...settings], { ...as, stdio: "ignore" });
const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
let status = 1;
// Vitest ends by it too, and then there is something to clear away.
process.on("SIGINT", () => undefined);
try {
  for (let waited = 0; spawnSync(join(bin, "pg_isready"), ["-q", "-h", folder]).status !== 0; waited += 100) {
    if (waited > START || server.exitCode !== null) throw new Error("PostgreSQL has not started");
    await setTimeout(100);
  }
  const DATABASE_URL = `postgres://${USER}@localhost/postgres?host=${encodeURIComponent(folder)}`;
  const chosen = process.argv.slice(2);
  const tests = spawn("npx", ["vitest", "run", ...(chosen.length > 0 ? chosen : ["apps/server"])], {
    env: { ...process.env, DATABASE_URL },
    stdio: "inherit",
  });
  status = await new Promise<number>((resolve) => tests.once("exit", (code) => resolve(code ?? 1)));
} finally {
  server.kill("SIGINT");
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
process.exit(status);
