import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { localNode } from "@twinfold/engine/testing/store-contract.ts";
import { openStore, refusalOf } from "../src/index.ts";

/** Works on a store in a folder of a small disk, fills that, and says what came of each step. */
const [folder = ""] = process.argv.slice(2);
const file = join(folder, "trees.db");
const said: Record<string, unknown> = {};

function fill(): void {
  try {
    for (let count = 0; ; count++) writeFileSync(join(folder, `filler-${count}`), Buffer.alloc(4096, 1));
  } catch {
    // Full.
  }
}

function makeRoom(): void {
  for (const name of readdirSync(folder)) if (name.startsWith("filler-")) rmSync(join(folder, name));
}

function say(step: string, work: () => unknown): void {
  try {
    said[step] = work() ?? "done";
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    said[step] = { refusal: refusalOf(error), code, message };
  }
}

const names = () => store.local.children(1 as never).map(({ name }) => name);
const putMany = (from: number) =>
  store.transaction(() => {
    for (let id = from; id < from + 500; id++) store.local.put(localNode(id, 1, `${"long".repeat(50)}${id}`));
  });

let store = openStore(file);
store.local.put(localNode(1, null, ""));
store.local.put(localNode(2, 1, "before"));
fill();
say("written while full", () => putMany(3));
say("read while full", names);
say("renewed while full", () => store.renew());
makeRoom();
store.changed.clear();
say("renewed with room", () => store.renew());
said.changed = [...store.changed];
say("written with room", () => putMany(3));
store.close();
fill();
say("opened while full", () => openStore(file));
makeRoom();
store = openStore(file);
said.kept = names().length;
store.close();
console.log(JSON.stringify(said));
