import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ADA, makeWorld, NEVER_GIVEN } from "./world.ts";

/** A later invention than the SDK's last version. */
const NOT_IN_SDK = "files/upload_session/append_batch";

test("the official JavaScript SDK: its login, and every implemented route, happy and unhappy", async () => {
  const world = await makeWorld();
  const { appKey } = await world.dropbox.ensureApp({ name: "JavaScript", access: "full" });
  const runScript = async (name: string, words: readonly string[]) => {
    const script = fileURLToPath(new URL(name, import.meta.url));
    const output = await world.run(process.execPath, [script, ...words], { NODE_EXTRA_CA_CERTS: world.authority });
    return JSON.parse(output.trim().split("\n").at(-1) ?? "");
  };
  expect(await runScript("./javascript-sdk.ts", [appKey, ADA.email, ADA.password])).toEqual([
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
  const link = await world.link({ name: "JavaScript" });
  const words = [link.appKey, link.appSecret, link.refreshToken, world.routes().join()];
  expect(await runScript("./javascript-sdk-rest.ts", words)).toEqual([
    "deprecated routes",
    "thumbnails",
    "search, cursors, references, upload links",
    "shared links, users, check",
    "a malformed argument at every route",
    "revoke",
  ]);
  expect(world.routes((status) => status === 200)).toEqual([...NEVER_GIVEN, NOT_IN_SDK].sort());
  expect(world.routes((status) => status >= 400)).toEqual([NOT_IN_SDK]);
});
