import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as z from "zod";
import { ALL_ROUTES } from "../../packages/dropbox-local/src/routes/all-routes.ts";
import { clientProgram } from "./install.ts";
import { PICTURE } from "./picture.ts";
import { makeWorld, NEVER_GIVEN } from "./world.ts";

/** Each route's fields: this SDK is made of a newer specification than the JavaScript one. */
const FIELDS = Object.fromEntries(
  ALL_ROUTES.map(({ name, argument }) => {
    const { properties } = z.toJSONSchema(argument, { io: "input", unrepresentable: "any" });
    return [name, Object.keys(properties ?? {})];
  }),
);

test("the official Python SDK: every implemented route, happy and unhappy", async () => {
  const world = await makeWorld();
  const runScript = async (name: string, ...more: string[]) => {
    const { appKey, appSecret, refreshToken } = await world.link({ name: "Python" });
    const script = fileURLToPath(new URL(name, import.meta.url));
    const words = [script, appKey, appSecret, refreshToken, ...more];
    const output = await world.run(clientProgram("python-sdk", "python"), words);
    return JSON.parse(output.trim().split("\n").at(-1) ?? "");
  };
  expect(await runScript("./python-sdk.py")).toEqual([
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
  expect(await runScript("./python-sdk-rest.py", PICTURE.toString("base64"), JSON.stringify(FIELDS))).toEqual([
    "deprecated routes",
    "thumbnails",
    "search, shared links",
    "each argument's fields, and a malformed one, at every route",
    "revoke",
  ]);
  expect(world.routes((status) => status === 200)).toEqual([...NEVER_GIVEN].sort());
  expect(world.routes((status) => status >= 400)).toEqual([]);
});
