import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Instance } from "@twinfold/api";
import { type AccountFiles, type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ServerProcess, startServerProcess } from "../../../test/pages/server-process.ts";
import { OwnMounts } from "../../../test/scenarios/own-mounts.ts";
import { openDatabase } from "../src/database/open.ts";
import { createDeletions } from "../src/deletions.ts";
import { createHierarchy } from "../src/hierarchy.ts";
import { createPlaces } from "../src/places.ts";
import { createUnits } from "../src/units.ts";
import { callerOf } from "./caller.ts";
import { linkAs } from "./link-as.ts";
import { PATIENCE } from "./linked-server.ts";
import { createOwnDatabase } from "./own-database.ts";
import { json, unitIds } from "./people.ts";

const ADA = { email: "ada@dropbox.example", name: "Ada L.", password: "engine" };
const SPACE = "/Apps/Twinfold/Analytical Engines/First Space";
/** So many that their removal takes a while. */
const FILES = 4_000;

const mounts = await OwnMounts.open();

describe.skipIf(mounts === null)("a deletion that is not done whole at once", { timeout: 120_000 }, () => {
  const own = mounts as OwnMounts;
  let folder: string;
  let data: string;
  let dropbox: RunningDropboxLocal;
  let ada: AccountFiles;
  let server: ServerProcess;
  let call: ReturnType<typeof callerOf>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "twinfold-deletions-"));
    data = join(folder, "data");
    dropbox = await startDropboxLocal({ dataFolder: join(folder, "dropbox"), control: true });
    await dropbox.ensureAccount(ADA);
    ada = dropbox.accountFiles(ADA.email);
    const { appKey, appSecret } = await dropbox.ensureApp({ name: "Twinfold" });
    const app = { DROPBOX_APP_KEY: appKey, DROPBOX_APP_SECRET: appSecret };
    server = await startServerProcess({ TWINFOLD_DATA: data, TWINFOLD_DROPBOX_URL: dropbox.url, ...app }, own.through);
    call = callerOf(server);
    await call("POST", "/api/login", server.user);
    await linkAs({ url: server.url }, dropbox, { call }, ADA);
  }, 240_000);
  afterAll(async () => {
    await server.dispose();
    await dropbox.close();
    own.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  /** With a file, a deleted one, and a folder in Dropbox. */
  async function made(name: string) {
    const space = (await unitIds({ call })).get("First Space");
    const { id } = await json<Instance>(call("POST", `/api/administration/space/${space}/instances`, { name }));
    const instance = `/api/instances/${id}`;
    await call("POST", `${instance}/always-on`, { on: true });
    await call("POST", `${instance}/folder`, { area: "workspace", path: "gone" });
    await call("POST", `${instance}/delete`, { area: "workspace", path: "gone" });
    writeFileSync(join(data, "files", id, "a.txt"), "one");
    await vi.waitFor(async () => expect(await ada.get(`${SPACE}/${name}/a.txt`)).not.toBe(null), PATIENCE);
    return {
      id,
      root: join(data, "files", id),
      deleted: join(data, "files/.deleted", id),
      inDropbox: `${SPACE}/${name}`,
    };
  }
  const remove = (id: string) => call("POST", `/api/administration/instance/${id}/delete`, { alsoInDropbox: true });
  const latency = (latencyMs: number) =>
    fetch(`${dropbox.url}/__control/conditions`, { method: "POST", body: JSON.stringify({ latencyMs }) });
  const isGone = (paths: readonly string[]) =>
    vi.waitFor(() => expect(paths.filter((path) => existsSync(path))).toEqual([]), PATIENCE);

  test("what is mounted in an instance stays, all else goes, and its place goes when the server next starts", async () => {
    const { id, root, deleted, inDropbox } = await made("With a disk");
    mkdirSync(join(root, "disk"));
    own.run("mount", "-t", "tmpfs", "none", join(root, "disk"));
    writeFileSync(own.at(join(root, "disk/somebody's.txt")), "on another disk");
    writeFileSync(join(root, "z.txt"), "behind it");

    expect(await json(remove(id))).toEqual({ done: 1, missed: 0, left: true });
    expect(readFileSync(own.at(join(root, "disk/somebody's.txt")), "utf8")).toBe("on another disk");
    expect([readdirSync(root), existsSync(deleted), await ada.get(inDropbox)]).toEqual([["disk"], false, null]);
    expect(server.output()).toMatch(/deleted instance .* is left until the next start.*"disk" is another disk/);
    expect((await remove(id)).status).toBe(404);

    own.run("umount", join(root, "disk"));
    await server.end();
    await server.startAgain();
    await isGone([root]);
  });

  test("a server that is killed before it has begun with what is in Dropbox goes on with all of it", async () => {
    const { id, root, deleted, inDropbox } = await made("Killed early");
    await latency(3_000);
    const cut = remove(id).catch(() => "cut short");
    await vi.waitFor(async () => expect((await call("GET", `/api/instances/${id}`)).status).toBe(404), PATIENCE);
    await server.kill();
    expect(await cut).toBe("cut short");
    expect([existsSync(root), existsSync(deleted)]).toEqual([true, true]);
    await latency(0);
    await server.startAgain();
    await isGone([root, deleted]);
    await vi.waitFor(async () => expect(await ada.get(inDropbox)).toBe(null), PATIENCE);
  });

  test("a server that is killed amid the files goes on with them, and leaves alone what is new in Dropbox", async () => {
    const { id, root, deleted, inDropbox } = await made("Killed late");
    await call("POST", `/api/instances/${id}/always-on`, { on: false });
    for (let n = 0; n < FILES; n++) writeFileSync(join(root, `${n}`), "");
    const cut = remove(id).catch(() => "cut short");
    while (readdirSync(root).length > FILES / 2) await new Promise(setImmediate);
    await server.kill();
    expect([await cut, existsSync(root)]).toEqual(["cut short", true]);
    await ada.createFolder(inDropbox);
    await server.startAgain();
    await isGone([root, deleted]);
    expect(await ada.get(inDropbox)).not.toBe(null);
  });
});

test("where a new one has the name by then, what is in Dropbox is that one's, and stays", async () => {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-deletions-"));
  const ownDatabase = await createOwnDatabase();
  const database = await openDatabase({ url: ownDatabase.url, folder });
  const hierarchy = createHierarchy(database);
  const units = createUnits(database);
  const removed = vi.fn(async () => ({ done: 1, missed: 0 }));
  const nothing = async () => undefined;
  const deletions = createDeletions({
    ...{ database, hierarchy, places: createPlaces(folder), log: () => undefined },
    uploadParts: { removeOfInstance: nothing } as never,
    restores: { remove: nothing } as never,
    sync: { suspend: nothing } as never,
    folders: { remove: removed } as never,
  });
  await database
    .insertInto("users")
    .values({ id: "ada", email: "a@example.org", name: "Ada", password_hash: "", created_at: "" })
    .execute();
  const organization = await units.createOrganization("Engines", "ada");
  const space = await units.createSpace(organization, "Course", "ada");
  for (const [name, again, times] of [
    ["Draft", "DRAFT", 0],
    ["Essay", "Another", 1],
  ] as const) {
    const begun = await deletions.begin({ level: "instance", id: await units.createInstance(space, name) }, true);
    await units.createInstance(space, again);
    expect(await deletions.carryOut(begun)).toEqual({ done: times, missed: 0, left: false });
    expect(removed).toHaveBeenCalledTimes(times);
  }
  expect(removed).toHaveBeenCalledWith(["ada"], "/Engines/Course/Essay");
  expect(await database.selectFrom("deletions").selectAll().execute()).toEqual([]);
  await database.destroy();
  await ownDatabase.drop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);
