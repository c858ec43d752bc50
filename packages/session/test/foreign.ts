import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files as another user's sync has them in her state folder, and as a program could make or take for its own. */
export function plantForeign(stateFolder: string): void {
  const names = ["trees.db", "trees.db-wal", "trees.db-shm", "binding.json", "binding.json.new", "aside-3/trees.db"];
  for (const name of names) {
    mkdirSync(dirname(join(stateFolder, name)), { recursive: true });
    writeFileSync(join(stateFolder, name), `${name} of another`, { mode: 0o644 });
  }
}
