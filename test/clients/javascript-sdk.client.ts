import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ADA, makeWorld } from "./world.ts";

test("the official JavaScript SDK: its login, and what it offers for files, happy and unhappy", async () => {
  const world = await makeWorld();
  const { appKey } = await world.dropbox.ensureApp({ name: "JavaScript", access: "full" });
  const script = fileURLToPath(new URL("./javascript-sdk.ts", import.meta.url));
  const words = [script, appKey, ADA.email, ADA.password];
  const output = await world.run(process.execPath, words, { NODE_EXTRA_CA_CERTS: world.authority });
  expect(JSON.parse(output.trim().split("\n").at(-1) ?? "")).toEqual([
    "login by PKCE",
    "users, check, path root",
    "upload",
    "download",
    "upload sessions",
    "list, long poll, deleted",
    "revisions",
    "folders, moves, copies, batches",
    "search and links",
    "revoke",
  ]);
});
