import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json } from "./people.ts";

let own: OwnServer;
let id: string;
beforeAll(async () => {
  own = await startOwnServer();
  id = await own.firstInstance();
});
afterAll(() => own.dispose());

const at = (path: string) => join(own.folder, "files", id, path);
const address = (what: string, instance = id) => `/api/instances/${instance}/${what}`;

test("whoever may change the files brings back what was deleted; a viewer sees it only, and others nothing", async () => {
  await own.call("PUT", address("file?area=workspace&path=a.txt"), "kept");
  const gone = await json<{ id: string }>(own.call("POST", address("delete"), { area: "workspace", path: "a.txt" }));
  expect(existsSync(at("a.txt"))).toBe(false);
  const item = { area: "workspace", id: gone.id };
  const viewer = await invite(own, "instance", id, "grace@example.org", "instance viewer");
  expect(await json(viewer.call("GET", address("deleted")))).toMatchObject({ items: [{ id: gone.id, path: "a.txt" }] });
  for (const act of ["deleted/bring-back", "deleted/forget"]) {
    expect((await viewer.call("POST", address(act), item)).status).toBe(403);
    expect((await own.call("POST", address(act, "elsewhere"), item)).status).toBe(404);
    expect((await own.call("POST", address(act), { ...item, id: "../../../files" })).status).toBe(400);
    // What one deleted of her own files is nobody else's.
    expect((await viewer.call("POST", address(act), { ...item, area: "personal" })).status).toBe(404);
  }
  expect((await own.call("GET", address("deleted", "elsewhere"))).status).toBe(404);
  await own.restart();
  expect(await json(own.call("POST", address("deleted/bring-back"), item))).toEqual({ path: "a.txt" });
  expect(existsSync(at("a.txt"))).toBe(true);
});
