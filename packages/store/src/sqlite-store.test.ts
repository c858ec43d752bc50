import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "@twinfold/engine/testing/store-contract.ts";
import { afterAll } from "vitest";
import { openStore } from "./sqlite-store.ts";

const folder = mkdtempSync(join(tmpdir(), "twinfold-store-"));
let count = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

storeContract("the SQLite store", () => {
  const file = join(folder, `${++count}.sqlite`);
  return { open: () => openStore(file) };
});
