/**
 * Preloaded (`--import`) by a process that is to end, as by `kill -9`, at one exact change that it makes to the disk: orders
 * lie in the file that `KILL_ORDERS` names, and hold for as long as it is there. The code that is tested knows nothing of it.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** Before the change of this number, from 1, of those at and below a path; or before or after the first call of that name there. */
export interface KillOrders {
  readonly below: string;
  readonly at?: number;
  readonly before?: string;
  readonly after?: string;
}

/** What changes the disk. */
const CHANGES = [
  ...(["appendFileSync", "chmodSync", "copyFileSync", "linkSync", "lutimesSync", "mkdirSync", "renameSync"] as const),
  ...(["rmSync", "rmdirSync", "symlinkSync", "unlinkSync", "writeFileSync"] as const),
];

const file = process.env.KILL_ORDERS ?? "";
let count = 0;

function readOrders(): KillOrders | null {
  try {
    return JSON.parse(read(file, "utf8")) as KillOrders;
  } catch {
    return null;
  }
}

// What was held open is named by its descriptor (`/proc/self/fd/7/name`): where that leads is what counts.
function isBelow(path: unknown, below: string): boolean {
  const text = String(path);
  const held = /^\/proc\/self\/fd\/\d+/.exec(text)?.[0];
  return (held === undefined ? text : `${readlink(held)}${text.slice(held.length)}`).startsWith(below);
}

const die = () => process.kill(process.pid, "SIGKILL");
const { readFileSync: read, readlinkSync: readlink } = fs;

for (const name of CHANGES) {
  const real = fs[name] as (...given: unknown[]) => unknown;
  const counted = (...given: unknown[]) => {
    const orders = readOrders();
    if (orders === null || !given.slice(0, 2).some((path) => isBelow(path, orders.below))) return real(...given);
    count++;
    if (count === orders.at || name === orders.before) die();
    const result = real(...given);
    if (name === orders.after) die();
    return result;
  };
  Object.assign(fs, { [name]: counted });
}
syncBuiltinESMExports();
