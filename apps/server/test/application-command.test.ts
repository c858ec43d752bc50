import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { dirname, join } from "node:path";
import type { Application } from "@twinfold/api";
import { terminalIsolation } from "@twinfold/workspaces";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { invite, json } from "./people.ts";
import { openShell, type Shell } from "./shell.ts";

/** `twinfold` in the terminal of an application, which the real server has started. */
vi.setConfig({ testTimeout: 120_000 });

let linked: LinkedServer;
let shell: Shell;
const application = async () => (await linked.instance()).applications[0]?.id ?? "";
const here = (path: string) => join(linked.root, path);
beforeAll(async () => {
  linked = await startLinkedServer();
  await linked.startApplication();
  await linked.becomes("up to date");
  shell = await openShell(linked.own, linked.own.cookie, await application());
}, 120_000);
afterAll(async () => {
  shell.close();
  await linked.dispose();
});

/** What the command prints with `--json`. */
async function asked<T>(line: string): Promise<T> {
  const { out, code } = await shell.run(`twinfold ${line} --json`);
  if (code !== 0) throw new Error(`twinfold ${line} ended with ${code}: ${out}`);
  return JSON.parse(out) as T;
}
const says = async (line: string) => (await shell.run(`twinfold ${line}`)).out;
const same = () => asked<{ same: boolean }>("wait");

test("it knows its session without options: what is written there is waited for, and explained", async () => {
  await shell.run("mkdir d; echo one > d/a.txt; echo '*.tmp' > .mignore; touch x.tmp");
  expect(await same()).toMatchObject({ same: true, status: { state: "up to date" } });
  expect(await linked.inDropbox()).toMatchObject({ "d/a.txt": "one\n" });
  expect(await says("status")).toMatch(/^up to date\n(A saved file .*\n)?last the same on both sides: /);
  expect(await says("why d/a.txt")).toMatch(/^d\/a\.txt: in sync\n/);
  expect(await says('why "$TWINFOLD_FILES"/x.tmp')).toContain("x.tmp: ignored");
  expect(await shell.run("twinfold ignore test x.tmp")).toEqual({ code: 0, out: ".mignore:1: *.tmp\n" });
  expect((await shell.run("twinfold ignore test d/a.txt")).code).toBe(1);
  expect(await says("plan")).toBe("nothing to do: both sides are the same\n");
  expect(await says("log -n 20")).toMatch(/^\S+Z in Dropbox: upload d\/a\.txt$/m);
  expect(await asked<string[]>("log -n 1")).toHaveLength(1);
});

test("versions are listed and come back, and a pattern takes out of Dropbox what it matches", async () => {
  await shell.run("echo two > d/a.txt");
  await same();
  const { versions } = await asked<{ versions: { rev: string }[] }>("history d/a.txt");
  expect(versions).toHaveLength(2);
  expect(await asked(`restore d/a.txt --rev ${versions[1]?.rev}`)).toMatchObject({ path: "d/a.txt", onDisk: true });
  expect(readFileSync(here("d/a.txt"), "utf8")).toBe("one\n");
  expect(await asked("ignore add /d --remove-from-dropbox --yes")).toMatchObject({ takenOut: { files: ["d/a.txt"] } });
  expect(Object.keys(await linked.inDropbox())).not.toContain("d/a.txt");
  expect(existsSync(here("d/a.txt"))).toBe(true);
});

test("limits are its user's own: what is set here holds for all of her sync, and the page shows it", async () => {
  expect(await says("limits set --up 300K")).toBe("now: up 300 KB/s, down no limit\n");
  await says("limits schedule --days mon --from 08:00 --to 18:00 --time-zone Asia/Tokyo");
  expect(await json(linked.own.call("GET", "/api/dropbox/bandwidth"))).toMatchObject({
    up: 300_000,
    schedule: { timeZone: "Asia/Tokyo", periods: [{ days: ["mon"], up: null }] },
  });
  await linked.own.call("POST", "/api/dropbox/bandwidth", { up: null, down: 20_000 });
  expect(await asked("limits")).toMatchObject({ up: null, down: 20_000, schedule: null, now: { down: 20_000 } });
  expect(await says("limits off")).toBe("now: up no limit, down no limit\n");
});

test("pause and resume show on the page; conflicts are listed and settled, and the page tells of it", async () => {
  expect(await says("pause")).toBe("paused\n");
  expect((await linked.instance()).sync.state).toBe("paused");
  await linked.putInDropbox("report.txt", "theirs");
  writeFileSync(here("report.txt"), "mine");
  const { code, out } = await shell.run("twinfold wait --timeout 0.5");
  expect([code, out]).toEqual([1, expect.stringContaining("not the same on both sides after 0.5 s, paused")]);
  expect(await says("resume")).toBe("resumed\n");
  await same();
  expect((await linked.instance()).sync.state).not.toBe("paused");
  const [copy = ""] = await asked<string[]>("conflicts");
  expect(copy).toContain("conflicted copy");
  expect(await says(`conflicts "${copy}" --keep mine`)).toContain("report.txt has your version now");
  expect(readFileSync(here("report.txt"), "utf8")).toBe("mine");
  expect(await says("log -n 3")).toContain("by Ada Lovelace: upload report.txt");
});

test("what is not for an application is refused with a way to go on", async () => {
  const refused = async (line: string, code: number, reason: string) =>
    expect(await shell.run(`twinfold ${line}`)).toEqual({ code, out: expect.stringContaining(reason) });
  await refused("stop", 1, "its server keeps these files in sync");
  await refused("link --app-key K", 1, "under Account > Settings > Dropbox Sync");
  await refused("status --root /tmp", 3, "the command is about");
  await refused("held apply", 1, "no deletions are held back");
});

test("no path that is said to the socket itself leads out of the files, and no ignore file holds the server up", async () => {
  const socket = (await shell.run("echo $TWINFOLD_SOCKET")).out.trim();
  const said = (line: string) =>
    new Promise<unknown>((done) => {
      const to = createConnection(socket, () => to.write(`${line}\n`));
      to.once("data", (answer) => {
        to.end();
        done(JSON.parse(answer.toString("utf8")));
      });
    });
  for (const path of ["../../secret.key", "/etc/passwd", "d/../../x", "", "a\0b"])
    for (const command of ["why", "history"])
      expect(await said(JSON.stringify({ command, path, most: 1 }))).toMatchObject({ code: "usage" });
  expect(await said("no JSON at all")).toMatchObject({ code: "usage" });
  expect(await said(JSON.stringify({ command: "stop" }))).toMatchObject({ code: "no" });

  await shell.run("mv .mignore kept; mkfifo .mignore");
  const pipe = { command: "take out", pattern: "x", agreed: true };
  expect(await said(JSON.stringify(pipe))).toMatchObject({ code: "no", error: expect.stringContaining("not in the") });
  await shell.run("rm .mignore; ln -s /etc/passwd .mignore");
  const other = { ...pipe, pattern: readFileSync("/etc/passwd", "utf8").split("\n")[0] };
  expect(await said(JSON.stringify(other))).toMatchObject({ code: "no", error: expect.stringContaining("not in the") });
  await shell.run("mv kept .mignore");
});

test.runIf(terminalIsolation() === "mount namespace")(
  "another user's application reaches neither its socket nor its session",
  async () => {
    const bob = await invite(linked.own, "instance", linked.id, "bob@example.org", "instance editor");
    const { id } = await json<Application>(bob.call("POST", `/api/instances/${linked.id}/application`));
    const login = { email: bob.email, password: "password of bob" };
    const cookie = (await linked.own.call("POST", "/api/login", login, { cookie: "" })).headers.get("set-cookie");
    const his = await openShell(linked.own, cookie?.split(";")[0] ?? "", id);

    const socket = (await shell.run("echo $TWINFOLD_SOCKET")).out.trim();
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    const all = dirname(dirname(socket));
    expect(readdirSync(all)).toHaveLength(2);
    expect((await his.run(`ls ${all}; echo $TWINFOLD_SOCKET`)).out).toMatch(
      new RegExp(`^${id.slice(0, 8)}\n${all}/${id.slice(0, 8)}/control\n$`),
    );
    expect(await his.run(`TWINFOLD_SOCKET=${socket} twinfold status`)).toEqual({
      code: 1,
      out: expect.stringContaining("does not answer"),
    });
    // His own is about his Dropbox, and he has none linked.
    expect(await his.run("twinfold status")).toEqual({
      code: 0,
      out: expect.stringMatching(/^not linked: link one on/),
    });
    expect(await his.run("twinfold plan")).toEqual({ code: 5, out: expect.stringContaining("no Dropbox is linked") });
    his.close();

    const withoutFiles = await linked.own.call("POST", `/api/applications/${await application()}/stop`);
    expect(withoutFiles.ok).toBe(true);
    await vi.waitFor(() => expect(existsSync(socket)).toBe(false), PATIENCE);
  },
);
