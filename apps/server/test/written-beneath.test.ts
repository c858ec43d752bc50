import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Instance } from "@twinfold/api";
import { type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ServerProcess, startServerProcess } from "../../../test/pages/server-process.ts";
import { OwnMounts } from "../../../test/scenarios/own-mounts.ts";
import { callerOf } from "./caller.ts";
import { type DropboxUser, linkAs } from "./link-as.ts";
import { PATIENCE } from "./linked-server.ts";
import { invite, json, unitIds } from "./people.ts";

const ADA = { email: "ada@dropbox.example", name: "Ada L.", password: "engine" };
const GRACE = { email: "grace@dropbox.example", name: "Grace H.", password: "navy" };
const FOLDER = "/Apps/Twinfold/Analytical Engines/First Space/Master";
const A_MINUTE = { timeout: 60_000, interval: 100 };

const mounts = await OwnMounts.open();
const folder = mkdtempSync(join(tmpdir(), "twinfold-beneath-"));
/** What the server has as its data folder lies here: whoever writes here is another machine to it. */
const store = join(folder, "store");
const data = join(folder, "data");
for (const one of [store, data]) mkdirSync(one);
const isMounted = mounts?.shares(store, data) === true;
if (!isMounted) rmSync(folder, { recursive: true });

describe.skipIf(!isMounted)("files that other machines write too (skipped where bindfs or FUSE is missing)", () => {
  const own = mounts as OwnMounts;
  let dropbox: RunningDropboxLocal;
  let server: ServerProcess;
  let id: string;
  let call: ReturnType<typeof callerOf>;

  beforeAll(async () => {
    dropbox = await startDropboxLocal({ dataFolder: join(folder, "dropbox") });
    for (const account of [ADA, GRACE]) await dropbox.ensureAccount(account);
    const app = await dropbox.ensureApp({ name: "Twinfold" });
    const environment = {
      ...{ TWINFOLD_DATA: data, TWINFOLD_DROPBOX_URL: dropbox.url },
      ...{ DROPBOX_APP_KEY: app.appKey, DROPBOX_APP_SECRET: app.appSecret },
    };
    server = await startServerProcess(environment, own.through);
    call = callerOf(server);
    await call("POST", "/api/login", server.user);
    const ada = { call, url: server.url };
    id = (await unitIds(ada)).get("First Space/Master") ?? "";
    const grace = await invite(ada, "instance", id, "grace@example.org", "instance editor");
    await linkAs(ada, dropbox, ada, ADA);
    await linkAs(ada, dropbox, grace, GRACE);
    mkdirSync(beneath(""), { recursive: true });
    writeFileSync(beneath("result.csv"), "1");
    for (const person of [ada, grace]) await person.call("POST", `/api/instances/${id}/always-on`, { on: true });
    const isUpToDate = async () =>
      expect((await json<Instance>(call("GET", `/api/instances/${id}`))).sync.state).toBe("up to date");
    await vi.waitFor(isUpToDate, PATIENCE);
    await bothHave("result.csv", "1");
  }, 240_000);
  afterAll(async () => {
    await server.dispose();
    await dropbox.close();
    own.run("umount", "-l", data);
    own.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  const beneath = (name: string) => join(store, "files", id, name);
  const inDropbox = async ({ email }: DropboxUser, name: string) =>
    text(Readable.from((await dropbox.accountFiles(email).read(`${FOLDER}/${name}`)).content));
  const bothHave = (name: string, content: string) =>
    vi.waitFor(async () => {
      for (const account of [ADA, GRACE]) expect(await inDropbox(account, name)).toBe(content);
    }, A_MINUTE);

  test("what another machine writes is in each co-author's Dropbox within a minute, though nobody tells of it", {
    timeout: 150_000,
  }, async () => {
    writeFileSync(beneath("result.csv"), "2");
    writeFileSync(beneath("new.csv"), "3");
    await bothHave("result.csv", "2");
    await bothHave("new.csv", "3");
  });
});
