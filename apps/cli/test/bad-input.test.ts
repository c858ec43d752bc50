import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { EXIT } from "../src/exit-codes.ts";
import { World } from "./harness.ts";

// Many commands a test, each a process that takes its time to start where others are busy.
vi.setConfig({ testTimeout: 120_000 });

let world: World;
beforeAll(async () => {
  world = new World();
  await world.startDropbox();
});
afterAll(() => world.end());

/** One line that names the thing, and the documented code. */
async function expectRefusal(
  args: string[],
  code: number,
  names: string,
  env: Record<string, string> = {},
): Promise<void> {
  const ended = await world.run(args, env);
  expect(ended.err.trim().split("\n")).toHaveLength(1);
  expect(ended.err).toContain(names);
  expect(ended.code).toBe(code);
}

test("without a link nothing starts", () =>
  expectRefusal(["start", "--root", world.root, "--remote", "/A"], EXIT.notLinked, "no Dropbox is linked"));

test("a refresh token that Dropbox does not know links nothing", async () => {
  const ended = await world.run(["link", "--app-key", world.grant().appKey], {
    TWINFOLD_REFRESH_TOKEN: "wrong",
    TWINFOLD_APP_SECRET: world.grant().appSecret,
  });
  expect(ended.code).toBe(EXIT.reconnect);
  expect(ended.err).not.toContain("wrong");
});

test("a root that does not exist, is no folder, or lies in another's", async () => {
  await world.link();
  const missing = join(world.folder, "missing");
  await expectRefusal(["start", "--root", missing, "--remote", "/A"], EXIT.root, missing);
  const file = join(world.folder, "file");
  writeFileSync(file, "");
  await expectRefusal(["start", "--root", file, "--remote", "/A"], EXIT.root, file);
  await world.ok("start", "--root", world.root, "--remote", "/A/B/C");
  mkdirSync(join(world.root, "inner"));
  await expectRefusal(["start", "--root", join(world.root, "inner"), "--remote", "/B"], EXIT.root, "lies in");
});

test("a malformed remote path", async () => {
  const other = join(world.folder, "other");
  mkdirSync(other);
  for (const path of ["A/B", "/A//B", "/", "/A/bad\\name"]) {
    await expectRefusal(["start", "--root", other, "--remote", path], EXIT.remotePath, path);
  }
});

test("a second engine for the same root", async () => {
  expect((await world.run(["start"])).out).toContain("already");
  const elsewhere = { TWINFOLD_HOME: join(world.folder, "second-home") };
  const { appKey, appSecret, refreshToken } = world.grant();
  await world.run(["link", "--app-key", appKey], {
    ...elsewhere,
    TWINFOLD_REFRESH_TOKEN: refreshToken,
    TWINFOLD_APP_SECRET: appSecret,
  });
  const ended = await world.run(["start", "--root", world.root, "--remote", "/A/B/C"], elsewhere);
  expect(ended.code).toBe(EXIT.leaseHeld);
  expect(ended.err).toContain("already kept in sync");
});

test("a port that is taken", async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await expectRefusal(
    ["dropbox-local", "--port", String(port), "--data", join(world.folder, "other-dropbox")],
    EXIT.portTaken,
    String(port),
  );
  server.close();
});

test("state that is corrupt is moved aside and nothing is lost; state of a newer version is left alone", async () => {
  world.write("a", "1");
  await world.settle();
  await world.ok("stop");
  const state = join(world.home, "state");
  const folder = join(state, readdirSync(state)[0] ?? "");
  writeFileSync(
    join(folder, "trees.db"),
    "this is no database, but it is long enough to be looked at as one".repeat(50),
  );
  for (const name of ["trees.db-wal", "trees.db-shm"]) writeFileSync(join(folder, name), "");
  await world.ok("start");
  await world.settle();
  expect(world.diskTree()).toMatchObject({ a: "1" });
  expect(await world.dropboxTree()).toMatchObject({ a: "1" });
  expect(readdirSync(folder)).toContain("aside-1");
  await world.ok("stop");
  const database = new DatabaseSync(join(folder, "trees.db"));
  database.exec("PRAGMA user_version = 99");
  database.close();
  const before = readFileSync(join(folder, "trees.db"));
  await expectRefusal(["start"], EXIT.newer, "newer Twinfold");
  expect(readFileSync(join(folder, "trees.db")).equals(before)).toBe(true);
  rmSync(join(folder, "trees.db"));
});

test("words that are no command's", async () => {
  await expectRefusal(["strat"], EXIT.usage, "Did you mean start?");
  expect((await world.run(["wait", "--timeout", "soon"])).code).toBe(EXIT.usage);
  expect((await world.run(["link"])).code).toBe(EXIT.usage);
});

test("what is empty is refused, and not taken for the current folder", async () => {
  await expectRefusal(["start", "--root", "", "--remote", "/A"], EXIT.usage, "--root");
  await expectRefusal(["start", "--root", world.root, "--remote", ""], EXIT.usage, "--remote");
  await expectRefusal(["link", "--app-key", ""], EXIT.usage, "--app-key");
  await expectRefusal(["dropbox-local", "--data", ""], EXIT.usage, "--data");
});

test("an address that is none, in a command and in the daemon that it starts", async () => {
  const env = { TWINFOLD_DROPBOX_URL: "ftp://x" };
  await expectRefusal(["link", "--app-key", "k"], EXIT.usage, "TWINFOLD_DROPBOX_URL", env);
  await expectRefusal(["plan", "--root", world.folder, "--remote", "/Z"], EXIT.usage, "ftp://x", env);
  const apart = join(world.folder, "apart");
  mkdirSync(apart);
  await expectRefusal(["start", "--root", apart, "--remote", "/Z"], EXIT.usage, "ftp://x", env);
  // What never came to run is not among the roots.
  await expectRefusal(["forget", "--root", apart], EXIT.root, apart);
});

test("a home that is no folder, or where none can be made", async () => {
  await expectRefusal(["status"], EXIT.folder, "/etc/passwd", { TWINFOLD_HOME: "/etc/passwd" });
  await expectRefusal(["status"], EXIT.folder, "/proc/none", { TWINFOLD_HOME: "/proc/none" });
  await expectRefusal(["dropbox-local", "--data", "/proc/none"], EXIT.folder, "/proc/none");
});

test("a malformed line of the ignore file is told by all that look at it, and the rest holds", async () => {
  writeFileSync(join(world.root, ".mignore"), "*.tmp\n[a\n");
  expect(await world.ok("ignore", "list")).toMatch(/\[a {3}<- /);
  expect(await world.ok("ignore", "test", "x.tmp")).toContain(":1:");
  await world.ok("start");
  expect((await world.run(["wait"])).err).toContain("line 2 of .mignore");
  expect(await world.ok("status")).toContain("line 2 of .mignore");
  expect(await world.ok("plan")).toContain("line 2 of .mignore");
});

test("a pattern that is none, and a path that is not in the root", async () => {
  for (const pattern of ["", "a\nb", "#a", "[a"]) await expectRefusal(["ignore", "add", pattern], EXIT.usage, "");
  for (const path of ["", "../x", "/etc", "."]) await expectRefusal(["ignore", "test", path], EXIT.usage, "");
  expect(readFileSync(join(world.root, ".mignore"), "utf8")).toBe("*.tmp\n[a\n");
  expect(await world.ok("ignore", "test", join(world.root, "x.tmp"))).toContain(":1:");
});

test("held with nothing held, and a log of no lines", async () => {
  await expectRefusal(["held", "apply"], EXIT.no, "no deletions are held back");
  expect(await world.ok("log", "-n", "0")).toBe("");
});
