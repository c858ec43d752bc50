import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Link } from "@twinfold/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LinkedServer, startLinkedServer } from "./linked-server.ts";
import { json } from "./people.ts";

let linked: LinkedServer;
beforeAll(async () => {
  linked = await startLinkedServer();
}, 120_000);
afterAll(() => linked.dispose());

/** Whether what is sealed opens, and Dropbox takes it. */
async function standing(): Promise<string> {
  const { account, revoked, space } = await json<Link>(linked.own.call("GET", "/api/dropbox"));
  return account === null ? "not linked" : revoked ? "to connect again" : space === null ? "unknown" : "linked";
}

test("the key is changed with no link lost, and the older one is needed once", async () => {
  const { own } = linked;
  const [key, older] = [join(own.folder, "secret.key"), join(own.folder, "older.key")];
  expect(await standing()).toBe("linked");
  renameSync(key, older);
  await own.restart({ environment: { TWINFOLD_OLD_SECRET_KEY_FILES: older } });
  expect(await standing()).toBe("linked");
  expect(existsSync(key)).toBe(true);

  renameSync(older, join(own.folder, "put-away.key"));
  await own.restart();
  expect(await standing()).toBe("linked");

  // Without any of them it is a link to be made again, and nothing worse.
  renameSync(key, older);
  await own.restart();
  expect(await standing()).toBe("to connect again");
});
