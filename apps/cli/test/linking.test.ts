import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { EXIT } from "../src/exit-codes.ts";
import { socketPath } from "../src/home.ts";
import { World } from "./harness.ts";

// Many commands a test, each a process that takes its time to start where others are busy.
vi.setConfig({ testTimeout: 120_000 });

let world: World;
beforeAll(async () => {
  world = new World();
  await world.begin();
}, 120_000);
afterAll(() => world.end());

async function state(): Promise<{ state: string; message: string | null }> {
  return JSON.parse(await world.ok("status", "--json")) as { state: string; message: string | null };
}

/** The ready-made grant is made anew when it was revoked. */
async function grantAnew(): Promise<void> {
  const port = Number(new URL(world.grant().url).port);
  await world.stopDropbox();
  await world.startDropbox(port);
}

test("without a code nothing is linked, and that is said", async () => {
  const ended = await world.run(["link", "--app-key", world.grant().appKey]);
  expect(ended.code).toBe(EXIT.no);
  expect(ended.err).toContain("twinfold: no code was given");
});

test("a link that was revoked: what runs says so, start ends with its code, and linking again heals it", async () => {
  const { accountId, appKey } = world.grant();
  await world.control("revoke-link", { accountId, appKey });
  world.write("meanwhile", "1");
  await expect.poll(async () => (await state()).state, { timeout: 25_000 }).toBe("reconnect");
  await world.ok("stop");
  const ended = await world.run(["start"]);
  expect(ended.code).toBe(EXIT.reconnect);
  expect(ended.err.trim().split("\n")).toHaveLength(1);
  await expect.poll(async () => (await state()).state, { timeout: 25_000 }).toBe("reconnect");
  await grantAnew();
  await world.link();
  await world.settle();
  expect(await world.dropboxTree()).toEqual({ meanwhile: "1" });
});

test("after unlink what runs says so too, and goes on with the next link", async () => {
  await world.ok("unlink");
  expect(await state()).toMatchObject({ state: "reconnect", message: expect.stringContaining("no Dropbox is linked") });
  world.write("later", "2");
  expect(await world.run(["wait", "--timeout", "1"])).toMatchObject({ code: EXIT.notLinked });
  await grantAnew();
  await world.link();
  await world.settle();
  expect(await world.dropboxTree()).toEqual({ later: "2", meanwhile: "1" });
});

test("a home with a path too long for a socket: the socket is in it all the same", async () => {
  const folder = mkdtempSync(join(tmpdir(), "twinfold-long-"));
  const home = join(folder, "x".repeat(120));
  const root = join(folder, "root");
  mkdirSync(root);
  const env = { TWINFOLD_HOME: home };
  const { appKey, appSecret, refreshToken } = world.grant();
  const tokens = { TWINFOLD_REFRESH_TOKEN: refreshToken, TWINFOLD_APP_SECRET: appSecret };
  await world.run(["link", "--app-key", appKey], { ...env, ...tokens });
  expect((await world.run(["start", "--root", root, "--remote", "/Long"], env)).code).toBe(EXIT.ok);
  expect(statSync(socketPath({ config: "", state: join(home, "state") }, root)).isSocket()).toBe(true);
  expect((await world.run(["wait"], env)).code).toBe(EXIT.ok);
  expect(await world.run(["stop"], env)).toMatchObject({ code: EXIT.ok, out: "stopped\n" });
  rmSync(folder, { recursive: true });
});
