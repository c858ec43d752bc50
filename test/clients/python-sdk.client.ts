import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { clientProgram } from "./install.ts";
import { makeWorld } from "./world.ts";

test("the official Python SDK: what it offers for files, happy and unhappy", async () => {
  const world = await makeWorld();
  const { appKey, appSecret, refreshToken } = await world.link({ name: "Python" });
  const script = fileURLToPath(new URL("./python-sdk.py", import.meta.url));
  const output = await world.run(clientProgram("python-sdk", "python"), [script, appKey, appSecret, refreshToken]);
  expect(JSON.parse(output.trim().split("\n").at(-1) ?? "")).toEqual([
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
