import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { EXIT } from "../src/exit-codes.ts";
import { unitName, unitText } from "../src/service-unit.ts";
import { World } from "./harness.ts";

// Many commands a test, each a process that takes its time to start where others are busy.
vi.setConfig({ testTimeout: 120_000 });

const isThere = (program: string) => spawnSync(program, ["--version"]).status === 0;
const PATHS = ["/home/ada/work", "/", "/a-b/c d", "/über/.x/..y", '/50%/$HOME/"q"/back\\slash'];

let world: World;
let env: Record<string, string>;
beforeAll(async () => {
  world = new World();
  await world.begin();
  // A home of its own, with no systemd of the user's that could be told.
  env = {
    HOME: world.folder,
    XDG_CONFIG_HOME: join(world.folder, "config"),
    XDG_RUNTIME_DIR: join(world.folder, "run"),
  };
  mkdirSync(join(world.folder, "run"));
}, 120_000);
afterAll(() => world.end());

test.runIf(isThere("systemd-escape"))("a unit is named as systemd names it", () => {
  for (const path of PATHS) {
    const args = ["--path", "--template", "twinfold@.service", path];
    expect(unitName(path)).toBe(spawnSync("systemd-escape", args, { encoding: "utf8" }).stdout.trim());
  }
});

test.runIf(isThere("systemd-analyze"))(
  "systemd reads the unit without complaint, whatever the folder is called",
  () => {
    for (const root of PATHS) {
      const file = join(world.folder, unitName("/x"));
      const command = [process.execPath, "main.ts", "--root", root];
      writeFileSync(file, unitText({ root, command, environment: { A: root }, finalCodes: [2] }));
      const { status, stderr } = spawnSync("systemd-analyze", ["--user", "--man=no", "verify", file], {
        encoding: "utf8",
        env: { ...process.env, ...env },
      });
      expect([root, status, stderr]).toEqual([root, 0, ""]);
    }
  },
);

test("where systemd can't be told, the unit is written and it is said what to do; what it runs is the daemon", async () => {
  const installed = await world.run(["service", "install", "--json"], env);
  expect([installed.code, installed.err]).toEqual([EXIT.no, expect.stringContaining("systemctl --user enable --now")]);
  const { unit, file, enabled } = JSON.parse(installed.out) as { unit: string; file: string; enabled: boolean };
  expect([unit, basename(file), enabled]).toEqual([unitName(world.root), unit, false]);
  expect((await world.run(["status"])).out).toContain("up to date");

  await world.ok("stop");
  const unitLines = readFileSync(file, "utf8");
  const words = [...(/^ExecStart=(.*)$/m.exec(unitLines)?.[1] ?? "").matchAll(/"([^"]*)"/g)].map(
    ([, word = ""]) => word,
  );
  const variables = Object.fromEntries(
    [...unitLines.matchAll(/^Environment="([^=]+)=([^"]*)"$/gm)].map(([, name = "", value = ""]) => [name, value]),
  );
  expect(variables).toEqual({ TWINFOLD_HOME: world.home, TWINFOLD_DROPBOX_URL: world.grant().url });
  const [program = "", ...args] = words;
  const service = spawn(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: process.env.PATH, ...variables },
  });
  let said = "";
  service.stderr.on("data", (text: Buffer) => {
    said += text;
  });
  await vi.waitFor(() => world.settle(), { timeout: 30_000 });
  world.write("a.txt", "by the service");
  await world.settle();
  expect(await world.ok("log", "-n", "1")).toContain("in Dropbox: upload a.txt");
  expect(said).toBe("");
  const ended = once(service, "exit");
  service.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);

  expect((await world.run(["service", "remove"], env)).code).toBe(EXIT.ok);
  expect(existsSync(file)).toBe(false);
  expect((await world.run(["service", "remove"], env)).code).toBe(EXIT.no);
});
